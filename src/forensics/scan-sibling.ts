/**
 * One thing that hit the routes of somebody at different rates, or hosts of which each has few
 * events, is found part by part: here its parts become one again. Pure.
 */
import { type CellTable, type Dimension, dimensions, noValue } from './scan-cells.js';
import type { Draft, DraftSeries, ValueShare } from './scan-draft.js';
import { isOf, type Selection } from './scan-subset.js';

/** Chosen by us: shared time by time of either; of routes of a service that are nobody's more. */
const sharedTime = { ofSomebody: 0.6, ofService: 0.8 };
/** Chosen by us: more of the routes somebody ever failed with are all of them. */
const mostRoutes = 0.6;

/** The same signal at the same time of the same entities, but for their routes or their hosts. */
export function isSibling(left: Draft, right: Draft): boolean {
  if (left.signal !== right.signal) return false;
  if (isOfOtherHosts(left, right)) return sharedOf(left, right) >= sharedTime.ofService;
  const others = dimensions.filter((one) => one !== 'route');
  if (!others.every((one) => isSameSet(left.selection.get(one), right.selection.get(one))))
    return false;
  const isSomebody = others.some((one) => one !== 'service' && left.selection.has(one));
  const withRoutes = [left, right].filter(({ selection }) => selection.has('route')).length;
  if (withRoutes < (isSomebody ? 1 : 2)) return false;
  const least = isSomebody ? sharedTime.ofSomebody : sharedTime.ofService;
  return sharedOf(left, right) >= least;
}

function isOfOtherHosts(left: Draft, right: Draft): boolean {
  if (!left.selection.has('host') || !right.selection.has('host')) return false;
  const others = dimensions.filter((one) => one !== 'host');
  return others.every((one) => isSameSet(left.selection.get(one), right.selection.get(one)));
}

function sharedOf(left: Draft, right: Draft): number {
  const shared = Math.min(left.to, right.to) - Math.max(left.from, right.from);
  return shared / (Math.max(left.to, right.to) - Math.min(left.from, right.from));
}

function isSameSet(
  left: ReadonlySet<number> | undefined,
  right: ReadonlySet<number> | undefined,
): boolean {
  if (left === undefined || right === undefined) return left === right;
  return left.size === right.size && [...left].every((id) => right.has(id));
}

/** Both as one; counts that are told are looked up again with the finding. */
export function united(left: Draft, right: Draft, hits: CellTable): Draft {
  const window = { from: Math.min(left.from, right.from), to: Math.max(left.to, right.to) };
  const score = left.score + right.score;
  const hasRoutes = [left, right].some(({ selection }) => selection.has('route'));
  if (hasRoutes && !left.selection.has('route'))
    return { ...widest(left, right), ...window, score };
  if (hasRoutes && !right.selection.has('route'))
    return { ...widest(right, left), ...window, score };
  const stronger = left.score >= right.score ? left : right;
  return {
    ...stronger,
    selection: unitedSelection(left.selection, right.selection, hits),
    ...window,
    rows: left.rows + right.rows,
    count: left.count + right.count,
    expected: left.expected + right.expected,
    events: left.events + right.events,
    hitEvents: left.hitEvents + right.hitEvents,
    peers: {
      rows: Math.max(0, Math.min(left.peers.rows - right.rows, right.peers.rows - left.rows)),
      count: Math.max(0, Math.min(left.peers.count - right.count, right.peers.count - left.count)),
    },
    score,
    series: summedSeries(left.series, right.series),
    services: [...new Set([...left.services, ...right.services])],
    shares: new Map(
      dimensions.map((one) => [one, summedShares(left.shares.get(one), right.shares.get(one))]),
    ),
  };
}

/** The one of all routes holds the counts of the other, and what was explained by that. */
function widest(wide: Draft, narrow: Draft): Draft {
  const isExplained = wide.expected >= narrow.count;
  const expected = wide.expected - (isExplained ? narrow.count - narrow.expected : 0);
  return { ...wide, expected };
}

function unitedSelection(left: Selection, right: Selection, hits: CellTable): Selection {
  const both = (one: Dimension) => new Set([...(left.get(one) ?? []), ...(right.get(one) ?? [])]);
  const selection = new Map(left);
  if (selection.has('host')) selection.set('host', both('host'));
  if (!selection.delete('route')) return selection;
  const routes = both('route');
  const isSomebody = [...selection.keys()].some((one) => one !== 'service');
  if (isSomebody && routes.size > mostRoutes * routesOf(hits, selection)) return selection;
  return inOrder(selection.set('route', routes));
}

/** Routes that somebody ever failed with. */
function routesOf(hits: CellTable, selection: Selection): number {
  const routes = new Set<number>();
  for (let at = 0; at < hits.size; at += 1)
    if (isOf(hits, selection, at)) routes.add(hits.values.route[at] ?? noValue);
  return routes.size;
}

function inOrder(selection: Selection): Selection {
  return new Map(
    dimensions.flatMap((one): readonly [Dimension, ReadonlySet<number>][] => {
      const ids = selection.get(one);
      return ids === undefined ? [] : [[one, ids]];
    }),
  );
}

function summedSeries(left: DraftSeries, right: DraftSeries): DraftSeries {
  const byMinute = new Map<number, { rows: number; count: number; expected: number }>();
  for (const { minutes, rows, count, expected } of [left, right]) {
    minutes.forEach((minute, at) => {
      const own = byMinute.get(minute) ?? { rows: 0, count: 0, expected: 0 };
      own.rows += rows[at] ?? 0;
      own.count += count[at] ?? 0;
      own.expected += expected[at] ?? 0;
      byMinute.set(minute, own);
    });
  }
  const sorted = [...byMinute].sort(([one], [other]) => one - other);
  return {
    minutes: sorted.map(([minute]) => minute),
    rows: sorted.map(([, { rows }]) => rows),
    count: sorted.map(([, { count }]) => count),
    expected: sorted.map(([, { expected }]) => expected),
  };
}

function summedShares(
  left: readonly ValueShare[] = [],
  right: readonly ValueShare[] = [],
): readonly ValueShare[] {
  const byId = new Map(left.map((share) => [share.id, share]));
  for (const share of right) {
    const own = byId.get(share.id);
    byId.set(share.id, {
      id: share.id,
      rows: share.rows + (own?.rows ?? 0),
      hits: share.hits + (own?.hits ?? 0),
      hitEvents: share.hitEvents + (own?.hitEvents ?? 0),
      allRows: Math.max(share.allRows, own?.allRows ?? 0),
    });
  }
  return [...byId.values()].sort((one, other) => other.hits - one.hits || one.id - other.id);
}
