/** Text read as numbers: how much of it is none, counted so that no answer hides it. */
import { aggregate, all, as, binary, isNull, select, star, text } from '../sql/build.js';
import type { SqlColumn, SqlExpression, SqlSelect } from '../sql/node.js';
import { type FieldUse, isTextAsNumber } from './field.js';
import type { Plan } from './plan.js';
import { usesOfWhere, usesShown } from './plan-uses.js';
import type { Cell } from './ports.js';
import type { Note } from './result.js';
import { keptRows } from './rows-sql.js';
import { valueSql } from './value-sql.js';

/** `matched`: events that the filters let through; `window`: all that the filters looked at. */
export interface TextAsNumber {
  readonly use: FieldUse;
  readonly over: 'matched' | 'window';
}

/** Columns of text that a plan reads as numbers, each once; what a filter reads comes first. */
export function textsAsNumbers(plan: Plan): readonly TextAsNumber[] {
  const found = [
    ...usesOfWhere(plan).map((use) => ({ use, over: 'window' as const })),
    ...usesShown(plan).map((use) => ({ use, over: 'matched' as const })),
  ].filter(({ use }) => isTextAsNumber(use));
  const labels = found.map(({ use }) => use.field.label);
  return found.filter((_, index) => labels.indexOf(labels[index] ?? '') === index);
}

/** **Shape** one row; of each text how many values are filled, then how many of them no number. */
export function compileUnread(
  plan: Plan,
  texts: readonly TextAsNumber[],
  over: TextAsNumber['over'],
): SqlSelect {
  const columns = texts.flatMap(({ use }, index): SqlColumn[] => {
    const filled = binary('<>', valueSql({ field: use.field, as: 'string' }), text(''));
    const unread = all([filled, isNull(valueSql(use))]);
    return [as(countOf(filled), `f${index}`), as(countOf(unread), `u${index}`)];
  });
  return select(columns, keptRows(plan, over));
}

function countOf(condition: SqlExpression): SqlExpression {
  return aggregate('count', [star], { filter: condition });
}

/** What a row of `compileUnread` tells the reader. */
export function unreadNotes(texts: readonly TextAsNumber[], row: readonly Cell[]): readonly Note[] {
  return texts.map(({ use }, index): Note => {
    const { label } = use.field;
    const [filled, unread] = [Number(row[2 * index] ?? 0), Number(row[2 * index + 1] ?? 0)];
    if (filled > 0 && unread === filled) {
      const found = `${label} is text and none of its ${unread} values is a number`;
      return { level: 'warning', code: 'no_numbers', text: found };
    }
    const left = unread === 0 ? '' : `; ${unread} of ${filled} values left out: no number`;
    return {
      level: 'info',
      code: 'text_numbers',
      text: `${label} is text, read as numbers${left}`,
    };
  });
}
