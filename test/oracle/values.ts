/** Reads fields and conditions of a plan from one plain row, the slow and plain way. */
import { unreachable } from '../../src/base/assert.js';
import type { ColumnType } from '../../src/event/column.js';
import type { ComparisonOperator } from '../../src/expression/tree.js';
import type { Condition } from '../../src/query/condition.js';
import type { FieldSource, FieldUse } from '../../src/query/field.js';
import type { PlanKey } from '../../src/query/plan.js';
import { parsed, textOf } from './formula.js';
import type { PlainRow, PlainValue } from './rows.js';

/** The first source that can be read as the wanted type. */
export function readField({ field, as }: FieldUse, row: PlainRow): PlainValue {
  for (const source of field.sources) {
    const value = readSource(source, as, row);
    if (value !== null) return value;
  }
  return null;
}

function readSource(source: FieldSource, as: ColumnType, row: PlainRow): PlainValue {
  if (source.kind === 'date') return new Date(row.ts / 1000).toISOString().slice(0, 10);
  if (source.kind === 'derived') return derivedAs(row.values[source.name] ?? null, as);
  const value = rawOf(source, row);
  if (value === null) return null;
  if (as === 'string') return typeof value === 'string' ? value : String(value);
  if (as === 'boolean' || as === 'timestamp') return value;
  const number = typeof value === 'string' ? numberOf(value) : Number(value);
  return number === null ? null : number * ('scale' in source ? source.scale : 1);
}

function rawOf(
  source: Exclude<FieldSource, { kind: 'date' | 'derived' }>,
  row: PlainRow,
): PlainValue {
  if (source.kind === 'related') return row.related?.[`${source.prefix} ${source.index}`] ?? null;
  return source.kind === 'column' ? stored(source.column.name, row) : json(source, row);
}

function derivedAs(value: PlainValue, as: ColumnType): PlainValue {
  if (value === null) return null;
  if (as === 'string') return textOf(value);
  if (as === 'boolean') return value;
  return typeof value === 'string' ? parsed(value) : Number(value);
}

function stored(name: string, row: PlainRow): PlainValue {
  if (name === 'ts') return row.ts;
  if (name === 'weight') return row.weight;
  if (name === 'batch') return row.batch;
  return row.values[name] ?? null;
}

function json({ label }: { readonly label: string }, row: PlainRow): PlainValue {
  const text = row.extra[label];
  if (text === undefined) return null;
  const value: unknown = JSON.parse(text);
  return typeof value === 'string' ? value : text;
}

function numberOf(text: string): number | null {
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : null;
}

/** Three-valued: null is unknown. */
export function holds(condition: Condition, row: PlainRow): boolean | null {
  switch (condition.kind) {
    case 'constant':
      return condition.value;
    case 'not': {
      const inner = holds(condition.operand, row);
      return inner === null ? null : !inner;
    }
    case 'and': {
      const parts = condition.operands.map((operand) => holds(operand, row));
      if (parts.includes(false)) return false;
      return parts.includes(null) ? null : true;
    }
    case 'or': {
      const parts = condition.operands.map((operand) => holds(operand, row));
      if (parts.includes(true)) return true;
      return parts.includes(null) ? null : false;
    }
    case 'compare':
      return compared(readField(condition.left, row), condition.op, plain(condition.right.value));
    case 'compare fields':
      return compared(
        readField(condition.left, row),
        condition.op,
        readField(condition.right, row),
      );
    case 'one of': {
      const value = readField(condition.left, row);
      if (value === null) return null;
      return condition.values.some((one) => plain(one.value) === value);
    }
    case 'match': {
      const value = readField(condition.left, row);
      return value === null ? null : new RegExp(condition.pattern, 'su').test(String(value));
    }
    case 'starts':
    case 'ends':
    case 'contains': {
      const value = readField(condition.left, row);
      if (value === null) return null;
      const whole = String(value);
      if (condition.kind === 'contains') return whole.includes(condition.part);
      return condition.kind === 'starts'
        ? whole.startsWith(condition.part)
        : whole.endsWith(condition.part);
    }
    case 'exists':
      return condition.field.sources.some((source) =>
        source.kind === 'extra'
          ? row.extra[source.label] !== undefined
          : readSource(source, 'string', row) !== null,
      );
    default:
      return unreachable(condition);
  }
}

function plain(value: string | number | bigint | boolean): PlainValue {
  return typeof value === 'bigint' ? Number(value) : value;
}

/** Null when either side is. */
export function compared(
  left: PlainValue,
  op: ComparisonOperator,
  right: PlainValue,
): boolean | null {
  if (left === null || right === null) return null;
  const order = orderOf(left, right);
  switch (op) {
    case '=':
      return order === 0;
    case '!=':
      return order !== 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
    default:
      return unreachable(op);
  }
}

/** Numbers by value, texts by their UTF-8 bytes, false before true. */
export function orderOf(left: PlainValue, right: PlainValue): number {
  if (typeof left === 'string' && typeof right === 'string') {
    return Buffer.compare(Buffer.from(left), Buffer.from(right));
  }
  return Number(left) - Number(right);
}

/** No infinity: the difference of two would not be a number. */
const belowAllPowers = -1e6;

/** What is grouped by: ordered as such, shown by `shownKeyOf`. */
export function keyOf({ use, modifier }: PlanKey, row: PlainRow): PlainValue {
  const value = readField(use, row);
  if (value === null || modifier === null) return value;
  if (modifier === 'class') {
    const hundreds = Math.trunc(Number(value) / 100) + 0;
    return Math.abs(hundreds) < 2 ** 63 ? hundreds : null;
  }
  if (modifier === 'log10') {
    if (Number(value) <= 0) return belowAllPowers;
    return Math.floor(Math.log10(Number(value)));
  }
  const path = String(value).split(/[?#]/)[0] ?? '';
  const lead = path.startsWith('/') ? '/' : '';
  return lead + path.slice(lead.length).split('/').slice(0, modifier.depth).join('/');
}

export function shownKeyOf({ modifier }: PlanKey, key: PlainValue): PlainValue {
  if (key === null) return null;
  if (modifier === 'class') return `${key}xx`;
  if (modifier === 'log10') return key === belowAllPowers ? 0 : Number(`1e${key}`);
  return key;
}
