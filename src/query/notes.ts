/** What a reader of an answer must know about it before it is calculated. */
import { formatMoment } from '../time/format.js';
import { microsPerSecond } from '../time/instant.js';
import type { TimeRange } from '../time/range.js';
import { neverTrue } from './never-true.js';
import type { Plan } from './plan.js';
import type { LostRows } from './ports.js';
import type { Note } from './result.js';

type Known = Pick<
  Plan,
  'weighted' | 'calculations' | 'where' | 'bad' | 'files' | 'windowed' | 'relations' | 'related'
>;

/** The notes of a plan, in a fixed order. `lost`: events of its window that cannot be read. */
export function notesFor(plan: Known, lost: readonly LostRows[]): readonly Note[] {
  return [
    ...lostRows(lost),
    ...noFiles(plan),
    ...never(plan),
    ...unweighted(plan),
    ...otherSpans(plan),
    ...badRule(plan),
  ];
}

/** Events of a window that were there and cannot be read any more. */
export function lostIn(lost: readonly LostRows[], window: TimeRange | null): readonly LostRows[] {
  return lost.filter(
    (rows) => window === null || (rows.window.start < window.end && rows.window.end > window.start),
  );
}

/** What is missing since damaged files were taken out of the table. */
export function lostRows(lost: readonly LostRows[]): readonly Note[] {
  if (lost.length === 0) return [];
  const counts = lost.map(({ rowCount }) => rowCount);
  const rows = counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
  const many = `${counts.includes(null) ? 'at least ' : ''}${rows} rows`;
  const start = lost.reduce((least, { window }) => Math.min(least, window.start), Infinity);
  const end = lost.reduce((most, { window }) => Math.max(most, window.end), -Infinity);
  const where = [start, end - 1].map((micros) => formatMoment(floorSecond(micros), 'UTC'));
  const text = `incomplete: ${many} between ${where.join(' and ')} UTC are damaged and left out`;
  return [{ level: 'warning', code: 'lost_rows', text }];
}

function floorSecond(micros: number): number {
  return Math.floor(micros / microsPerSecond) * microsPerSecond;
}

function noFiles({ files, windowed }: Known): readonly Note[] {
  if (files.windowPaths.length > 0) return [];
  const text = files.total === 0 || !windowed ? 'the dataset is empty' : 'no events in this window';
  return [{ level: 'warning', code: 'no_data', text }];
}

function never({ where, bad, calculations }: Known): readonly Note[] {
  const filters = [bad, ...calculations.map(({ filter }) => filter)];
  const conditions = [...where, ...filters.flatMap((one) => one?.condition ?? [])];
  const texts = new Set(conditions.flatMap(neverTrue));
  return [...texts].map((text) => ({ level: 'warning', code: 'never_true', text }));
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
