/** Filters of Honeycomb as a tree of the filter language. */
import { Fault } from '../base/fault.js';
import { literalOfWord } from '../expression/literal.js';
import type { Expression, Literal, Reference, Span } from '../expression/tree.js';
import {
  at,
  type Fields,
  fieldsOf,
  type JsonReading,
  listAt,
  problem,
  wordAt,
} from './honeycomb-json.js';

/** **Source** the enum FilterOp of the Query Specification. */
const operators = [
  '=',
  '!=',
  '>',
  '>=',
  '<',
  '<=',
  'starts-with',
  'does-not-start-with',
  'ends-with',
  'does-not-end-with',
  'exists',
  'does-not-exist',
  'contains',
  'does-not-contain',
  'in',
  'not-in',
] as const;
export type HoneycombFilterOp = (typeof operators)[number];

const span: Span = { start: 0, end: 0 };

/** The filters of a query or of one calculation; null where there are none. */
export function filterExpression(
  reading: JsonReading,
  fields: Fields,
  path: string,
): Expression | null {
  const filters = listAt(reading, fields.filters, at(path, 'filters'));
  const combination = fields.filter_combination ?? 'AND';
  const words = ['AND', 'OR'] as const;
  const joined = wordAt(reading, combination, at(path, 'filter_combination'), words);
  const operands = filters.flatMap(
    (filter, index) => oneFilter(reading, filter, `${at(path, 'filters')}[${index}]`) ?? [],
  );
  const [first] = operands;
  if (first === undefined || operands.length === 1) return first ?? null;
  return { kind: joined === 'OR' ? 'or' : 'and', operands, span };
}

function oneFilter(reading: JsonReading, value: unknown, path: string): Expression | null {
  const fields = fieldsOf(reading, value, path, ['column', 'op', 'value']);
  const op = wordAt(reading, fields.op, at(path, 'op'), operators);
  const { column } = fields;
  if (typeof column !== 'string' || column === '') {
    problem(reading, at(path, 'column'), 'the name of a column', column);
    return null;
  }
  const left: Reference = { kind: 'reference', name: column, exact: true, span };
  return op === null ? null : predicate(reading, { left, op, value: fields.value }, path);
}

interface Asked {
  readonly left: Reference;
  readonly op: HoneycombFilterOp;
  readonly value: unknown;
}

function predicate(
  reading: JsonReading,
  { left, op, value }: Asked,
  path: string,
): Expression | null {
  const place = at(path, 'value');
  switch (op) {
    case 'exists':
    case 'does-not-exist':
      if (value !== undefined && value !== null)
        problem(reading, place, `no value for ${op}`, value);
      return { kind: 'exists', left, negated: op === 'does-not-exist', span };
    case 'in':
    case 'not-in': {
      if (!Array.isArray(value) || value.length === 0) {
        problem(reading, place, 'a list of values', value);
        return null;
      }
      const values = value.flatMap((item, index) => {
        return literal(reading, item, `${place}[${index}]`) ?? [];
      });
      return { kind: 'in', left, values, negated: op === 'not-in', span };
    }
    case '=':
    case '!=':
      if (value === null) return { kind: 'exists', left, negated: op === '=', span };
      return compare(reading, { left, op, value }, place);
    case '>':
    case '>=':
    case '<':
    case '<=':
      return compare(reading, { left, op, value }, place);
    case 'starts-with':
    case 'ends-with':
    case 'contains':
      return textTest(reading, { left, op, value }, place);
    case 'does-not-start-with':
    case 'does-not-end-with':
    case 'does-not-contain': {
      const positive = positives[op];
      const operand = textTest(reading, { left, op: positive, value }, place);
      return operand === null ? null : { kind: 'not', operand, span };
    }
  }
}

const positives = {
  'does-not-start-with': 'starts-with',
  'does-not-end-with': 'ends-with',
  'does-not-contain': 'contains',
} as const;

const textTests = { 'starts-with': 'starts', 'ends-with': 'ends', contains: 'contains' } as const;

interface TextAsked extends Asked {
  readonly op: keyof typeof textTests;
}

function textTest(reading: JsonReading, asked: TextAsked, place: string): Expression | null {
  const { left, op, value } = asked;
  if (typeof value === 'string' || typeof value === 'number') {
    return { kind: textTests[op], left, part: String(value), span };
  }
  problem(reading, place, 'a text', value);
  return null;
}

interface Comparison extends Asked {
  readonly op: '=' | '!=' | '>' | '>=' | '<' | '<=';
}

function compare(reading: JsonReading, asked: Comparison, place: string): Expression | null {
  const right = literal(reading, asked.value, place);
  return right === null ? null : { kind: 'compare', op: asked.op, left: asked.left, right, span };
}

/** A text that looks like a number fits columns of numbers and of texts, as at Honeycomb. */
function literal(reading: JsonReading, value: unknown, place: string): Literal | null {
  if (typeof value === 'string') {
    const word = literalOfWord(value, span);
    const isPlain = word?.kind === 'integer' || word?.kind === 'number' || word?.kind === 'boolean';
    return isPlain ? word : { kind: 'string', value, span };
  }
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)) {
    const why = 'JSON does not keep all its digits; write it in quotation marks';
    reading.faults.push(new Fault('CC1282', { path: place, problem: why }));
    return null;
  }
  const isScalar = typeof value === 'number' || typeof value === 'boolean';
  const word = isScalar ? literalOfWord(String(value), span) : null;
  if (word === null) problem(reading, place, 'a text, a number, true or false', value);
  return word;
}
