/** The report of `trail` as people read it: a time line, and how it was cut into rows. */
import type { TrailEntry } from '../forensics/trail-story.js';
import type { TrailRun, TrailValues } from '../query/trail.js';
import { formatCount, formatPercent, plural } from '../render/number.js';
import type { Table, TableRow } from '../render/table.js';
import { formatDuration } from '../time/duration.js';
import { formatRange } from '../time/format.js';
import { microsPerMinute, microsPerSecond } from '../time/instant.js';
import { type Block, linesBlock } from './answer.js';
import { clockOf, wholeSeconds } from './clock-text.js';
import type { TrailView } from './trail-document.js';

export function trailBlocks(view: TrailView): readonly Block[] {
  const { trail, subject, window, zone } = view;
  if (trail.rows === 0) {
    const when = `${formatRange(wholeSeconds(window), zone)} ${zone}`;
    return [linesBlock([`nothing of ${subject.name}, ${when}`, everText(view)])];
  }
  return [
    linesBlock(headline(view)),
    { kind: 'table', table: tableOf(view) },
    linesBlock(closing(view)),
  ];
}

/** Of a thing that has no event in the window. */
function everText({ ever: { first, last }, zone }: TrailView): string {
  if (first === null || last === null) return 'it was never seen';
  const range = { start: first, end: last + 1 };
  return `first and last seen ever ${formatRange(wholeSeconds(range), zone)} ${zone}`;
}

function headline(view: TrailView): readonly string[] {
  const { subject, trail, rule, zone, labels } = view;
  const range = { start: trail.first ?? 0, end: trail.last ?? 0 };
  const sum = (of: (run: TrailRun) => number): number =>
    trail.runs.reduce((total, run) => total + of(run), 0);
  const [events, bad] = [sum((run) => run.events), sum((run) => run.bad)];
  const failed =
    rule === null || events === 0
      ? ''
      : `, ${formatCount(bad)} bad (${formatPercent(bad / events)})`;
  const steady = labels.flatMap((label, index) => {
    const value = steadyValue(trail.runs, index);
    return value === null ? [] : [`${label} ${value}`];
  });
  return [
    subject.name,
    `${formatRange(wholeSeconds(range), zone)} ${zone}: ${plural(events, 'event')}${failed}`,
    ...(steady.length === 0 ? [] : [`all of ${steady.join(', ')}`]),
  ];
}

/** The one value that all runs have; null where there are several. */
function steadyValue(runs: readonly TrailRun[], index: number): string | null {
  const [first] = runs;
  const value = first?.values[index]?.least ?? null;
  const isSteady = runs.every(({ values }) => {
    const own = values[index];
    return own?.count === 1 && own.least === value;
  });
  return isSteady && value !== null ? String(value) : null;
}

function tableOf(view: TrailView): Table {
  const { story, rule, zone, trail, labels } = view;
  const times = story.flatMap(({ start, end }) => [start, end ?? start]);
  const range = { start: Math.min(...times), end: Math.max(...times) + 1 };
  const clock = clockOf(range, zone);
  const told = labels.flatMap((_, index) =>
    steadyValue(trail.runs, index) === null ? [index] : [],
  );
  const left = { align: 'left', show: 'text', essential: true } as const;
  return {
    columns: [
      { key: 'time', title: 'time', ...left },
      { key: 'what', title: 'what', ...left },
      { key: 'events', title: 'events', align: 'right', show: 'count', essential: true },
      ...(rule === null
        ? []
        : [{ key: 'bad', title: 'bad', align: 'right', show: 'count' } as const]),
      { key: 'until', title: 'until', align: 'left', show: 'text' },
    ],
    rows: story.map((entry): TableRow => {
      const { run, start, end } = entry;
      const isLong = end !== null && end - start >= microsPerSecond;
      return [
        clock(start),
        run === null ? entryText(entry) : runText(run, told, labels),
        run?.events ?? null,
        ...(rule === null ? [] : [run?.bad ?? null]),
        isLong ? clock(end) : null,
      ];
    }),
    seriesMax: null,
    footer: [],
  };
}

function entryText({ kind, start, end, text }: TrailEntry): string {
  switch (kind) {
    case 'gap':
      return `silent ${roughly((end ?? start) - start)}, ${text}`;
    case 'version':
    case 'restart':
      return `${kind} ${text}`;
    case 'marker':
      return text;
    default:
      return text === 'ever' ? `${kind} ever` : kind;
  }
}

function runText({ values }: TrailRun, told: readonly number[], labels: readonly string[]): string {
  const parts = told.flatMap((index) => valueText(values[index], labels[index] ?? ''));
  return parts.length === 0 ? 'events' : parts.join('  ');
}

function valueText(value: TrailValues | undefined, label: string): readonly string[] {
  if (value === undefined) return [];
  if (value.count > 2)
    return [`${formatCount(value.count)} ${label}${label.endsWith('s') ? 'es' : 's'}`];
  const names = value.count === 2 ? [value.least, value.most] : [value.least];
  if (value.count === 2 && value.least === value.most) return [`${value.least}, no ${label}`];
  return [names.map((name) => (name === null ? `no ${label}` : String(name))).join(', ')];
}

function closing({ trail, level, finer, labels, rule }: TrailView): readonly string[] {
  const { pace, runCounts, runs, rows } = trail;
  const name = (place: number | 'bad'): string =>
    place === 'bad' ? 'good or bad' : (labels[place] ?? '');
  const ends =
    level.length === 0 ? 'with a gap' : `with another ${level.map(name).join(', ')} or a gap`;
  const left = finer.filter((place) => !level.includes(place)).map(name);
  const often =
    left.length === 0
      ? ''
      : `; with ${left.join(', ')} there would be ${formatCount(runCounts[0] ?? 0)} rows`;
  const shown = runs.reduce((sum, run) => sum + run.rows, 0);
  const cut =
    shown < rows
      ? [`the first ${formatCount(shown)} of ${plural(rows, 'row')} of data; --limit shows more`]
      : [];
  return [
    ...cut,
    `a row ends ${ends}${often}`,
    pace === null
      ? 'gaps: too few events to say what is usual'
      : `gaps: silent for more than ${roughly(pace.gapMicros)}; usually ` +
        `${roughly(pace.medianMicros)} between events, 99 % within ${roughly(pace.p99Micros)}`,
    ...(rule === null ? [] : [`bad: ${rule}`]),
  ];
}

/** As exact as a reader needs. */
function roughly(micros: number): string {
  const unit =
    micros >= 120 * microsPerMinute
      ? microsPerMinute
      : micros >= microsPerSecond
        ? microsPerSecond
        : 1000;
  return formatDuration(Math.max(unit, Math.round(micros / unit) * unit));
}
