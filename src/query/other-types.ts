/** Values kept beside their column: how many an answer reads, and how many it cannot show. */
import { aggregate, all, any, as, column, isNotNull, isNull, select, star } from '../sql/build.js';
import type { SqlColumn, SqlExpression, SqlSelect } from '../sql/node.js';
import { type Field, hasExtra } from './field.js';
import type { Plan } from './plan.js';
import { fieldsRead } from './plan-uses.js';
import type { Cell } from './ports.js';
import type { Note } from './result.js';
import { keptRows } from './rows-sql.js';
import { extraJson } from './value-sql.js';

/** Fields of a plan that have a column and values beside it, each once. */
export function mixedFields(plan: Plan): readonly Field[] {
  const mixed = fieldsRead(plan, plan.derived).filter(
    (field) => hasExtra(field) && field.sources.some(({ kind }) => kind === 'column'),
  );
  return [...new Map(mixed.map((field) => [field.label, field])).values()];
}

/**
 * **Shape** one row over all events of the window; of each field how many have a value, how many
 * of those only beside the columns, and how many in a column and beside it.
 */
export function compileMixed(plan: Plan, fields: readonly Field[]): SqlSelect {
  const columns = fields.flatMap((field, index): SqlColumn[] => {
    const [stored, beside] = sidesOf(field);
    const none = all(stored.map(isNull));
    const kept = any(beside.map(isNotNull));
    return [
      as(countOf(any([...stored, ...beside].map(isNotNull))), `f${index}`),
      as(countOf(all([none, kept])), `o${index}`),
      as(countOf(all([any(stored.map(isNotNull)), kept])), `h${index}`),
    ];
  });
  return select(columns, keptRows(plan, 'window'));
}

function sidesOf({
  sources,
}: Field): readonly [readonly SqlExpression[], readonly SqlExpression[]] {
  const stored = sources.flatMap((one) => (one.kind === 'column' ? [column(one.column.name)] : []));
  const beside = sources.flatMap((one) => (one.kind === 'extra' ? [extraJson(one.label)] : []));
  return [stored, beside];
}

function countOf(condition: SqlExpression): SqlExpression {
  return aggregate('count', [star], { filter: condition });
}

/** What a row of `compileMixed` tells the reader; nothing where all values are in columns. */
export function mixedNotes(fields: readonly Field[], row: readonly Cell[]): readonly Note[] {
  return fields.flatMap(({ label }, index): Note[] => {
    const [filled = 0, other = 0, hidden = 0] = row.slice(3 * index, 3 * index + 3).map(Number);
    const read = `${other} of ${filled} values of ${label} are of another type than its column`;
    const shown = `${read}, read as text or number where they can be`;
    const left = `${label} has ${hidden} more values behind those of its column, as behind --set`;
    return [
      ...(other === 0 ? [] : [{ level: 'info', code: 'other_types', text: shown } as const]),
      ...(hidden === 0 ? [] : [{ level: 'info', code: 'hidden', text: left } as const]),
    ];
  });
}
