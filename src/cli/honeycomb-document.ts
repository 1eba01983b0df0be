/** A result in the shape of Honeycomb's Query Data API. What has no source here is left out. */
import type { Cell } from '../query/ports.js';
import type { Result, ResultColumn } from '../query/result.js';
import type { Calculation, QuerySpec } from '../query/spec.js';
import { exactInstant } from '../render/cell.js';
import type { JsonValue } from '../render/json.js';

type Row = readonly Cell[];

/**
 * **Shape** `{query, complete, data: {series, results, total_by_aggregate, other_by_aggregate},
 * links}`. `series` is the same question with a row a bucket, null without a step.
 */
export function honeycombDocument(
  spec: QuerySpec,
  result: Result,
  given: { readonly series: Result | null; readonly pasted: unknown },
): JsonValue {
  const keys = keysOf(spec, result.columns);
  const summary = (row: Row | null, name: string) =>
    row === null ? {} : { [name]: { data: calculated(result.columns, keys, row) } };
  return {
    query: jsonOf(given.pasted),
    complete: true,
    data: {
      series: given.series === null ? [] : seriesOf(spec, given.series),
      results: result.rows.map((row) => ({ data: dataOf(result.columns, keys, row) })),
      ...summary(result.total, 'total_by_aggregate'),
      ...summary(result.other, 'other_by_aggregate'),
    },
    links: {},
  };
}

function seriesOf(spec: QuerySpec, { columns, rows }: Result): JsonValue {
  const keys = keysOf(spec, columns);
  const time = columns.findIndex(({ kind }) => kind === 'time');
  return [...rows]
    .filter((row) => columns.some(({ kind }, index) => isFilled(kind, row[index] ?? null)))
    .map((row) => ({
      time: exactInstant(Number(row[time] ?? 0)),
      data: dataOf(columns, keys, row),
    }));
}

/** A bucket in which a group has no event is no row there. */
function isFilled(kind: ResultColumn['kind'], cell: Row[number]): boolean {
  return kind === 'calculation' && cell !== null && Number(cell) !== 0;
}

function dataOf(columns: readonly ResultColumn[], keys: readonly string[], row: Row): JsonValue {
  const cells = columns.map(({ kind, type }, index) => ({ kind, type, cell: row[index] ?? null }));
  return Object.fromEntries(
    cells.flatMap(({ kind, type, cell }, index) => {
      if (kind === 'time') return [];
      const value = type === 'timestamp' && cell !== null ? exactInstant(Number(cell)) : cell;
      return [[keys[index] ?? '', value]];
    }),
  );
}

function calculated(columns: readonly ResultColumn[], keys: readonly string[], row: Row) {
  const kept = columns.flatMap(({ kind }, index) => (kind === 'calculation' ? [index] : []));
  return dataOf(
    kept.flatMap((index) => columns[index] ?? []),
    kept.map((index) => keys[index] ?? ''),
    kept.map((index) => row[index] ?? null),
  );
}

/** `COUNT`, `P99(duration_ms)`, or the name it was given. */
function keysOf(spec: QuerySpec, columns: readonly ResultColumn[]): readonly string[] {
  return columns.map(({ name, kind }) => {
    const asked = spec.calculations.find(({ label }) => label === name);
    return kind === 'calculation' && asked !== undefined ? keyOf(asked) : name;
  });
}

function keyOf(asked: Calculation): string {
  const { op, column, percentile, label } = asked;
  const typed = percentile === null ? op : `p${percentile}`;
  const plain = column === null ? typed : `${typed}(${column.name})`;
  if (label !== plain) return label;
  const word = percentile === null ? (words[op] ?? op.toUpperCase()) : percentileWord(percentile);
  return column === null ? word : `${word}(${column.name})`;
}

const words: Readonly<Record<string, string>> = { distinct: 'COUNT_DISTINCT' };

/** `P99`, `P05`, `P999` for 99.9. */
function percentileWord(percentile: number): string {
  return `P${String(percentile).replace('.', '').padStart(2, '0')}`;
}

function jsonOf(value: unknown): JsonValue {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return value;
  if (Array.isArray(value)) return value.map(jsonOf);
  if (typeof value !== 'object') return null;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, jsonOf(item)]));
}
