/** The runs of one thing as a story: what changed, silences, when it was last seen. Pure. */
import type { TrailPace, TrailRun, TrailValues } from '../query/trail.js';
import type { Micros } from '../time/instant.js';
import type { TimeRange } from '../time/range.js';

/** What happened beside the events: a deploy, an incident. `end` null: an instant. */
export interface TrailMarker {
  readonly start: Micros;
  readonly end: Micros | null;
  readonly text: string;
}

export type TrailEntryKind =
  | 'first seen'
  | 'marker'
  | 'gap'
  | 'restart'
  | 'version'
  | 'run'
  | 'last seen';

export interface TrailEntry {
  readonly kind: TrailEntryKind;
  readonly start: Micros;
  /** Of a run, the instant of its last event; null for what is an instant. */
  readonly end: Micros | null;
  /** Of a run. */
  readonly run: TrailRun | null;
  /** Of anything else; of a change the values before and after. */
  readonly text: string;
}

export interface TrailTold {
  readonly runs: readonly TrailRun[];
  readonly pace: TrailPace | null;
  /** The window, as far as events of anybody are kept. */
  readonly covered: TimeRange;
  /** First and last event of the thing in all that is kept. */
  readonly ever: { readonly first: Micros; readonly last: Micros };
  /** Places of these in the values of a run; null where there is none. */
  readonly version: number | null;
  readonly instance: number | null;
  readonly markers: readonly TrailMarker[];
  /** Whether runs were left out behind the last of these. */
  readonly isCut: boolean;
}

/** In order of time; what happened at the same instant stands before the run that follows it. */
export function trailStory(told: TrailTold): readonly TrailEntry[] {
  const { runs, markers } = told;
  const entries = [
    ...beginning(told),
    ...runs.flatMap((run, index) => entriesOf(run, runs[index - 1] ?? null, told)),
    ...(told.isCut ? [] : ending(told)),
    ...markers.map(
      ({ start, end, text }): TrailEntry => ({ kind: 'marker', start, end, run: null, text }),
    ),
  ];
  return entries
    .map((entry, index) => ({ entry, index }))
    .sort(
      (left, right) =>
        left.entry.start - right.entry.start ||
        rank[left.entry.kind] - rank[right.entry.kind] ||
        left.index - right.index,
    )
    .map(({ entry }) => entry);
}

const rank: Readonly<Record<TrailEntryKind, number>> = {
  marker: 0,
  'first seen': 1,
  restart: 2,
  version: 3,
  run: 4,
  gap: 5,
  'last seen': 6,
};

function beginning({ runs, covered, ever, pace }: TrailTold): readonly TrailEntry[] {
  const [first] = runs;
  if (first === undefined) return [];
  if (ever.first >= first.first) {
    return [{ kind: 'first seen', start: first.first, end: null, run: null, text: 'ever' }];
  }
  return pace !== null && first.first - covered.start > pace.gapMicros
    ? [{ kind: 'gap', start: covered.start, end: first.first, run: null, text: 'seen before' }]
    : [];
}

function ending({ runs, covered, ever, pace }: TrailTold): readonly TrailEntry[] {
  const last = runs.at(-1);
  if (last === undefined) return [];
  const silentMicros = covered.end - last.last;
  const isSilent = pace === null ? ever.last <= last.last : silentMicros > pace.gapMicros;
  if (!isSilent) return [];
  if (ever.last > last.last) {
    return [{ kind: 'gap', start: last.last, end: covered.end, run: null, text: 'seen again' }];
  }
  return [{ kind: 'last seen', start: last.last, end: null, run: null, text: 'ever' }];
}

function entriesOf(
  run: TrailRun,
  before: TrailRun | null,
  { pace, version, instance }: TrailTold,
): readonly TrailEntry[] {
  const own: TrailEntry = { kind: 'run', start: run.first, end: run.last, run, text: '' };
  if (before === null) return [own];
  const change = (kind: 'version' | 'restart', place: number | null): readonly TrailEntry[] => {
    const [old, now] = [onlyValueOf(before, place), onlyValueOf(run, place)];
    if (old === null || now === null || old === now) return [];
    return [{ kind, start: run.first, end: null, run: null, text: `${old} → ${now}` }];
  };
  const changes = [...change('restart', instance), ...change('version', version)];
  const isGap = pace !== null && run.first - before.last > pace.gapMicros;
  const back = changes.length > 0 ? 'came back changed' : 'came back the same';
  const gap: readonly TrailEntry[] = isGap
    ? [{ kind: 'gap', start: before.last, end: run.first, run: null, text: back }]
    : [];
  return [...gap, ...changes, own];
}

/** The one value of a run; null where it has none or several. */
function onlyValueOf({ values }: TrailRun, place: number | null): string | null {
  const value: TrailValues | undefined = place === null ? undefined : values[place];
  return value === undefined || value.count !== 1 || value.least === null
    ? null
    : String(value.least);
}
