/** Operations and names of Honeycomb as the text of calculations. */
import { Fault } from '../base/fault.js';
import { isRoleName } from '../event/role.js';
import { isBareName } from '../expression/parse.js';
import { at, type Fields, type JsonReading, problem, textAt, wordAt } from './honeycomb-json.js';

/** **Source** the enum of the Query Specification; the two of metrics datasets are told apart. */
const operations = {
  COUNT: 'count',
  CONCURRENCY: 'concurrency',
  SUM: 'sum',
  AVG: 'avg',
  COUNT_DISTINCT: 'distinct',
  HEATMAP: 'heatmap',
  MAX: 'max',
  MIN: 'min',
  P001: 'p0.1',
  P01: 'p1',
  P05: 'p5',
  P10: 'p10',
  P20: 'p20',
  P25: 'p25',
  P50: 'p50',
  P75: 'p75',
  P80: 'p80',
  P90: 'p90',
  P95: 'p95',
  P99: 'p99',
  P999: 'p99.9',
  RATE_AVG: 'rate_avg',
  RATE_SUM: 'rate_sum',
  RATE_MAX: 'rate_max',
} as const;
export type HoneycombOp = keyof typeof operations;

const metricsOnly = ['COUNT_DATAPOINTS', 'HISTOGRAM_COUNT'];
const known = Object.keys(operations).filter((op): op is HoneycombOp => op in operations);

/** `P99` and `duration_ms` → `p99(duration_ms)`; null after a fault. */
export function calculationText(
  reading: JsonReading,
  fields: Fields,
  path: string,
  key: 'op' | 'calculate_op',
): string | null {
  const place = at(path, key);
  if (metricsOnly.some((op) => op === fields[key])) {
    const what = `${String(fields[key])} is of metrics datasets; events have none`;
    reading.faults.push(new Fault('CC1282', { path: place, problem: what }));
    return null;
  }
  const op = wordAt(reading, fields[key], place, known);
  if (op === null) return null;
  const column = fields.column ?? null;
  const needsNone = op === 'COUNT' || op === 'CONCURRENCY';
  if (column === null) {
    if (needsNone) return operations[op];
    problem(reading, at(path, 'column'), `the column of ${op}`, undefined);
    return null;
  }
  if (needsNone) {
    problem(reading, at(path, 'column'), `no column for ${op}`, column);
    return null;
  }
  const name = nameText(reading, column, at(path, 'column'));
  return name === null ? null : `${operations[op]}(${name})`;
}

/** A column as it is typed: bare where that means the column and nothing else. */
export function nameText(reading: JsonReading, value: unknown, path: string): string | null {
  const name = textAt(reading, value, path);
  if (name === null) return null;
  if (name === '' || name.includes('`')) {
    problem(reading, path, 'a name without backticks', name);
    return null;
  }
  const isPlain = isBareName(name) && !isRoleName(name) && !/[:$]|^-/.test(name);
  return isPlain ? name : `\`${name}\``;
}
