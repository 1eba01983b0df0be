/**
 * Guesses what columns mean: a score for the name (exact 100, synonym 80, fuzzy 50) and a test of
 * sampled values (plus or minus 40). A column counts from 60 on. Pure; the order of columns and of
 * values does not matter.
 */
import { present } from '../base/assert.js';
import { Fault } from '../base/fault.js';
import type { DurationUnit } from './column.js';
import { type ColumnSample, shareOf, valueCounts } from './column-sample.js';
import { guessUnit } from './duration-unit.js';
import { type RoleName, type Roles, roleNames } from './role.js';
import { roleTable } from './role-table.js';
import { testValues, type ValueTests } from './role-value-test.js';
import { wordPlace } from './role-words.js';
import { statusKind } from './status-kind.js';
import { timeByValues } from './time-fallback.js';

export interface RoleCandidate {
  readonly label: string;
  readonly score: number;
  readonly reason: string;
}

/** `labels` is the coalesce list, empty when nothing was found or two columns are equally good. */
export interface RoleGuess {
  readonly role: RoleName;
  readonly labels: readonly string[];
  readonly score: number;
  readonly reason: string;
  /** No name told it, only what the values look like: worth a note. */
  readonly byValues: boolean;
  /** Every column that was considered, best first. */
  readonly candidates: readonly RoleCandidate[];
}

export interface GuessedRoles {
  readonly roles: Roles;
  /** One for each role, in the order of `roleNames`. */
  readonly guesses: readonly RoleGuess[];
  /** Units of the columns of the role duration, as far as they are known. */
  readonly units: ReadonlyMap<string, DurationUnit>;
  /** What a person should hear: units not known, ties. */
  readonly notes: readonly string[];
}

/** From here on a column is taken for a role. **Source** the role table's rule. */
export const takenScore = 60;

interface NameMatch {
  readonly points: 100 | 80 | 50;
  /** Place in the table: the order of a coalesce list. */
  readonly rank: number;
  readonly reason: string;
  readonly vague: boolean;
}

interface Scored extends RoleCandidate {
  readonly match: NameMatch;
  readonly sample: ColumnSample;
}

/** Guesses all roles. Never faults: see `requireTime`. */
export function guessRoles(columns: readonly ColumnSample[], tests: ValueTests): GuessedRoles {
  const guesses = roleNames.map((role) => {
    const guess = guessRole(role, columns, tests);
    return role === 'time' && guess.score < takenScore ? guessTime(guess, columns, tests) : guess;
  });
  const roles: Partial<Record<RoleName, readonly string[]>> = {};
  const notes: string[] = [];
  for (const guess of guesses) {
    if (guess.labels.length > 0) roles[guess.role] = guess.labels;
    if (guess.labels.length > 0 && guess.byValues) {
      notes.push(`${guess.role}: ${guess.labels.join(', ')}: ${guess.reason}`);
    }
    if (guess.labels.length === 0 && guess.score >= takenScore)
      notes.push(`${guess.role}: ${guess.reason}`);
  }
  if (roles.duration === undefined) notes.push(...writtenDurations(guesses, columns));
  const units = new Map<string, DurationUnit>();
  for (const label of roles.duration ?? []) {
    const sample = columns.find((column) => column.label === label);
    if (sample === undefined) continue;
    const { unit, reason } = guessUnit(sample);
    if (unit === null) notes.push(`duration: ${label}: ${reason}`);
    else units.set(label, unit);
  }
  return { roles, guesses, units, notes };
}

/** Values such as `12,5`, or `4.042ms` among bare numbers, which are no numbers here. */
const writtenDuration = /^\d+(?:[.,]\d+)*\s?(?:ns|us|µs|μs|ms|s|m|h)?$/;

/** Columns that would be the duration if their values were numbers. */
function writtenDurations(
  guesses: readonly RoleGuess[],
  columns: readonly ColumnSample[],
): readonly string[] {
  const named = guesses.find(({ role }) => role === 'duration')?.candidates ?? [];
  const found = named.flatMap(({ label }) => columns.filter((column) => column.label === label));
  const written = found.find(
    (sample) => shareOf(sample, (value) => writtenDuration.test(String(value))) === 1,
  );
  const example = written?.values.find((value) => !Number.isFinite(Number(value)));
  if (written === undefined || example === undefined) return [];
  return [
    `duration: ${written.label}: values such as ${String(example)} are text, not numbers, ` +
      'so nothing is said about slowness',
  ];
}

/** The rule for a failed event, where the status is none of HTTP's; null for the usual one. */
export function badRuleOf(columns: readonly ColumnSample[], status: readonly string[]) {
  const [label] = status;
  const sample = columns.find((column) => column.label === label);
  const kind = sample === undefined ? null : statusKind(sample.label, valueCounts(sample));
  return kind === null || kind.kind === 'http' ? null : kind.bad;
}

/** **Faults** CC2101 with the candidates, when no column can be the time. */
export function requireTime(guessed: GuessedRoles, path: string): readonly string[] {
  const labels = guessed.roles.time;
  if (labels !== undefined) return labels;
  const candidates = guessed.guesses
    .filter((guess) => guess.role === 'time')
    .flatMap((guess) => guess.candidates.map((candidate) => candidate.label));
  throw new Fault('CC2101', {
    path,
    role: 'time',
    candidates: candidates.length === 0 ? 'none' : candidates.join(', '),
    class: 'ts_missing',
  });
}

function guessRole(role: RoleName, columns: readonly ColumnSample[], tests: ValueTests): RoleGuess {
  const scored = columns.flatMap((sample) => scoreColumn(role, sample, tests) ?? []).sort(byScore);
  const candidates = scored.map(({ label, score, reason }) => ({ label, score, reason }));
  const [best, next] = scored;
  if (best === undefined || best.score < takenScore) {
    const reason = best === undefined ? 'no column by a known name' : best.reason;
    return { role, labels: [], score: best?.score ?? 0, reason, candidates, byValues: false };
  }
  if (next !== undefined && next.score === best.score && next.match.rank === best.match.rank) {
    const reason = `${best.label} and ${next.label} are equally good`;
    return { role, labels: [], score: best.score, reason, candidates, byValues: false };
  }
  const labels = coalesceList(best, scored);
  return { role, labels, score: best.score, reason: best.reason, candidates, byValues: false };
}

/** When no name tells the time, the values do. Columns that mean other times stay out. */
function guessTime(
  named: RoleGuess,
  columns: readonly ColumnSample[],
  tests: ValueTests,
): RoleGuess {
  const { never } = present(roleIndex.get('time'), 'the index of a role');
  const open = columns.filter(({ label }) => !never.has(looseName(label)));
  const found = timeByValues(open, tests);
  if (found.candidates.length === 0) return named;
  const { labels, reason } = found;
  const candidates = found.candidates.map((label) => ({ label, score: takenScore, reason }));
  return { role: 'time', labels, score: takenScore, reason, candidates, byValues: true };
}

function scoreColumn(role: RoleName, sample: ColumnSample, tests: ValueTests): Scored | null {
  const match = matchName(role, sample.label);
  if (match === null) return null;
  const verdict = testValues(role, sample, { ...tests, vague: match.vague });
  return {
    label: sample.label,
    score: match.points + verdict.points,
    reason: `${match.reason}, ${verdict.reason}`,
    match,
    sample,
  };
}

/** By score, then by the table, then by name, so that the order of columns cannot matter. */
function byScore(left: Scored, right: Scored): number {
  if (left.score !== right.score) return right.score - left.score;
  if (left.match.rank !== right.match.rank) return left.match.rank - right.match.rank;
  return left.label < right.label ? -1 : 1;
}

/**
 * The best column, the other names of the same convention (both appear while a fleet migrates), and
 * synonyms only while rows are left without a value. Vague names never join.
 */
function coalesceList(best: Scored, scored: readonly Scored[]): readonly string[] {
  const { rows, values } = best.sample;
  const gaps = values.length < rows;
  const others = scored.filter((one) => {
    if (one === best || one.score < takenScore || one.match.points < 80) return false;
    return (
      !isOtherDomain(best, one) && (gaps || (one.match.points === 100 && best.match.points === 100))
    );
  });
  others.sort((left, right) => left.match.rank - right.match.rank);
  return [best, ...others].map((one) => one.label);
}

/** gRPC status codes are numbered differently and never fill gaps of HTTP ones. */
function isOtherDomain(left: RoleCandidate, right: RoleCandidate): boolean {
  return left.label.startsWith('rpc.') !== right.label.startsWith('rpc.');
}

/** The table prepared for looking up names: places by name, and by name without separators. */
interface RoleIndex {
  readonly places: ReadonlyMap<string, number>;
  readonly loosePlaces: ReadonlyMap<string, number>;
  readonly never: ReadonlySet<string>;
  readonly exactCount: number;
  readonly synonymEnd: number;
}

const roleIndex: ReadonlyMap<RoleName, RoleIndex> = new Map(
  roleNames.map((role) => [role, indexOf(role)]),
);

function indexOf(role: RoleName): RoleIndex {
  const { exact, synonyms, vague, never } = roleTable[role];
  const names = [...exact, ...synonyms, ...vague];
  const loosePlaces = new Map<string, number>();
  for (const [place, name] of names.entries()) {
    const loose = looseName(name);
    if (!loosePlaces.has(loose)) loosePlaces.set(loose, place);
  }
  return {
    places: new Map(names.map((name, place) => [name, place])),
    loosePlaces,
    never: new Set(never.map(looseName)),
    exactCount: exact.length,
    synonymEnd: exact.length + synonyms.length,
  };
}

function matchName(role: RoleName, label: string): NameMatch | null {
  const index = present(roleIndex.get(role), 'the index of a role');
  const rank = index.places.get(label);
  if (rank !== undefined && rank < index.exactCount) {
    return { points: 100, rank, reason: 'name of a convention', vague: false };
  }
  if (index.never.has(looseName(label))) return null;
  if (rank !== undefined && rank < index.synonymEnd) {
    return { points: 80, rank, reason: 'usual name', vague: false };
  }
  const near = rank ?? nearPlace(index, label) ?? placeByWords(role, index, label);
  return near === null ? null : { points: 50, rank: near, reason: 'similar name', vague: true };
}

const wrappers =
  'resource attributes fields labels log data context tags event meta ctx extra payload';
const wrapper = new RegExp(`^(?:${wrappers.replaceAll(' ', '|')})[._](.+)$`, 'i');

/** The same but for case and separators, alone or behind a wrapper (`attributes.host.name`). */
function nearPlace(index: RoleIndex, label: string): number | null {
  const place = index.loosePlaces.get(looseName(label));
  if (place !== undefined) return place;
  const inner = wrapper.exec(label)?.[1];
  if (inner === undefined || index.never.has(looseName(inner))) return null;
  return nearPlace(index, inner);
}

/** Behind every listed name. */
function placeByWords(role: RoleName, index: RoleIndex, label: string): number | null {
  const place = wordPlace(role, wrapper.exec(label)?.[1] ?? label);
  return place === null ? null : index.places.size + place;
}

function looseName(label: string): string {
  return label.toLowerCase().replace(/[^a-z0-9%@]/g, '');
}
