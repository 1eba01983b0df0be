/** What belongs to one incident, and in which order findings are told. Pure. */
import { microsPerMinute } from '../time/instant.js';
import type { CellTable } from './scan-cells.js';
import type { Draft, DraftSeries } from './scan-draft.js';
import { firstAt } from './scan-excess.js';
import type { Finding } from './scan-finding.js';
import { isSibling, united } from './scan-sibling.js';
import { isOf } from './scan-subset.js';

/** A draft that stands for its incident, and the drafts that belong to it. */
export interface Incident {
  readonly primary: Draft;
  readonly others: readonly Draft[];
}

/** Chosen by us: minutes between two parts of one incident. */
const mostApart = 15;
/** **Source** the definition: parts of one incident share half of their hits. */
const sharedHits = 0.5;

/** Joins drafts whose hits are mostly the same events, or whose entities are and times touch. */
export function incidentsOf(
  drafts: readonly Draft[],
  hits: CellTable,
  signalOf: (draft: Draft) => number,
): readonly Incident[] {
  const ranked = [...drafts].sort(
    (left, right) =>
      rankOfFamily(left) - rankOfFamily(right) ||
      right.score - left.score ||
      left.from - right.from,
  );
  const incidents: { primary: Draft; others: Draft[] }[] = [];
  for (const draft of ranked) {
    const same = incidents.find(({ primary }) => isSequel(primary, draft));
    if (same !== undefined) {
      same.primary = extended(same.primary, draft);
      continue;
    }
    const sibling = incidents.find(({ primary }) => isSibling(primary, draft));
    if (sibling !== undefined) {
      sibling.primary = united(sibling.primary, draft, hits);
      continue;
    }
    const home = incidents.find(({ primary }) => belongs(primary, draft, hits, signalOf(draft)));
    if (home === undefined) incidents.push({ primary: draft, others: [] });
    else home.others.push(draft);
  }
  return incidents;
}

/** Chosen by us: how far apart two parts of one thing may be, by their length. */
const sequelShare = 0.25;

/** The same signal of the same entities, soon before or after. */
function isSequel(primary: Draft, draft: Draft): boolean {
  if (primary.signal !== draft.signal || !isSame(primary.selection, draft.selection)) return false;
  const apart = Math.max(draft.from - primary.to, primary.from - draft.to);
  const length = primary.to - primary.from + draft.to - draft.from;
  return apart <= Math.max(mostApart, sequelShare * length);
}

function isSame(left: Draft['selection'], right: Draft['selection']): boolean {
  if (left.size !== right.size) return false;
  return [...left].every(([dimension, ids]) => {
    const other = right.get(dimension);
    return other !== undefined && other.size === ids.size && [...ids].every((id) => other.has(id));
  });
}

/** Both parts as one; what lies between them is looked up again with the finding. */
function extended(primary: Draft, draft: Draft): Draft {
  const { from, to } = primary;
  const isBefore = draft.from < from;
  return {
    ...primary,
    from: Math.min(from, draft.from),
    to: Math.max(to, draft.to),
    rows: primary.rows + draft.rows,
    count: primary.count + draft.count,
    expected: primary.expected + draft.expected,
    events: primary.events + draft.events,
    hitEvents: primary.hitEvents + draft.hitEvents,
    cleanBefore: isBefore ? draft.cleanBefore : primary.cleanBefore,
    cleanAfter: isBefore ? primary.cleanAfter : draft.cleanAfter,
    series: joinedSeries(primary.series, draft.series),
  };
}

function joinedSeries(left: DraftSeries, right: DraftSeries): DraftSeries {
  const known = new Set(left.minutes);
  const items = [left, right].flatMap((series, part) =>
    series.minutes.flatMap((minute, index) =>
      part === 1 && known.has(minute)
        ? []
        : [
            {
              minute,
              rows: series.rows[index] ?? 0,
              count: series.count[index] ?? 0,
              expected: series.expected[index] ?? 0,
            },
          ],
    ),
  );
  items.sort((one, other) => one.minute - other.minute);
  return {
    minutes: items.map(({ minute }) => minute),
    rows: items.map(({ rows }) => rows),
    count: items.map(({ count }) => count),
    expected: items.map(({ expected }) => expected),
  };
}

/** What failed comes before what was slow because of it. */
function rankOfFamily({ signal }: Draft): number {
  return ['fail', 'hidden', 'status', 'empty', 'slow', 'missing'].indexOf(signal.family);
}

function belongs(primary: Draft, draft: Draft, hits: CellTable, signal: number): boolean {
  const apart = Math.max(draft.from - primary.to, primary.from - draft.to);
  if (apart > mostApart) return false;
  const pad = mostApart;
  const counts = hits.hits[signal];
  if (counts === undefined) return false;
  let [all, shared] = [0, 0];
  for (let at = firstAt(hits.minute, draft.from); at < hits.size; at += 1) {
    const minute = hits.minute[at] ?? 0;
    if (minute >= draft.to) break;
    if (!isOf(hits, draft.selection, at)) continue;
    all += counts[at] ?? 0;
    const inTime = minute >= primary.from - pad && minute < primary.to + pad;
    if (inTime && isOf(hits, primary.selection, at)) shared += counts[at] ?? 0;
  }
  if (all > 0 && shared >= sharedHits * all) return true;
  return apart < 0 && isWider(draft, primary);
}

/** A wide selection around a narrow one in the same time, of another signal. */
function isWider(draft: Draft, primary: Draft): boolean {
  if (draft.signal === primary.signal) return false;
  return [...draft.selection].every(([dimension, ids]) => {
    const own = primary.selection.get(dimension);
    return own !== undefined && [...own].every((id) => ids.has(id));
  });
}

const order = { critical: 0, warning: 1, low: 2, info: 3 } as const;

/** **Source** the definition: severity × silence × confidence. */
export function rankOf(finding: Finding, bound: number): number {
  const size = Math.log10(1 + finding.requestsAffected);
  const silence = finding.silent ? 2 : 1;
  const near = finding.class === 'near-total' ? 1.5 : 1;
  return size * silence * near * Math.min(1, finding.score / (2 * bound));
}

/** In the order they are told: the severe and large first; a total order. */
export function ranked(findings: readonly Finding[], bound: number): readonly Finding[] {
  const weight = (finding: Finding): number =>
    order[finding.severity] >= 2 ? order[finding.severity] : 0;
  return [...findings].sort(
    (left, right) =>
      weight(left) - weight(right) ||
      rankOf(right, bound) - rankOf(left, bound) ||
      left.start - right.start ||
      (left.title < right.title ? -1 : 1),
  );
}

/** Whether two findings overlap in time, give or take a quarter of an hour. */
export function touches(
  left: { readonly start: number; readonly end: number },
  right: { readonly start: number; readonly end: number },
): boolean {
  const pad = mostApart * microsPerMinute;
  return left.start < right.end + pad && right.start < left.end + pad;
}
