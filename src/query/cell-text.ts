/**
 * Cells given back to the engine: a column of them as one bound list of texts, which costs one
 * parameter however many there are. Every digit that counts is in the text of a number.
 */
import { unreachable } from '../base/assert.js';
import type { ColumnType } from '../event/column.js';
import { as, call, cast, column, literal, parameter, select } from '../sql/build.js';
import type { SqlExpression, SqlSource } from '../sql/node.js';
import type { Cell } from './ports.js';
import { aliases } from './rows-sql.js';

/** A column given back: its name, the type of its values, and where in each row they are. */
export interface GivenColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly index: number;
}

/** Rows of cells as a table; `i` numbers them from 0. */
export function givenRows(
  columns: readonly GivenColumn[],
  rows: readonly (readonly Cell[])[],
  alias: string,
): SqlSource {
  const lists = columns.map(({ name, index }) => {
    const texts = rows.map((row) => textOf(row[index] ?? null));
    const list = cast(parameter({ type: 'strings', value: texts }), 'VARCHAR[]');
    return as(call('unnest', list), name);
  });
  const numbers = call('unnest', call('range', literal(0), literal(rows.length)));
  const texts = select([...lists, as(numbers, aliases.group)]);
  const typed = columns.map(({ name, type }) => as(valueOfText(type, column(name)), name));
  const from: SqlSource = { kind: 'subquery', select: texts, alias: 'texts' };
  const given = select([...typed, as(column(aliases.group), aliases.group)], { from });
  return { kind: 'subquery', select: given, alias };
}

function textOf(cell: Cell): string | null {
  return cell === null ? null : String(cell);
}

function valueOfText(type: ColumnType, words: SqlExpression): SqlExpression {
  switch (type) {
    case 'string':
      return words;
    case 'integer':
      return cast(words, 'BIGINT');
    case 'number':
      return cast(words, 'DOUBLE');
    case 'boolean':
      return cast(words, 'BOOLEAN');
    case 'timestamp':
      return call('make_timestamptz', cast(words, 'BIGINT'));
    default:
      return unreachable(type);
  }
}
