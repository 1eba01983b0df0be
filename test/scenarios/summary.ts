/** Many scores as one line, and as the table of docs/method.md. Pure. */
import type { Match, Score } from './score.js';

export interface Summary {
  readonly planted: number;
  readonly found: number;
  readonly recall: number;
  readonly falseAWeek: number;
  readonly wrong: number;
  readonly cleanWeeks: number;
  readonly repeated: number;
  readonly overlap: number;
  readonly onsetMinutes: number;
  /** What onset would be were each dated by its first row. */
  readonly unseenMinutes: number;
  readonly hostsAndVersions: number;
  readonly first: number;
  readonly countsWithin5: number;
}

export function summaryOf(scores: readonly Score[]): Summary {
  const matches = scores.flatMap((score) => score.matches);
  const found = matches.filter(({ finding }) => finding !== null);
  const counted = found.flatMap(({ countError }) => countError ?? []);
  const share = (test: (match: Match) => boolean): number =>
    found.length === 0 ? 1 : found.filter(test).length / found.length;
  const middle = (of: (match: Match) => number): number =>
    found.map(of).sort((left, right) => left - right)[Math.floor(found.length / 2)] ?? 0;
  const wrong = scores.reduce((sum, score) => sum + score.wrong.length, 0);
  const clean = scores.filter((score) => score.wrong.length === 0);
  return {
    planted: matches.length,
    found: found.length,
    recall: matches.length === 0 ? 1 : found.length / matches.length,
    falseAWeek: wrong / Math.max(1e-9, weeksOf(scores)),
    wrong,
    cleanWeeks: clean.length / Math.max(1, scores.length),
    repeated: scores.reduce((sum, score) => sum + score.repeated.length, 0),
    overlap: found.reduce((sum, { overlap }) => sum + overlap, 0) / Math.max(1, found.length),
    onsetMinutes: middle(({ onsetMinutes }) => onsetMinutes),
    unseenMinutes: middle(({ unseenMinutes }) => unseenMinutes),
    hostsAndVersions: share(({ hostsRight, versionsRight }) => hostsRight && versionsRight),
    first: share(({ isFirst }) => isFirst),
    countsWithin5:
      counted.length === 0 ? 1 : counted.filter((one) => one <= 0.05).length / counted.length,
  };
}

function weeksOf(scores: readonly Score[]): number {
  return scores.reduce((sum, { weeks }) => sum + (weeks ?? 1), 0);
}

/** What is not as it should be with one score, a line each. */
export function troubleOf({ matches, wrong, repeated }: Score): readonly string[] {
  const time = (micros: number): string => new Date(micros / 1000).toISOString().slice(5, 16);
  const span = (one: { readonly start: number; readonly end: number }): string =>
    `${time(one.start)}..${time(one.end)}`;
  const unlike = matches.filter(
    ({ finding, overlap, hostsRight, versionsRight, countError, isFirst }) =>
      finding !== null &&
      (overlap < 0.8 || !hostsRight || !versionsRight || !isFirst || (countError ?? 0) > 0.05),
  );
  return [
    ...matches
      .filter(({ finding }) => finding === null)
      .map(
        ({ truth }) =>
          `missed ${span(truth)} hurt ${truth.hurt} lost ${truth.lost} nats ${truth.evidence.toFixed(0)}`,
      ),
    ...unlike.map(
      ({
        finding,
        truth,
        overlap,
        unseenMinutes,
        hostsRight,
        versionsRight,
        countError,
        isFirst,
      }) =>
        `unlike ${span(truth)} hurt ${truth.hurt}: ${finding?.title}` +
        ` ${finding === null ? '' : span(finding)} overlap ${overlap.toFixed(2)}` +
        `${hostsRight ? '' : ' HOSTS'}${versionsRight ? '' : ' VERSIONS'}` +
        `${isFirst ? '' : ' LATER'} counts ${(countError ?? 0).toFixed(2)}` +
        ` told ${finding?.requestsAffected} bad ${finding?.bad} of ${finding?.events}` +
        ` expected ${finding?.expected.toFixed(1)} first row ${unseenMinutes.toFixed(0)} min`,
    ),
    ...wrong.map((one) => `false ${one.severity} ${one.detector}: ${one.title} ${span(one)}`),
    ...repeated.map((one) => `again ${one.severity} ${one.detector}: ${one.title} ${span(one)}`),
  ];
}

const heads = [
  'scenario',
  'weeks',
  'planted',
  'found',
  'false',
  'overlap',
  'onset',
  'first row',
  'hosts and versions',
  'first',
  'counts within 5 %',
];

export function tableOf(scores: ReadonlyMap<string, readonly Score[]>): string {
  const all = [...scores.values()].flat();
  const rows = [...scores].map(([name, own]) => rowOf(name, own));
  const lines = [heads, heads.map(() => '---'), ...rows, rowOf('**all**', all)];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function rowOf(name: string, scores: readonly Score[]): readonly string[] {
  const sum = summaryOf(scores);
  const weeks = String(Math.round(weeksOf(scores)));
  const base = [name, weeks, String(sum.planted), String(sum.found), String(sum.wrong)];
  if (sum.found === 0) return [...base, '', '', '', '', '', ''];
  const percent = (value: number): string => `${Math.round(value * 100)} %`;
  return [
    ...base,
    sum.overlap.toFixed(2),
    `${sum.onsetMinutes} min`,
    `${sum.unseenMinutes} min`,
    percent(sum.hostsAndVersions),
    percent(sum.first),
    percent(sum.countsWithin5),
  ];
}
