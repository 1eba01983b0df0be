/** Findings of silence: hosts, services, routes, customers, zones, and everything at once. */
import { unreachable } from '../base/assert.js';
import { microsPerMinute } from '../time/instant.js';
import type { TimeRange } from '../time/range.js';
import type { ScanExposures } from './scan-candidate.js';
import { noValue } from './scan-cells.js';
import { entityText } from './scan-detail.js';
import { withoutBursts } from './scan-even.js';
import { type Blocks, pairOf } from './scan-exposure.js';
import type { ScanFacts } from './scan-facts.js';
import type { Entities, Evidence, Finding } from './scan-finding.js';
import {
  type Followed,
  followed,
  leastMinutes,
  mostOf,
  type Presences,
  presencesOf,
} from './scan-followed.js';
import { hostGroups, nameIn, toldOnce, unreplaced } from './scan-host-group.js';
import { evidenceStep, noEntities, plainFinding } from './scan-plain.js';
import { minutesOf, type Presence, type Span } from './scan-presence.js';
import {
  type CountedRows,
  levelIn,
  type RowsOf,
  rowsOfCustomers,
  withRows,
} from './scan-quiet-rows.js';
import {
  type Absence,
  byTheClock,
  inTurn,
  isScaled,
  measureOf,
  type Silence,
  type Silences,
  silencesOf,
} from './scan-silence.js';
import { drained, takenOver } from './scan-takeover.js';
import { boundOf } from './scan-walk.js';

/** What a search for silence goes by. */
export interface QuietQuestion {
  readonly facts: ScanFacts;
  readonly blocks: Blocks;
  readonly exposures: ScanExposures;
  /** The column of zones. */
  readonly zone: string | null;
}

/** Who fell silent, and what was looked at for it. */
export interface QuietAnswer {
  readonly findings: readonly Finding[];
  /** Nothing at all came: what is not covered by the data. */
  readonly gaps: readonly TimeRange[];
  readonly measured: number;
  readonly tests: number;
  /** Whether they are told or not, those that stand out most first. */
  readonly hosts: readonly HostSilence[];
  /** Nats that chance does not reach. */
  readonly bound: number;
  /** What was counted for it, for who asks whether a part is missing. */
  readonly rows: QuietRows;
}

/** Rows by block of all that was looked at. */
export type QuietRows = Readonly<
  Record<'service' | 'host' | 'route' | 'customer', readonly CountedRows[]>
>;

/** A silent host, for who asks whether its clock was wrong. */
export interface HostSilence extends Silence {
  readonly host: string;
}

/** Silences of everything first, then of services, zones, hosts, routes and customers. */
export async function searchQuiet(question: QuietQuestion): Promise<QuietAnswer> {
  const { facts, blocks } = question;
  const presences = await presencesOf(question);
  const entities = followed.reduce((sum, kind) => sum + presences[kind].length, 0);
  const tests = blocks.count * blocks.stepMinutes * entities;
  const bound = boundOf(tests);
  const rows = await rowsOf(question, presences);
  const judged = { ...question, rows, calm: calmOf(question, presences, rows) };
  const away = (kind: Followed): readonly Silences[] =>
    presences[kind].map((presence) => silencesOf(questionOf(judged, kind, presence, bound)));
  const silent = (found: readonly Silences[]) => found.flatMap(({ silences }) => silences);
  const quiet = (kind: Followed) => exactly(judged, kind, silent(away(kind)));
  const everything = silent(away('everything'));
  const ofHosts = away('host');
  const absences = ofHosts.flatMap((one) => one.absences);
  const quietHosts = await exactly(judged, 'host', silent(ofHosts));
  const above = (silences: readonly Silence[]): readonly Silence[] =>
    silences.filter(({ score }) => score >= bound);
  const service = (ids: readonly number[]): number => serviceOf(facts, ids);
  const lonely = awayAlone(quietHosts, { absences, presences: presences.host, service });
  const hosts = above(lonely);
  const zones = hosts.length < 2 ? new Map<number, number>() : await mostOf(facts, 'zone');
  const told = (kind: Followed, silences: readonly Silence[]): readonly Finding[] =>
    silences.map((silence) => {
      const entities = entitiesOf(question, kind, { ids: silence.ids, presences });
      return quietFinding(question.zone, tests, silence, { what: kind, entities });
    });
  const grouped = hostGroups(facts, hosts, { hosts: presences.host, zones });
  const lone = unreplaced(grouped, presences.host, minutesOf(facts.window).from);
  const { zones: silentZones, groups } = toldOnce(above(await quiet('zone')), lone);
  const awayHosts = groups.map(({ silence, ids, members }) => ({
    ...silence,
    service: service(ids),
    only: { dimension: 'host', ids: members } as const,
  }));
  const awayZones = silentZones.map((silence) => ({
    ...silence,
    service: service(silence.ids),
    only: { dimension: 'zone', ids: silence.ids.slice(-1) } as const,
  }));
  const takenHosts = await takenOver(facts, awayHosts);
  const takenZones = await takenOver(facts, awayZones);
  const findings = [
    ...told('everything', everything),
    ...told('service', above(await quiet('service'))),
    ...told('zone', silentZones).map((found, at) => (takenZones[at] ? drained(found) : found)),
    ...groups.map(({ silence, names, ids, zone }, at) => {
      const azs = zone === null ? [] : [zone];
      const services = serviceName(facts, ids);
      const what = zone === null ? 'host' : 'zone';
      const entities = { ...noEntities, services, hosts: names, azs };
      const found = quietFinding(question.zone, tests, silence, { what, entities });
      return takenHosts[at] ? drained(found) : found;
    }),
    ...told('route', above(await quiet('route'))),
    ...told('customer', above(await quiet('customer'))),
  ];
  return {
    findings,
    gaps: everything.map(({ from, to }) => ({
      start: from * microsPerMinute,
      end: to * microsPerMinute,
    })),
    measured: presences.everything[0]?.count ?? 0,
    tests,
    hosts: [...lonely]
      .sort((left, right) => right.score - left.score)
      .map((one) => ({ ...one, host: nameIn(facts, 'host', one.ids.at(-1)) })),
    bound,
    rows: {
      service: withRows(presences.service, judged.rows.service),
      host: withRows(presences.host, judged.rows.host),
      route: withRows(presences.route, judged.rows.route),
      customer: withRows(presences.customer, judged.rows.customer),
    },
  };
}

interface Judged extends QuietQuestion {
  readonly rows: Readonly<Record<Followed, RowsOf>>;
  /** What the traffic of the others is worth, by block. */
  readonly calm: (kind: Followed, ids: readonly number[]) => Float64Array;
}

/** A load test of one customer makes nobody else silent. */
function calmOf(
  { facts, blocks }: QuietQuestion,
  presences: Presences,
  rows: Judged['rows'],
): Judged['calm'] {
  const known = new Map<string, Float64Array>();
  return (kind, ids) => {
    const service = isPart(kind) ? serviceOf(facts, ids) : noValue;
    const key = `${kind} ${service}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    const peers = presences[kind].filter(
      (one) => !isPart(kind) || serviceOf(facts, one.ids) === service,
    );
    const calm = withoutBursts(withRows(peers, rows[kind]), blocks);
    known.set(key, calm);
    return calm;
  };
}

/** Compared with those of its service. */
function isPart(kind: Followed): boolean {
  return kind === 'host' || kind === 'route' || kind === 'zone';
}

async function rowsOf(
  { facts, blocks, exposures }: QuietQuestion,
  presences: Presences,
): Promise<Judged['rows']> {
  const { all, services, routes, zones, hosts } = exposures;
  const hasService = facts.axes.breakdowns.has('service');
  return {
    everything: () => all,
    service: (ids) => (hasService ? services.get(serviceOf(facts, ids)) : all),
    host: (ids) => hosts.rows.get(ids.at(-1) ?? noValue),
    zone: (ids) => zones.rows.get(pairOf(serviceOf(facts, ids), ids.at(-1) ?? noValue)),
    route: (ids) => routes.rows.get(pairOf(serviceOf(facts, ids), ids.at(-1) ?? noValue)),
    customer: await rowsOfCustomers(facts, blocks, presences.customer),
  };
}

/** What one of a kind is compared with, and how long it must be silent. */
function questionOf(
  { facts, blocks, exposures, rows, calm }: Judged,
  kind: Followed,
  presence: Presence,
  bound: number,
): Parameters<typeof silencesOf>[0] {
  const none = new Float64Array(blocks.count);
  const own = rows[kind](presence.ids) ?? none;
  const among = isPart(kind) ? (rows.service(presence.ids) ?? none) : exposures.all;
  const worth = calm(kind, presence.ids);
  const others = among.map(
    (value, index) => Math.max(0, value - (own[index] ?? 0)) * (worth[index] ?? 1),
  );
  const measure = (): Float64Array => {
    if (kind === 'everything') return byTheClock(blocks.count, blocks.stepMinutes);
    return kind === 'service' ? measureOf(own, others, blocks) : others;
  };
  return {
    presence,
    own,
    others: measure(),
    blocks,
    minutes: minutesOf(facts.window),
    leastMinutes: leastMinutes[kind],
    bound: kind === 'host' ? Math.min(bound, rawNats) : bound,
    mayEnd: kind !== 'everything' && kind !== 'host' && kind !== 'zone',
  };
}

/** With what the others sent in the very minutes: a block may hold a steep morning. */
async function exactly(
  { facts, blocks, exposures, rows }: Judged,
  kind: Followed,
  silences: readonly Silence[],
): Promise<readonly Silence[]> {
  const exact: Silence[] = [];
  for (const one of silences) {
    const own = rows[kind](one.ids) ?? new Float64Array(blocks.count);
    const among = isPart(kind) ? rows.service(one.ids) : undefined;
    const others = (among ?? exposures.all).map((value, index) => value - (own[index] ?? 0));
    if (kind === 'service' && measureOf(own, others, blocks) !== others) {
      exact.push(one);
      continue;
    }
    const service = among === undefined ? noValue : serviceOf(facts, one.ids);
    const scale = Math.min(1, await levelIn(facts, one, { service, rows: others, blocks }));
    exact.push({ ...one, missing: one.missing * scale, score: one.score * scale });
  }
  return exact;
}

/** The service of the values of a host or route, where there are services. */
function serviceOf({ axes }: ScanFacts, ids: readonly number[]): number {
  return axes.breakdowns.has('service') ? (ids[0] ?? noValue) : noValue;
}

function serviceName(facts: ScanFacts, ids: readonly number[]): readonly string[] {
  return facts.axes.breakdowns.has('service') ? [nameIn(facts, 'service', ids[0])] : [];
}

function entitiesOf(
  { facts }: QuietQuestion,
  kind: Followed,
  { ids, presences }: { readonly ids: readonly number[]; readonly presences: Presences },
): Entities {
  const last = ids.at(-1);
  const [only, ...more] = presences.service;
  const services = serviceName(facts, ids);
  switch (kind) {
    case 'everything': {
      const isOne = only !== undefined && more.length === 0;
      return isOne ? { ...noEntities, services: serviceName(facts, only.ids) } : noEntities;
    }
    case 'service':
      return { ...noEntities, services };
    case 'host':
      return { ...noEntities, services, hosts: [nameIn(facts, 'host', last)] };
    case 'zone':
      return { ...noEntities, services, azs: [nameIn(facts, 'zone', last)] };
    case 'route':
      return { ...noEntities, services, endpoints: [nameIn(facts, 'route', last)] };
    case 'customer':
      return { ...noEntities, customers: [nameIn(facts, 'customer', last)] };
    default:
      return unreachable(kind);
  }
}

/** Chosen by us: what may be one of several that were away in turn, in nats. */
const rawNats = 4;

interface Fleet {
  readonly absences: readonly Absence[];
  readonly presences: readonly Presence[];
  readonly service: (ids: readonly number[]) => number;
}

/** Without those that were taken out in turn, or whose fleet is scaled up and down. */
function awayAlone(
  silences: readonly Silence[],
  { absences, presences, service }: Fleet,
): readonly Silence[] {
  const planned = inTurn(silences.map((one) => ({ ...one, service: service(one.ids) })));
  return silences.filter((one, index) => {
    if (planned.has(index)) return false;
    const isOfFleet = ({ ids }: { readonly ids: readonly number[] }): boolean =>
      service(ids) === service(one.ids);
    const members = presences.filter(isOfFleet).length;
    return !isScaled(one, { absences: absences.filter(isOfFleet), members });
  });
}

function quietFinding(
  zone: string | null,
  tests: number,
  silence: Silence & Span,
  { what, entities }: { readonly what: string; readonly entities: Entities },
): Finding {
  const start = silence.from * microsPerMinute;
  const end = silence.to * microsPerMinute;
  const lost = Math.round(silence.missing);
  const who = nameOf(what, entities);
  const isAll = what === 'everything';
  const window = { start: start - 60 * microsPerMinute, end: end + 60 * microsPerMinute };
  const where = entityText(entities, zone);
  const evidence: Evidence = {
    title: 'events before, during and after',
    where,
    by: [],
    calc: ['count'],
    every: evidenceStep(window),
    window,
  };
  return plainFinding(
    {
      detector: isAll ? 'ingest-gap' : 'silence',
      kind: isAll ? 'nothing came' : 'silent',
      class: 'silent',
      severity: isAll || what === 'service' || what === 'zone' ? 'critical' : 'warning',
      score: silence.score,
      evalue: tests * Math.exp(-Math.min(700, silence.score)),
      title: isAll ? 'no events at all from anybody' : `${who} silent, the others busy`,
      start,
      end,
      whyUnnoticed: 'what sends nothing fails nothing: no rate counts what does not come',
      evidence: [evidence],
    },
    {
      ...entities,
      ongoing: silence.ongoing,
      selfResolved: !silence.ongoing,
      expected: silence.missing,
      requestsAffected: lost,
      requestsInterval: [Math.max(0, lost - 1.96 * Math.sqrt(lost)), lost + 1.96 * Math.sqrt(lost)],
    },
  );
}

function nameOf(what: string, { services, hosts, azs, endpoints, customers }: Entities): string {
  const fleet = services.length === 1 && what !== 'service' ? `${services.join()}: ` : '';
  const names = what === 'service' ? services : [...azs, ...hosts, ...endpoints, ...customers];
  if (names.length > 2) return `${fleet}${names.length} ${what}s`;
  return `${fleet}${what} ${names.join(', ')}`;
}
