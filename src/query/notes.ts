/** What a reader of an answer must know about it before it is calculated. */
import type { Plan } from './plan.js';
import type { Note } from './result.js';

type Known = Pick<
  Plan,
  'weighted' | 'calculations' | 'bad' | 'files' | 'windowed' | 'relations' | 'related'
>;

/** The notes of a plan, in a fixed order. */
export function notesFor(plan: Known): readonly Note[] {
  return [...noFiles(plan), ...unweighted(plan), ...otherSpans(plan), ...badRule(plan)];
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

/** Where a span is not found it may yet have been. */
function otherSpans({ relations, related, windowed, weighted }: Known): readonly Note[] {
  const prefixes = [...new Set([...relations, ...related].map(({ prefix }) => `${prefix}.`))];
  const limits = [
    ...(windowed ? ['spans outside the window are not looked at'] : []),
    ...(weighted ? ['events are sampled, so related spans may be missing'] : []),
  ];
  if (prefixes.length === 0 || limits.length === 0) return [];
  const text = `${prefixes.join(', ')}: ${limits.join('; ')}`;
  return [{ level: 'info', code: 'other_spans', text }];
}

function badRule({ bad }: Known): readonly Note[] {
  return bad === null ? [] : [{ level: 'info', code: 'bad', text: `bad: ${bad.text}` }];
}
