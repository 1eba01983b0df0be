/**
 * Whether the others took over what a silent host had: then it was taken out, and nothing was
 * lost. Told by how much more they sent on the inner side of both ends than on the outer.
 */
import { microsPerMinute } from '../time/instant.js';
import type { DimensionQuestion, ScanFacts } from './scan-facts.js';
import type { Finding } from './scan-finding.js';
import { minutesOf, type Span } from './scan-presence.js';
import { rowsOfService } from './scan-quiet-rows.js';
import { dispersionOf } from './scan-rate.js';

/** Chosen by us: minutes to either side of an end; in longer ones the day itself changes. */
const sideMinutes = 75;
/** Chosen by us, in nats: less can be chance once in twenty silences. */
const leastNats = 3;
/** Chosen by us: minutes of a bin by which the spread is judged. */
const binMinutes = 10;

/** Hosts of a service that had nothing, or less, for a while. */
export interface Away extends Span {
  /** No value where there are no services. */
  readonly service: number;
  /** Who of it was away. */
  readonly only: NonNullable<DimensionQuestion['only']>;
  readonly ongoing: boolean;
}

/** Whose traffic the others took over, in the order asked. */
export async function takenOver(
  facts: ScanFacts,
  away: readonly Away[],
): Promise<readonly boolean[]> {
  const answers: boolean[] = [];
  for (const one of away) answers.push(await isTakenOver(facts, one));
  return answers;
}

/** Nothing was lost: told for information. */
export function drained(finding: Finding): Finding {
  const title = finding.title
    .replace(/ silent, the others busy$/, ' away, the others took over')
    .replace(/ at (\d+ %) of its usual traffic$/, ' had $1 of its traffic, the others took over');
  return {
    ...finding,
    severity: 'info',
    title,
    whyUnnoticed: 'nothing was lost: the others had as much more',
    requestsAffected: 0,
    requestsInterval: [0, 0],
  };
}

async function isTakenOver(facts: ScanFacts, away: Away): Promise<boolean> {
  const side = Math.min(sideMinutes, Math.floor((away.to - away.from) / 2));
  const { own, others, origin } = await readAround(facts, away, side);
  const inner = [{ from: away.from, to: away.from + side }];
  const outer = [{ from: away.from - side, to: away.from }];
  if (!away.ongoing) {
    inner.push({ from: away.to - side, to: away.to });
    outer.push({ from: away.to, to: away.to + side });
  }
  const of = (rows: Float64Array, spans: readonly Span[]): number =>
    spans.reduce(
      (sum, { from, to }) => sum + sumOf(rows, { from: from - origin, to: to - origin }),
      0,
    );
  return (
    takeoverNats({
      inside: of(others, inner),
      outside: of(others, outer),
      own: Math.max(0, of(own, outer) - of(own, inner)),
      dispersion: spreadOf(others, [...inner, ...outer], origin),
    }) >= leastNats
  );
}

/** Rows on both sides of the ends of a silence. */
export interface Sides {
  /** Rows of the others, while it was silent and while it was not. */
  readonly inside: number;
  readonly outside: number;
  /** Its own rows while it was not, beyond those that came while it was. */
  readonly own: number;
  readonly dispersion: number;
}

/** How much better the counts fit a take-over than a loss. **Units** nats. Pure. */
export function takeoverNats({ inside, outside, own, dispersion }: Sides): number {
  if (outside === 0 || own === 0) return 0;
  const more = 1 + own / outside;
  const share = more / (1 + more);
  return (inside * Math.log(2 * share) + outside * Math.log(2 * (1 - share))) / dispersion;
}

/** Rows by minute of who was away and of the others of their service. */
async function readAround(facts: ScanFacts, { from, to, service, only }: Away, side: number) {
  const window = minutesOf(facts.window);
  const first = Math.max(window.from, from - side);
  const last = Math.min(window.to, to + side);
  const asked = {
    window: { start: first * microsPerMinute, end: last * microsPerMinute },
    stepMicros: microsPerMinute,
  };
  const read = async (part: Pick<DimensionQuestion, 'only'>): Promise<Float64Array> => {
    const rows = new Float64Array(last - first);
    for (const one of await rowsOfService(facts, service, { ...asked, ...part }))
      rows[one.minute - first] = (rows[one.minute - first] ?? 0) + one.rows;
    return rows;
  };
  const own = await read({ only });
  const all = await read({});
  return { own, others: all.map((rows, at) => Math.max(0, rows - (own[at] ?? 0))), origin: first };
}

function sumOf(rows: Float64Array, { from, to }: Span): number {
  let sum = 0;
  for (let at = Math.max(0, from); at < Math.min(rows.length, to); at += 1) sum += rows[at] ?? 0;
  return sum;
}

/** How much wider than chance the traffic of the others spreads within each side. */
function spreadOf(others: Float64Array, sides: readonly Span[], origin: number): number {
  const bins = sides.flatMap(({ from, to }) => {
    const mean =
      (sumOf(others, { from: from - origin, to: to - origin }) * binMinutes) /
      Math.max(1, to - from);
    const count = Math.floor((to - from) / binMinutes);
    return Array.from({ length: count }, (_, bin) => {
      const start = from - origin + bin * binMinutes;
      return { hits: sumOf(others, { from: start, to: start + binMinutes }), expected: mean };
    });
  });
  return dispersionOf(bins);
}
