/** What a reader of an answer must know about it before it is calculated. */
import { type Field, hasExtra } from './field.js';
import type { Plan } from './plan.js';
import type { Note } from './result.js';

type Known = Pick<Plan, 'weighted' | 'calculations' | 'bad' | 'files' | 'windowed'>;

/** The notes of a plan, in a fixed order. `extraKnown`: the log says what lies in `extra`. */
export function notesFor(
  plan: Known,
  fields: readonly Field[],
  extraKnown: boolean,
): readonly Note[] {
  return [
    ...noFiles(plan),
    ...unweighted(plan),
    ...badRule(plan),
    ...otherTypes(fields, extraKnown ? 'has' : 'may have'),
  ];
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

function otherTypes(fields: readonly Field[], verb: string): readonly Note[] {
  const labels = new Set(
    fields
      .filter((field) => hasExtra(field) && field.sources.some(({ kind }) => kind === 'column'))
      .map(({ label }) => label),
  );
  return [...labels].map((label) => ({
    level: 'info',
    code: 'other_types',
    text: `${label} ${verb} values of another type, read as text or number where they can be`,
  }));
}
