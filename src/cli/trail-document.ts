/** The report of `trail` for machines: one row an entry, or one an event. */
import type { TrailEntry } from '../forensics/trail-story.js';
import type { Trail, TrailEvents, TrailValues } from '../query/trail.js';
import { exactInstant } from '../render/cell.js';
import { type JsonValue, jsonRow } from '../render/json.js';
import { formatCount, plural } from '../render/number.js';
import type { Table, TableRow } from '../render/table.js';
import type { TimeRange } from '../time/range.js';
import type { Answer } from './answer.js';
import type { EverSeen } from './ever-seen.js';
import { sourceFields, windowFields } from './query-document.js';
import type { TrailSubject } from './trail-subject.js';

type Fields = Readonly<Record<string, JsonValue>>;

export interface TrailView {
  readonly subject: TrailSubject;
  readonly trail: Trail;
  readonly ever: EverSeen;
  readonly story: readonly TrailEntry[];
  /** Headings of the values of a run. */
  readonly labels: readonly string[];
  /** What ends a run: places in `labels`, or `bad`. */
  readonly level: readonly (number | 'bad')[];
  /** What would, if it did not change too often. */
  readonly finer: readonly (number | 'bad')[];
  readonly window: TimeRange;
  readonly zone: string;
  /** What counts as failing; null: nothing. */
  readonly rule: string | null;
}

/** **Shape** `window, rows, total, events, bad, runs, ended_by, gap, ever {first, last, files},
 * rule, source`. */
export function trailDocument(view: TrailView): Fields {
  const { trail, labels, level, rule } = view;
  const table = trailTable(view);
  const sum = (of: (run: Trail['runs'][number]) => number): number =>
    trail.runs.reduce((total, run) => total + of(run), 0);
  const { pace } = trail;
  return {
    window: windowFields(view.window),
    rows: table.rows.map((row) => jsonRow(table, row)),
    total: table.rows.length,
    events: sum(({ events }) => events),
    bad: rule === null ? null : sum(({ bad }) => bad),
    runs: trail.runs.length,
    ended_by: level.map((place) => (place === 'bad' ? 'bad' : (labels[place] ?? ''))),
    gap:
      pace === null
        ? null
        : {
            longer_than_seconds: pace.gapMicros / 1e6,
            usual_seconds: pace.medianMicros / 1e6,
            p99_seconds: pace.p99Micros / 1e6,
          },
    ever: {
      first: view.ever.first === null ? null : exactInstant(view.ever.first),
      last: view.ever.last === null ? null : exactInstant(view.ever.last),
      files: { ...view.ever.files },
    },
    rule,
    source: sourceFields(trail),
  };
}

const text = (key: string) => ({ key, title: key, align: 'left', show: 'text' }) as const;
const time = (key: string) => ({ key, title: key, align: 'left', show: 'instant' }) as const;
const count = (key: string) => ({ key, title: key, align: 'right', show: 'count' }) as const;

const ownKeys: ReadonlySet<string> = new Set(['start', 'end', 'kind', 'events', 'bad', 'text']);

/** **Shape** one row an entry in order of time. A value is null where a run has several. */
export function trailTable({ story, labels, rule }: TrailView): Table {
  const keys = labels.map((label) => text(ownKeys.has(label) ? `${label} value` : label));
  return {
    columns: [
      ...['start', 'end'].map(time),
      text('kind'),
      ...keys,
      count('events'),
      count('bad'),
      text('text'),
    ],
    rows: story.map(({ kind, start, end, run, text: said }): TableRow => {
      const values = labels.map((_, index) => onlyValue(run?.values[index]));
      const bad = run === null || rule === null ? null : run.bad;
      return [start, end, kind, ...values, run?.events ?? null, bad, said === '' ? null : said];
    }),
    seriesMax: null,
    footer: [],
  };
}

function onlyValue(values: TrailValues | undefined): TrailValues['least'] {
  return values?.count === 1 ? values.least : null;
}

/** Most events of a table for people; files have all. Chosen by us. */
const shownEvents = 1_000;

/** Every event as stored. */
export function eventsAnswer(
  { labels, events }: TrailEvents,
  {
    query,
    window,
    subject,
    most,
  }: {
    readonly query: Fields;
    readonly window: TimeRange;
    readonly subject: TrailSubject;
    readonly most: number | null;
  },
): Omit<Answer, 'notes'> {
  const filled = labels.flatMap((label, index) =>
    events.some(({ values }) => (values[index] ?? null) !== null) ? [{ label, index }] : [],
  );
  const isWeighted = events.some(({ weight }) => weight !== 1);
  const clash = new Set(['ts', 'weight']);
  const table = (shown: TrailEvents['events']): Table => ({
    columns: [
      time('ts'),
      ...filled.map(({ label }) => text(clash.has(label) ? `${label} value` : label)),
      ...(isWeighted ? [count('weight')] : []),
    ],
    rows: shown.map(({ ts, weight, values }) => [
      ts,
      ...filled.map(({ index }) => values[index] ?? null),
      ...(isWeighted ? [weight] : []),
    ]),
    seriesMax: null,
    footer: [
      shown.length < events.length
        ? `${formatCount(shown.length)} of ${plural(events.length, 'event')} of ${subject.name}`
        : `${plural(events.length, 'event')} of ${subject.name}`,
    ],
  });
  const all = table(events);
  return {
    blocks: [{ kind: 'table', table: table(events.slice(0, most ?? shownEvents)) }],
    table: all,
    document: {
      query,
      window: windowFields(window),
      rows: all.rows.map((row) => jsonRow(all, row)),
      total: events.length,
    },
    prose: false,
    next: [],
    exitCode: 0,
  };
}
