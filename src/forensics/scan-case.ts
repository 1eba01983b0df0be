/**
 * Judges candidates exactly: all events around a window, by everything they can be told apart by;
 * who it was, from when to when to the minute, and whether chance explains it. What is explained
 * is taken out before the next candidate is looked at.
 */
import { present } from '../base/assert.js';
import type { Candidate } from './scan-candidate.js';
import { type CaseContext, caseTable, type OddCells } from './scan-case-cells.js';
import { type CellTable, type Dimension, noValue } from './scan-cells.js';
import { between, type Draft, type DraftSeries, draftOf, seriesOf } from './scan-draft.js';
import type { Span } from './scan-presence.js';
import { bestSubset, type Selection, selected } from './scan-subset.js';
import { excursions, type Hits, likelihoodGain, rateGain, sharpest } from './scan-walk.js';

/** Chosen by us: causes looked for in one case. */
const mostCauses = 4;

/** The drafts a candidate comes to; none where chance explains it. */
export async function judge(context: CaseContext, candidate: Candidate): Promise<readonly Draft[]> {
  const { signal } = candidate;
  const { table, expected } = await caseTable(context, candidate);
  for (const draft of context.found) explain(table, expected, draft);
  const drafts: Draft[] = [];
  for (let cause = 0; cause < mostCauses; cause += 1) {
    const draft = bestDraft(context, { table, expected, candidate });
    if (draft === null) break;
    drafts.push(draft);
    context.found.push(draft);
    explain(table, expected, draft);
    forget(context.hits, signal, draft);
  }
  return drafts;
}

interface Judged extends OddCells {
  readonly candidate: Candidate;
}

/** Who, then when, then who again, until both stay the same. */
function bestDraft(context: CaseContext, judged: Judged): Draft | null {
  const { table, expected, candidate } = judged;
  const count = present(table.hits[0], 'the hits');
  let window = { from: candidate.from, to: candidate.to };
  let selection: Selection = new Map();
  for (let round = 0; round < 3; round += 1) {
    const found = bestSubset({
      table,
      count,
      expected,
      members: between(table, window),
      dispersion: context.dispersion(candidate.signal, selection),
      allowed: [...context.facts.axes.breakdowns.keys()],
    });
    selection = found.selection;
    const refined = refine(context, judged, selection, window);
    if (refined === null) return null;
    const isSame = refined.from === window.from && refined.to === window.to;
    window = refined;
    if (isSame) break;
  }
  const together = inStep(judged, selection, window);
  if (together !== selection) {
    const refined = refine(context, judged, together, window);
    if (refined === null) return null;
    [selection, window] = [together, refined];
  }
  return draftOf({
    table,
    expected,
    signal: present(context.facts.signals[candidate.signal], 'a signal'),
    selection,
    window,
    dispersion: context.dispersion(candidate.signal, selection),
    bound: context.bound,
  });
}

/** Chosen by us: what other ends of its own explain so much better is another trouble. */
const apart = { nats: 10, share: 0.15 };

/** Chosen by us: a host of a failing zone with less of its own, in nats, is no part of its own. */
const leastOwn = 3;

/** Without values that were well at a time when the one that stands out most failed. */
function inStep(judged: Judged, selection: Selection, window: Span): Selection {
  for (const [dimension, ids] of selection) {
    const kept = keptInStep(judged, { selection, dimension, ids, least: 0 }, window);
    if (kept !== null) return new Map(selection).set(dimension, kept);
  }
  // Hosts of one zone that failed at times of their own are no failing zone.
  if (!selection.has('zone') || selection.has('host')) return selection;
  const { table } = judged;
  const ids = new Set(selected(table, selection, between(table, window)).map(hostAt(table)));
  const kept = keptInStep(judged, { selection, dimension: 'host', ids, least: leastOwn }, window);
  if (kept === null) return selection;
  const hosts = new Map(selection).set('host', kept);
  hosts.delete('zone');
  return hosts;
}

function hostAt({ values }: CellTable): (at: number) => number {
  return (at) => values.host[at] ?? noValue;
}

interface Values {
  readonly selection: Selection;
  readonly dimension: Dimension;
  readonly ids: ReadonlySet<number>;
  /** Nats that each must have of its own to be told beside the others. */
  readonly least: number;
}

/** Those that failed when the one that stands out most did; null when all did. */
function keptInStep(
  { table, expected }: Judged,
  { selection, dimension, ids, least }: Values,
  window: Span,
): ReadonlySet<number> | null {
  if (ids.size < 2 || ids.has(noValue)) return null;
  const own = [...ids].map((id) => {
    const only = new Map(selection).set(dimension, new Set([id]));
    const series = seriesOf(table, expected, only);
    const best = sharpened(series, window, { stepMinutes: table.stepMinutes, leastNats: 0 });
    return { id, series, best, gain: rateGain(sumsIn(series, best)) };
  });
  const top = own.reduce((left, right) => (right.gain > left.gain ? right : left));
  const kept = own.filter(({ series, best, gain }) => {
    const both = {
      from: Math.min(best.from, top.best.from),
      to: Math.max(best.to, top.best.to),
    };
    const lost = gain - rateGain(sumsIn(series, both));
    return lost <= Math.max(apart.nats, apart.share * gain);
  });
  if (kept.length === ids.size) return null;
  return new Set(kept.filter(({ gain }) => gain >= least).map(({ id }) => id));
}

function sumsIn(series: DraftSeries, { from, to }: Span): Hits {
  let [rows, count, expected] = [0, 0, 0];
  series.minutes.forEach((minute, index) => {
    if (minute < from || minute >= to) return;
    rows += series.rows[index] ?? 0;
    count += series.count[index] ?? 0;
    expected += series.expected[index] ?? 0;
  });
  return { rows, count, expected };
}

/** The best excursion of the selection that overlaps the window. */
function refine(
  context: CaseContext,
  { table, expected, candidate }: Judged,
  selection: Selection,
  window: Span,
): Span | null {
  const dispersion = context.dispersion(candidate.signal, selection);
  const series = seriesOf(table, expected, selection);
  const found = excursions(
    {
      count: series.count,
      expected: series.expected,
      own: series.expected,
      size: series.minutes.length,
    },
    { least: 1, dispersion },
  );
  const { stepMinutes } = table;
  let best: (Span & { readonly gain: number }) | null = null;
  for (const { first, last } of found) {
    const from = present(series.minutes[first], 'a minute');
    const to = present(series.minutes[last], 'a minute') + stepMinutes;
    if (to <= window.from || from >= window.to) continue;
    let [hits, mean] = [0, 0];
    for (let index = first; index <= last; index += 1) {
      hits += series.count[index] ?? 0;
      mean += series.expected[index] ?? 0;
    }
    const gain = likelihoodGain(hits, mean);
    if (best === null || gain > best.gain) best = { from, to, gain };
  }
  return best === null ? null : sharpened(series, best, { stepMinutes });
}

/** To where its own rate ends: a walk has four ratios, and its ends are as coarse as they are. */
function sharpened(
  series: DraftSeries,
  { from, to }: Span,
  { stepMinutes, leastNats }: { readonly stepMinutes: number; readonly leastNats?: number },
): Span {
  const { minutes } = series;
  const after = minutes.findIndex((minute) => minute >= to);
  const near = {
    first: Math.max(
      0,
      minutes.findIndex((minute) => minute >= from),
    ),
    last: (after < 0 ? minutes.length : after) - 1,
  };
  const { first, last } = sharpest(series, near, leastNats);
  return { from: minutes[first] ?? from, to: (minutes[last] ?? to) + stepMinutes };
}

/** From now on what was found is what is expected. */
function explain(table: CellTable, expected: Float64Array, draft: Draft): void {
  const members = selected(table, draft.selection, between(table, draft));
  if (members.length === 0) return;
  const before = members.reduce((sum, at) => sum + (expected[at] ?? 0), 0);
  const factor = Math.max(1, draft.count / Math.max(draft.expected, before, 1e-9));
  const rate = Math.min(1, draft.count / Math.max(1, draft.rows));
  for (const at of members) {
    const rows = table.rows[at] ?? 0;
    expected[at] = Math.min(rows, Math.max((expected[at] ?? 0) * factor, rows * rate));
  }
}

/** Takes the hits that are explained out of those that later candidates are made of. */
function forget(hits: CellTable, signal: number, draft: Draft): void {
  const counts = present(hits.hits[signal], 'the hits');
  for (const at of selected(hits, draft.selection, between(hits, draft))) counts[at] = 0;
}
