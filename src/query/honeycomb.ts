/**
 * A query of Honeycomb as the options of `query`. Values and names are printed from a tree, so they
 * stay values and names. What is not known is a fault with its place, never left out in silence.
 * **Source** Honeycomb's Query Specification (api-docs.honeycomb.io, Query Data API).
 */
import { Fault, throwAll } from '../base/fault.js';
import { printExpression } from '../expression/print.js';
import { calculationText, nameText } from './honeycomb-calculation.js';
import { filterExpression } from './honeycomb-filter.js';
import {
  at,
  type Fields,
  fieldsOf,
  type JsonReading,
  listAt,
  numberAt,
  problem,
  textAt,
  wordAt,
} from './honeycomb-json.js';

/** One option of `query`, as typed; a flag has no texts. */
export interface HoneycombOption {
  readonly name: string;
  readonly texts: readonly string[];
}

const keys = [
  'id',
  'calculations',
  'calculated_fields',
  'formulas',
  'filters',
  'filter_combination',
  'breakdowns',
  'orders',
  'havings',
  'limit',
  'start_time',
  'end_time',
  'time_range',
  'granularity',
  'compare_time_offset_seconds',
  'usage_mode',
] as const;

/** Two hours, as Honeycomb takes where no time is given. */
const defaultRangeSeconds = 7_200;

/** **Faults** CC1281, CC1282; several at once. `path` is where in the document the query stands. */
export function honeycombOptions(json: unknown, path = ''): readonly HoneycombOption[] {
  const reading: JsonReading = { faults: [] };
  const query = fieldsOf(reading, json, path, keys);
  const options = [
    option('by', breakdownsOf(reading, query, path)),
    option('calc', calculationsOf(reading, query, path)),
    option('field', definitionsOf(reading, query, path, 'calculated_fields')),
    option('formula', definitionsOf(reading, query, path, 'formulas')),
    option('where', whereOf(reading, query, path)),
    option('having', havingsOf(reading, query, path)),
    option('order', ordersOf(reading, query, path)),
    option('limit', limitOf(reading, query, path)),
    ...windowOf(reading, query, path),
    option('every', stepOf(reading, query, path)),
    option('compare', secondsOf(reading, query, path)),
  ].filter(({ texts }) => texts.length > 0);
  const isDrawn = options.some(({ name }) => name === 'every');
  const usage = query.usage_mode ?? false;
  if (typeof usage !== 'boolean') problem(reading, at(path, 'usage_mode'), 'true or false', usage);
  throwAll(reading.faults);
  return [
    ...options,
    ...(isDrawn ? [option('sparkline', [])] : []),
    ...(usage === true ? [option('usage', [])] : []),
  ];
}

function option(name: string, texts: readonly string[]): HoneycombOption {
  return { name, texts };
}

function breakdownsOf(reading: JsonReading, query: Fields, path: string): readonly string[] {
  return listAt(reading, query.breakdowns, at(path, 'breakdowns')).flatMap((value, index) => {
    const place = `${at(path, 'breakdowns')}[${index}]`;
    return nameText(reading, value, place) ?? [];
  });
}

/** No calculation is COUNT. */
function calculationsOf(reading: JsonReading, query: Fields, path: string): readonly string[] {
  return listAt(reading, query.calculations, at(path, 'calculations')).flatMap((value, index) => {
    const place = `${at(path, 'calculations')}[${index}]`;
    const known = ['op', 'column', 'name', 'filters', 'filter_combination'];
    const fields = fieldsOf(reading, value, place, known);
    const plain = calculationText(reading, fields, place, 'op');
    if (plain === null) return [];
    const filter = filterExpression(reading, fields, place);
    const named = fields.name ?? null;
    if (filter !== null && named === null) {
      const why = 'a calculation with filters needs a name';
      reading.faults.push(new Fault('CC1282', { path: at(place, 'name'), problem: why }));
    }
    const condition = filter === null ? '' : ` where ${printExpression(filter)}`;
    const name = named === null ? '' : asName(reading, named, at(place, 'name'));
    return `${plain}${condition}${name}`;
  });
}

function asName(reading: JsonReading, value: unknown, place: string): string {
  const name = textAt(reading, value, place);
  if (name === null) return '';
  if (name === '' || name.includes('`')) problem(reading, place, 'a name without backticks', name);
  return ` as \`${name}\``;
}

function definitionsOf(
  reading: JsonReading,
  query: Fields,
  path: string,
  key: 'calculated_fields' | 'formulas',
): readonly string[] {
  return listAt(reading, query[key], at(path, key)).flatMap((value, index) => {
    const place = `${at(path, key)}[${index}]`;
    const fields = fieldsOf(reading, value, place, ['name', 'expression']);
    const name = textAt(reading, fields.name, at(place, 'name'));
    const expression = textAt(reading, fields.expression, at(place, 'expression'));
    return name === null || expression === null ? [] : `${name}=${expression}`;
  });
}

function whereOf(reading: JsonReading, query: Fields, path: string): readonly string[] {
  const filter = filterExpression(reading, query, path);
  return filter === null ? [] : [printExpression(filter)];
}

const comparisons = ['=', '!=', '>', '>=', '<', '<='] as const;

function havingsOf(reading: JsonReading, query: Fields, path: string): readonly string[] {
  return listAt(reading, query.havings, at(path, 'havings')).flatMap((value, index) => {
    const place = `${at(path, 'havings')}[${index}]`;
    const fields = fieldsOf(reading, value, place, ['calculate_op', 'column', 'op', 'value']);
    const plain = calculationText(reading, fields, place, 'calculate_op');
    const op = wordAt(reading, fields.op, at(place, 'op'), comparisons);
    const number = numberAt(reading, fields.value, at(place, 'value'));
    return plain === null || op === null || number === null ? [] : `${plain} ${op} ${number}`;
  });
}

/** They ascend unless they say otherwise. */
function ordersOf(reading: JsonReading, query: Fields, path: string): readonly string[] {
  return listAt(reading, query.orders, at(path, 'orders')).flatMap((value, index) => {
    const place = `${at(path, 'orders')}[${index}]`;
    const fields = fieldsOf(reading, value, place, ['op', 'column', 'order']);
    const directions = ['ascending', 'descending'] as const;
    const order = wordAt(reading, fields.order ?? 'ascending', at(place, 'order'), directions);
    const isName = (fields.op ?? null) === null;
    const plain = isName
      ? nameText(reading, fields.column, at(place, 'column'))
      : calculationText(reading, fields, place, 'op');
    return plain === null ? [] : `${order === 'descending' ? '-' : ''}${plain}`;
  });
}

function limitOf(reading: JsonReading, query: Fields, path: string): readonly string[] {
  if (query.limit === undefined) return [];
  const limit = numberAt(reading, query.limit, at(path, 'limit'));
  if (limit === null) return [];
  if (Number.isInteger(limit) && limit >= 1) return [String(limit)];
  problem(reading, at(path, 'limit'), 'a whole number of at least 1', limit);
  return [];
}

/** Seconds since 1970, of both sides; `time_range` is what is left of the two. */
function windowOf(reading: JsonReading, query: Fields, path: string): readonly HoneycombOption[] {
  const seconds = (key: 'start_time' | 'end_time' | 'time_range'): number | null => {
    const value = query[key];
    return value === undefined ? null : numberAt(reading, value, at(path, key));
  };
  const [start, end, range] = [seconds('start_time'), seconds('end_time'), seconds('time_range')];
  if (start !== null && end !== null && range !== null) {
    const why = 'start_time and end_time say it already';
    reading.faults.push(new Fault('CC1282', { path: at(path, 'time_range'), problem: why }));
  }
  const length = range ?? defaultRangeSeconds;
  if (length <= 0) problem(reading, at(path, 'time_range'), 'more than 0 seconds', length);
  if (start === null && end === null) return [option('last', [`${length}s`])];
  const from = start ?? (end ?? 0) - length;
  const to = end ?? from + length;
  if (from >= to) problem(reading, at(path, 'end_time'), `a time after ${from}`, to);
  const [first, last] = [instantText(from), instantText(to)];
  if (first === null || last === null) problem(reading, at(path, 'start_time'), 'a time', from);
  return [option('window', [`${first}..${last}`])];
}

function instantText(seconds: number): string | null {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

/** A step of 0 is one that was not set. */
function stepOf(reading: JsonReading, query: Fields, path: string): readonly string[] {
  if (query.granularity === undefined) return [];
  const step = numberAt(reading, query.granularity, at(path, 'granularity'));
  if (step === null || step === 0) return [];
  if (step < 0) problem(reading, at(path, 'granularity'), 'seconds, or 0', step);
  return [`${step}s`];
}

function secondsOf(reading: JsonReading, query: Fields, path: string): readonly string[] {
  const key = 'compare_time_offset_seconds';
  if (query[key] === undefined) return [];
  const seconds = numberAt(reading, query[key], at(path, key));
  if (seconds !== null && seconds > 0) return [`${seconds}s`];
  if (seconds !== null) problem(reading, at(path, key), 'more than 0 seconds', seconds);
  return [];
}
