/** The rule of the store that says what failed, where its columns exist. */
import { faultsOf } from '../base/fault.js';
import type { QuerySource } from '../query/ports.js';
import { resolve } from '../query/resolve.js';
import type { Note } from '../query/result.js';
import { calculation, type Filter, querySpec } from '../query/spec.js';
import { noTexts, parseSpec } from '../query/spec-text.js';

/** The rule that can be used here; null with a note when it cannot. */
export interface BadRule {
  readonly bad: Filter | null;
  readonly notes: readonly Note[];
}

/** Where its columns do not exist the answer goes without, and says so. */
export function usableRule(text: string, asked: QuerySource): BadRule {
  const { bad } = parseSpec({ ...noTexts, bad: text });
  try {
    resolve(querySpec({ calculations: [calculation('error_rate')], bad }), asked);
    return { bad, notes: [] };
  } catch (error) {
    const faults = faultsOf(error);
    if (faults.length === 0) throw error;
    const why = faults.map(({ message }) => message).join('; ');
    const note = `nothing counts as bad: ${text} cannot be used (${why}); give --bad EXPR`;
    return { bad: null, notes: [{ level: 'warning', code: 'no_bad_rule', text: note }] };
  }
}
