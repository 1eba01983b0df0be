/** From judged drafts to findings: names, numbers, severity, and why nobody noticed. */
import { softCodes } from '../event/status-kind.js';
import { type Measure, rollupSpec } from '../query/rollup.js';
import { type Micros, microsPerHour, microsPerMinute } from '../time/instant.js';
import type { TimeRange } from '../time/range.js';
import type { Dimension } from './scan-cells.js';
import { type Detail, type DetailContext, detailOf, entityText, namesOf } from './scan-detail.js';
import type { Draft, ValueShare } from './scan-draft.js';
import type { Entities, Evidence, Finding, Severity } from './scan-finding.js';
import { type PagerVerdict, pagerVerdict, whyUnnoticed } from './scan-pager.js';
import { evidenceStep } from './scan-plain.js';
import { filterOf } from './scan-port.js';
import { type Shape, shapeOf } from './scan-shape.js';
import { detectorOf, type Signal } from './scan-signal.js';
import { wilson } from './scan-walk.js';

/** What every finding of a scan is told with. */
export interface AssembleContext extends DetailContext {
  readonly window: TimeRange;
  readonly tests: number;
  readonly bound: number;
}

/** The finding of a judged draft. One or more questions of the engine. */
export async function findingOf(context: AssembleContext, draft: Draft): Promise<Finding> {
  const shape = shapeOf(draft.series, draft);
  const placed = { ...draft, from: Math.min(draft.from, Math.max(shape.from, draft.from - 1_440)) };
  const shaped = shape.kind === 'gradual' ? { ...placed, from: shape.from } : draft;
  const detail = await detailOf(context, shaped);
  const entities = await withVersion(context, draft, entitiesOf(context, draft));
  const start = floorMinute(detail.firstAffected);
  const end = floorMinute(detail.lastAffected) + microsPerMinute;
  const verdict = await verdictOf(context, entities, { start, end });
  const rate = rateOf(draft.signal, detail);
  const ongoing = context.window.end - end < 10 * microsPerMinute;
  const severity = severityOf(draft, shape, { rate, rows: detail.badRows });
  const excess = excessOf(draft, shape.kind === 'gradual' ? detail.bad : draft.hitEvents);
  const affected = affectedOf(draft.signal, detail, { rate, excess });
  const spread =
    1.96 * Math.sqrt(Math.max(1, detail.badRows)) * (detail.bad / Math.max(1, detail.badRows));
  return {
    detector: detectorOf[draft.signal.family],
    kind: kindText(draft.signal),
    class: shape.kind,
    severity,
    score: draft.score,
    evalue: context.tests * Math.exp(-draft.score),
    title: titleOf(draft.signal, entities, { rate, shape, verdict }),
    start,
    end,
    firstAffected: detail.firstAffected,
    lastAffected: detail.lastAffected,
    onset: { after: draft.cleanBefore * microsPerMinute, before: detail.firstAffected },
    recovery: { after: detail.lastAffected, before: draft.cleanAfter * microsPerMinute },
    ongoing,
    selfResolved: !ongoing,
    silent: !verdict.rang || draft.signal.family !== 'fail',
    ...entities,
    statuses:
      draft.signal.family === 'fail' || draft.signal.family === 'status' ? detail.statuses : [],
    errors: detail.errors,
    events: detail.events,
    bad: detail.bad,
    expected: draft.expected,
    rate,
    rateInterval: wilson(rate * detail.rows, detail.rows),
    peersRate: draft.peers.rows === 0 ? null : draft.peers.count / draft.peers.rows,
    requestsAffected: affected,
    requestsInterval: [Math.max(0, affected - spread), affected + spread],
    customersAffected: detail.customersAffected,
    topCustomers: detail.topCustomers,
    equivalent: equivalentOf(entities),
    alsoSeenAs: [],
    whyUnnoticed: whyUnnoticed(verdict, context.profile.pager, {
      isCounted: draft.signal.family === 'fail',
      statuses: detail.statuses,
    }),
    evidence: evidenceOf(context, draft.signal, entities, { start, end }),
  };
}

/** Of events, where some rows stand for more than others; of what is slow rows are counted. */
function rateOf({ family }: Signal, { bad, badRows, events, rows }: Detail): number {
  return family === 'slow' ? badRows / Math.max(1, rows) : bad / Math.max(1, events);
}

function floorMinute(instant: Micros): Micros {
  return Math.floor(instant / microsPerMinute) * microsPerMinute;
}

/** Chosen by us: rows by which the usual rate is believed beside that of the time around. */
const usualRows = 20;

/**
 * Events beyond what would have failed anyway. The usual rate is believed too high rather than too
 * low, so that of the time around is taken where it is lower.
 */
function excessOf({ series, from, to, rows, count, expected }: Draft, hitEvents: number): number {
  let [around, hits] = [usualRows, (usualRows * expected) / Math.max(1, rows)];
  series.minutes.forEach((minute, index) => {
    if (minute >= from && minute < to) return;
    around += series.rows[index] ?? 0;
    hits += series.count[index] ?? 0;
  });
  const anyway = Math.min(expected, (rows * hits) / around);
  return Math.max(0, hitEvents * (1 - anyway / Math.max(1, count)));
}

/** Slowness hurts every request of its window; all else what exceeds the usual. */
function affectedOf(
  { family }: Signal,
  detail: Detail,
  { rate, excess }: { readonly rate: number; readonly excess: number },
): number {
  if (family === 'slow') return detail.events;
  return rate >= 0.5 ? detail.bad : Math.round(excess);
}

/** Chosen by us: a service that was hit less than this beside the whole has its usual failures. */
const hitShare = 0.3;

function servicesHit({ shares, rows, count }: Draft): readonly number[] {
  const least = (hitShare * count) / Math.max(1, rows);
  const own = (shares.get('service') ?? []).filter((one) => one.hits >= least * one.rows);
  return own.map(({ id }) => id);
}

/** Values that define the finding, and those that name the same events. */
function entitiesOf({ dictionaries }: AssembleContext, draft: Draft): Entities {
  const { selection } = draft;
  const own = (dimension: Dimension) => namesOf(dictionaries, selection, dimension);
  const named = (dimension: Dimension, items: readonly ValueShare[]) =>
    items.map(({ id }) => dictionaries[dimension].texts[id] ?? '').sort();
  const isOfFleet = (['service', 'host', 'version', 'zone', 'route'] as const).some((one) =>
    selection.has(one),
  );
  const ids = isOfFleet ? draft.services : selection.size === 0 ? servicesHit(draft) : [];
  const services = ids.flatMap((id) => dictionaries.service.texts[id] ?? []).sort();
  const byHosts = selection.has('version') || selection.has('zone');
  const hosts = (draft.shares.get('host') ?? []).filter(({ rows }) => rows > 0);
  const narrow = byHosts && hosts.length <= 0.8 * draft.hostCount;
  return {
    services,
    hosts: selection.has('host') ? own('host') : narrow ? named('host', hosts) : [],
    versions: selection.has('version')
      ? own('version')
      : selection.has('host')
        ? named('version', exclusive(draft, 'version'))
        : [],
    azs: selection.has('zone')
      ? own('zone')
      : selection.has('host')
        ? named('zone', exclusive(draft, 'zone'))
        : [],
    endpoints: own('route'),
    customers: own('customer'),
  };
}

/** **Source** the definition: a version whose life begins and ends with the trouble is it. */
const lifeMicros: Micros = 30 * microsPerMinute;
/** Chosen by us: where events are few both ends are blurred. */
const lifeShare = 0.15;
const versionShare = 0.9;

/** Adds the version that nearly all hits have and that lived as long as the trouble. */
async function withVersion(
  { port, dictionaries, window }: AssembleContext,
  draft: Draft,
  entities: Entities,
): Promise<Entities> {
  const [top] = draft.shares.get('version') ?? [];
  const [service] = draft.services;
  const isNamed = entities.versions.length > 0 || draft.selection.has('customer');
  if (top === undefined || isNamed || draft.services.length !== 1) return entities;
  if (top.hits < versionShare * draft.count) return entities;
  const version = dictionaries.version.texts[top.id] ?? '';
  const name = dictionaries.service.texts[service ?? -1];
  const services = name === undefined ? [] : [name];
  const text = entityText({ services, versions: [version] }, null);
  const measures: readonly Measure[] = [
    { kind: 'first', where: null },
    { kind: 'last', where: null },
  ];
  const where = text === null ? [] : [filterOf(text)];
  const [row = []] = await port.rollup(rollupSpec(window, { where, measures }));
  const near = Math.max(lifeMicros, lifeShare * (draft.to - draft.from) * microsPerMinute);
  const isNear = (at: Micros, minute: number): boolean =>
    Math.abs(at - minute * microsPerMinute) <= near;
  const isOwn = isNear(Number(row[0] ?? 0), draft.from) && isNear(Number(row[1] ?? 0), draft.to);
  return isOwn ? { ...entities, versions: [version] } : entities;
}

/** The one value that all events of the finding have, and hardly any other. */
function exclusive(draft: Draft, dimension: Dimension): readonly ValueShare[] {
  const [first, ...more] = draft.shares.get(dimension) ?? [];
  if (first === undefined || first.rows < 0.9 * draft.rows) return [];
  if (more.some(({ rows }) => rows > 0.1 * draft.rows)) return [];
  return first.allRows <= 1.1 * first.rows ? [first] : [];
}

function equivalentOf(entities: Entities): readonly string[] {
  const texts: string[] = [];
  if (entities.hosts.length > 0 && entities.versions.length > 0) {
    texts.push(`${entities.hosts.length} hosts = version ${entities.versions.join(', ')}`);
  }
  if (entities.hosts.length > 0 && entities.azs.length > 0) {
    texts.push(`${entities.hosts.length} hosts = zone ${entities.azs.join(', ')}`);
  }
  return texts;
}

/** Chosen by us: fewer hits than this are never critical. */
const criticalHits = 20;

/** How bad it is, by what failed, for how long and how much of it. */
export function severityOf(
  { signal, selection, to, from }: Draft,
  shape: Shape,
  { rate, rows }: { readonly rate: number; readonly rows: number },
): Severity {
  if (shape.kind === 'blip') return 'info';
  const isOurs = ownDimensions.some((one) => selection.has(one)) && !selection.has('customer');
  if (signal.family === 'status' && !isHard(signal)) {
    return isOurs && rate >= softRate && to - from >= softMinutes ? 'warning' : 'info';
  }
  const isWhole = !isOurs && !selection.has('customer');
  if (isWhole && rate < wholeRate) return 'info';
  if (signal.family !== 'fail') return 'warning';
  return rate >= 0.5 && rows >= criticalHits ? 'critical' : 'warning';
}

/** A code that is a failure by itself. */
function isHard({ name }: Signal): boolean {
  const code = Number(name.slice('status '.length));
  return code >= 400 && !softCodes.includes(code);
}

/** Chosen by us: a whole service that fails less is restarting, or retried. */
const wholeRate = 0.035;
/** Chosen by us: a host, version, zone or route that answers 404 or 429 this often is broken; a
 * customer that gets them asked for them. */
const ownDimensions: readonly Dimension[] = ['host', 'version', 'zone', 'route'];
const softRate = 0.25;
const softMinutes = 10;

function kindText({ family, name }: Signal): string {
  switch (family) {
    case 'fail':
      return 'failing';
    case 'status':
      return `${name.slice('status '.length)} instead of success`;
    case 'hidden':
      return 'error beside a good status';
    case 'empty':
      return 'empty success';
    case 'slow':
      return 'slow';
    case 'missing':
      return `${name.slice('missing '.length)} missing`;
  }
}

/** `4 hosts on build-31904`, `version build-31904`. */
function hostsAndVersion({ hosts, versions }: Entities): readonly string[] {
  const version = versions.length === 0 ? null : versions.slice(0, 2).join(', ');
  if (hosts.length === 0) return version === null ? [] : [`version ${version}`];
  const who = hosts.length === 1 ? `host ${hosts[0]}` : `${hosts.length} hosts`;
  return [version === null ? who : `${who} on ${version}`];
}

function servicesText(services: readonly string[]): string {
  if (services.length === 0) return 'everything';
  return services.length > 3 ? `${services.length} services` : services.join(', ');
}

/** At most two names of each kind, then how many. */
export function entityWords(entities: Entities): string {
  const some = (what: string, names: readonly string[], short: boolean): readonly string[] => {
    const [first] = names;
    if (first === undefined) return [];
    if (names.length === 1 || (short && names.length <= 2)) return [`${what} ${names.join(', ')}`];
    return [`${names.length} ${what}s`];
  };
  const words = [
    ...hostsAndVersion(entities),
    ...some('zone', entities.azs, true),
    ...some('route', entities.endpoints, true),
    ...some('customer', entities.customers, true),
  ];
  if (words.length === 0) return servicesText(entities.services);
  const fleet = entities.services.length === 1 ? `${entities.services.join()}: ` : '';
  return `${fleet}${words.join(', ')}`;
}

function titleOf(
  signal: Signal,
  entities: Entities,
  { rate, shape }: { readonly rate: number; readonly shape: Shape; readonly verdict: PagerVerdict },
): string {
  const share = rate > 0.995 ? 'all' : `${Math.round(rate * 100)} %`;
  const how =
    shape.kind === 'gradual' ? ', growing' : shape.kind === 'flapping' ? ', on and off' : '';
  return `${entityWords(entities)}: ${share} ${kindText(signal)}${how}`;
}

/** The pager's view of the services, from six hours before to an hour after. */
async function verdictOf(
  { port, profile: { pager }, window }: AssembleContext,
  { services }: Entities,
  { start, end }: TimeRange,
): Promise<PagerVerdict> {
  if (pager === null) return { rang: false, mostBurn: 0, mostBad: 0 };
  const step = 5 * microsPerMinute;
  const from = Math.max(window.start, start - 6 * microsPerHour);
  const range = { start: from, end: Math.min(window.end, end + microsPerHour) };
  const text = entityText({ services }, null);
  const measures: readonly Measure[] = [
    { kind: 'events', where: null },
    { kind: 'events', where: filterOf(pager.where) },
  ];
  const where = text === null ? [] : [filterOf(text)];
  const rows = await port
    .rollup(rollupSpec(range, { stepMicros: step, measures, where }))
    .catch(() => []);
  const origin = Math.floor(range.start / step) * step;
  const count = Math.ceil((range.end - origin) / step);
  const events = new Array<number>(count).fill(0);
  const bad = new Array<number>(count).fill(0);
  for (const [at, all, failed] of rows) {
    const index = Math.floor((Number(at) - origin) / step);
    events[index] = Number(all);
    bad[index] = Number(failed);
  }
  return pagerVerdict({ events, bad }, Math.floor((start - origin) / step));
}

function evidenceOf(
  { profile, port }: AssembleContext,
  signal: Signal,
  entities: Entities,
  window: TimeRange,
): readonly Evidence[] {
  const who = entityText(definedBy(entities), profile.columns.zone);
  const bad = signal.text;
  const where = [who, bad].filter((one) => one !== null).join(' and ') || null;
  const has = (role: 'host' | 'version' | 'status') => (port.source.roles[role]?.length ?? 0) > 0;
  const by = (['host', 'version', 'status'] as const).filter(has);
  const around = { start: window.start - microsPerHour, end: window.end + microsPerHour };
  const latency =
    signal.family === 'slow' ? ['count', 'p50(duration)', 'p99(duration)'] : ['count'];
  return [
    { title: 'who and what', where, by, calc: latency, every: null, window },
    {
      title: 'before, during and after',
      where,
      by: [],
      calc: latency,
      every: evidenceStep(around),
      window: around,
    },
    {
      title: 'all their events',
      where: who,
      by: has('status') ? ['status'] : [],
      calc: latency,
      every: null,
      window,
    },
  ];
}

/** A version says it better than its hosts. */
function definedBy(entities: Entities): Partial<Entities> {
  if (entities.versions.length > 0 && entities.hosts.length > 0) return { ...entities, hosts: [] };
  return entities;
}
