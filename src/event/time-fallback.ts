/** The time of events whose columns have no known name: told by the values alone. */
import { type ColumnSample, shareOf } from './column-sample.js';
import { testValues, type ValueTests } from './role-value-test.js';

/** What values alone say. No label when no column reads as times, or several do equally well. */
export interface TimeFallback {
  readonly labels: readonly string[];
  readonly reason: string;
  /** Columns all of whose values read as times, in the order of their names. */
  readonly candidates: readonly string[];
}

const timeWord = /time|stamp|date|epoch|utc|clock|when|(?:^|[._-])(?:ts|at)$|[a-z](?:At|Ts)$/;
/** Moments that follow the event, or have nothing to do with it. */
const otherMoment = /expir|birth|updat|modif|delet|until|deadline|next|last/i;

/** The end of something that began before; where both are there, an event has the start. */
const endWord = /(?:^|_)(?:end|ended|finish|finished|stop|stopped|complete|completed)(?:_|$)/i;

/**
 * Columns that are times throughout and filled in at least half of the events. Among several, names
 * that sound like a time come first, then those that are no end, then written times.
 */
export function timeByValues(columns: readonly ColumnSample[], tests: ValueTests): TimeFallback {
  const timed = columns
    .filter((sample) => {
      const full = sample.values.length > 0 && sample.values.length * 2 >= sample.rows;
      return full && shareOf(sample, tests.isTime) === 1 && isWholeTime(sample, tests);
    })
    .sort((left, right) => (left.label < right.label ? -1 : 1));
  const candidates = timed.map(({ label }) => label);
  const named = preferred(timed, ({ label }) => timeWord.test(label) && !otherMoment.test(label));
  const begun = preferred(named, ({ label }) => !endWord.test(apart(label)));
  const [best, ...others] = preferred(begun, isWritten);
  if (best === undefined) return { labels: [], reason: 'no column reads as times', candidates };
  if (others.length > 0) {
    const names = [best, ...others].map(({ label }) => label).join(', ');
    return { labels: [], reason: `${names} all read as times`, candidates };
  }
  const rest = candidates.filter((label) => label !== best.label);
  const reason = rest.length === 0 ? byValues : `${byValues}, rather than ${rest.join(', ')}`;
  return { labels: [best.label], reason, candidates };
}

function apart(label: string): string {
  return label.replace(/([a-z0-9])([A-Z])/g, '$1_$2').replace(/[^A-Za-z0-9]+/g, '_');
}

const byValues = 'all of its values read as times';

function isWholeTime(sample: ColumnSample, tests: ValueTests): boolean {
  return testValues('time', sample, { ...tests, vague: true }).points > 0;
}

function isWritten({ values }: ColumnSample): boolean {
  return values.every((value) => typeof value === 'string' && !/^[\d.]+$/.test(value));
}

/** Those that pass, or all when none does. */
function preferred(
  columns: readonly ColumnSample[],
  passes: (sample: ColumnSample) => boolean,
): readonly ColumnSample[] {
  const passed = columns.filter(passes);
  return passed.length === 0 ? columns : passed;
}
