/** Many scores as one line, and as the table of docs/method.md. Pure. */
import type { Match, Score } from './score.js';

export interface Summary {
  readonly planted: number;
  readonly found: number;
  readonly recall: number;
  readonly falseAWeek: number;
  readonly cleanWeeks: number;
  readonly repeated: number;
  readonly overlap: number;
  readonly onsetMinutes: number;
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
  const onsets = found.map(({ onsetMinutes }) => onsetMinutes).sort((left, right) => left - right);
  const wrong = scores.reduce((sum, score) => sum + score.wrong.length, 0);
  const clean = scores.filter((score) => score.wrong.length === 0);
  return {
    planted: matches.length,
    found: found.length,
    recall: matches.length === 0 ? 1 : found.length / matches.length,
    falseAWeek: wrong / Math.max(1, scores.length),
    cleanWeeks: clean.length / Math.max(1, scores.length),
    repeated: scores.reduce((sum, score) => sum + score.repeated.length, 0),
    overlap: found.reduce((sum, { overlap }) => sum + overlap, 0) / Math.max(1, found.length),
    onsetMinutes: onsets[Math.floor(onsets.length / 2)] ?? 0,
    hostsAndVersions: share(({ hostsRight, versionsRight }) => hostsRight && versionsRight),
    first: share(({ isFirst }) => isFirst),
    countsWithin5:
      counted.length === 0 ? 1 : counted.filter((one) => one <= 0.05).length / counted.length,
  };
}

const heads = [
  'scenario',
  'weeks',
  'planted',
  'found',
  'false',
  'overlap',
  'onset',
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
  const wrong = Math.round(sum.falseAWeek * scores.length);
  const base = [name, String(scores.length), String(sum.planted), String(sum.found), String(wrong)];
  if (sum.found === 0) return [...base, '', '', '', '', ''];
  const percent = (value: number): string => `${Math.round(value * 100)} %`;
  return [
    ...base,
    sum.overlap.toFixed(2),
    `${sum.onsetMinutes} min`,
    percent(sum.hostsAndVersions),
    percent(sum.first),
    percent(sum.countsWithin5),
  ];
}
