/** What a reader of an answer must know about it before it is calculated. */
import type { Plan } from './plan.js';
import type { Note } from './result.js';

type Known = Pick<Plan, 'weighted' | 'calculations' | 'bad' | 'files' | 'windowed'>;

/** The notes of a plan, in a fixed order. */
export function notesFor(plan: Known): readonly Note[] {
  return [...noFiles(plan), ...unweighted(plan), ...badRule(plan)];
}

function noFiles({ files, windowed }: Known): readonly Note[] {
  if (files.windowPaths.length > 0) return [];
  const text = files.total === 0 || !windowed ? 'the dataset is empty' : 'no events in this window';
  return [{ level: 'warning', code: 'no_data', text }];
}

function unweighted({ weighted, calculations }: Known): readonly Note[] {
  if (!weighted) return [];
  const names = calculations
    .filter(({ op, hidden }) => !hidden && (op === 'min' || op === 'max' || op === 'distinct'))
    .map(({ label }) => label);
  if (names.length === 0) return [];
  const text = `events are sampled; not weighted: ${names.join(', ')}`;
  return [{ level: 'info', code: 'unweighted', text }];
}

function badRule({ bad }: Known): readonly Note[] {
  return bad === null ? [] : [{ level: 'info', code: 'bad', text: `bad: ${bad.text}` }];
}
