/** Group keys: what the engine groups by, how a key comes back, and how it is given again. */
import { assert } from '../base/assert.js';
import type { ColumnType } from '../event/column.js';
import { binary, call, cast, literal, parameter, text, tryCast, when } from '../sql/build.js';
import type { SqlExpression } from '../sql/node.js';
import type { PlanKey } from './plan.js';
import type { Cell } from './ports.js';
import { sqlTypes, valueSql } from './value-sql.js';

/** Stands for values of 0 and below among powers of ten; below the smallest double. */
export const noPower = -400;

/** The first `depth` segments of a path, without query and fragment. Read alike by RE2 and JS. */
export function pathPattern(depth: number): string {
  return `^/?[^/?#]*(?:/[^/?#]*){0,${depth - 1}}`;
}

/** What rows are grouped by: small integers where the shown value can be made from them. */
export function keySql(key: PlanKey): SqlExpression {
  const value = valueSql(key.use);
  const { modifier } = key;
  if (modifier === null) return value;
  if (modifier === 'class') {
    if (key.use.as === 'integer') return binary('//', value, literal(100));
    return tryCast(call('trunc', binary('/', value, literal(100))), 'BIGINT');
  }
  if (modifier === 'log10') {
    const positive = when([[binary('>', value, literal(0)), value]], null);
    const power = cast(call('floor', call('log10', positive)), 'BIGINT');
    return when([[binary('<=', value, literal(0)), literal(noPower)]], power);
  }
  return call('regexp_extract', value, text(pathPattern(modifier.depth)));
}

/** The value shown for a key of the engine. */
export function shownKey({ modifier, type }: PlanKey, cell: Cell): Cell {
  if (cell === null) return null;
  if (modifier === 'class') return `${cell}xx`;
  if (modifier === 'log10') return Number(cell) === noPower ? 0 : Number(`1e${cell}`);
  assert(type !== 'string' || typeof cell === 'string', 'a text key is not a text');
  return cell;
}

/** The key of the engine for a value shown. */
export function engineKey({ modifier }: PlanKey, cell: Cell): Cell {
  if (cell === null) return null;
  if (modifier === 'class') return BigInt(String(cell).slice(0, -2));
  if (modifier === 'log10')
    return Number(cell) === 0 ? noPower : Math.round(Math.log10(Number(cell)));
  return cell;
}

/** The type of the key of the engine. */
export function keyType({ modifier, use }: PlanKey): ColumnType {
  return modifier === 'class' || modifier === 'log10' ? 'integer' : use.as;
}

/** A key of the engine as a bound value of its type. */
export function boundKey(key: PlanKey, cell: Cell): SqlExpression {
  return cast(cell === null ? literal(null) : keyParameter(key, cell), sqlTypes[keyType(key)]);
}

/** Keys of the engine as a list. Texts are bound as one value: one for each costs far more. */
export function boundKeys(key: PlanKey, cells: readonly Cell[]): SqlExpression {
  const texts = cells.filter((cell) => typeof cell === 'string');
  return keyType(key) === 'string' && texts.length === cells.length
    ? parameter({ type: 'strings', value: texts })
    : call('list_value', ...cells.map((cell) => boundKey(key, cell)));
}

function keyParameter({ use, modifier }: PlanKey, cell: string | number | bigint | boolean) {
  if (typeof cell === 'string') return text(cell);
  if (typeof cell === 'boolean') return parameter({ type: 'boolean', value: cell });
  if (typeof cell === 'bigint') return parameter({ type: 'integer', value: cell });
  const plain = modifier === null;
  if (plain && use.as === 'timestamp') return parameter({ type: 'timestamp', value: cell });
  if (plain && use.as === 'number') return parameter({ type: 'number', value: cell });
  return parameter({ type: 'integer', value: cell });
}
