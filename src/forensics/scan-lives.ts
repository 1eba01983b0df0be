/** Hosts that live for minutes: a crash loop, or what never became ready. */
import { type Micros, microsPerMinute } from '../time/instant.js';
import type { TimeRange } from '../time/range.js';
import { noValue } from './scan-cells.js';
import { entityText } from './scan-detail.js';
import { askScan, type ScanFacts } from './scan-facts.js';
import type { Finding } from './scan-finding.js';
import { noEntities, plainFinding } from './scan-plain.js';
import { wilson } from './scan-walk.js';

interface Life extends TimeRange {
  readonly service: string;
  readonly host: string;
  readonly rows: number;
  readonly events: number;
  readonly bad: number;
}

/** **Source** the definition: four hosts that lived less than ten minutes, 15 minutes apart. */
const shortMicros: Micros = 10 * microsPerMinute;
const apartMicros: Micros = 15 * microsPerMinute;
const fewestHosts = 4;
/** Chosen by us: a host seen once was perhaps only seen once. */
const fewestRows = 3;
/** **Source** the definition: from this share of failing requests on it is a warning. */
const failingShare = 0.2;
/** Chosen by us: where hosts live so short for this share of the time it is how it works. */
const usualShare = 0.25;

/** Services several of whose hosts were seen for minutes only, at about the same time. */
export async function searchShortLives(facts: ScanFacts): Promise<readonly Finding[]> {
  const { window } = facts;
  const lives = await readLives(facts);
  const services = [...new Set(lives.map(({ service }) => service))].sort();
  return services.flatMap((service) => {
    const own = lives.filter((life) => life.service === service);
    const short = own.filter((life) => isShort(life, window));
    const groups = groupsOf(short);
    const taken = groups.reduce((sum, group) => sum + spanOf(group), 0);
    if (taken > (window.end - window.start) * usualShare) return [];
    return groups.map((group) => findingOf(group, window));
  });
}

/** When each host was there, in order of time. */
async function readLives(facts: ScanFacts): Promise<readonly Life[]> {
  const { axes, dictionaries, failMark } = facts;
  if (!axes.breakdowns.has('host')) return [];
  const of = (['host', 'service'] as const).filter((one) => axes.breakdowns.has(one));
  const found = await askScan(facts, {
    of,
    marks: failMark === null ? [] : [failMark],
    events: true,
    spans: true,
  });
  const [hosts = new Float64Array(0), services] = found.keys;
  return Array.from(hosts, (host, at) => ({
    service: dictionaries.service.texts[services?.[at] ?? noValue] ?? '',
    host: dictionaries.host.texts[host] ?? '',
    start: found.first[at] ?? 0,
    end: found.last[at] ?? 0,
    rows: found.rows[at] ?? 0,
    events: found.events[at] ?? 0,
    bad: found.markedEvents[0]?.[at] ?? 0,
  }))
    .filter((_, at) => hosts[at] !== noValue)
    .sort((left, right) => left.start - right.start || (left.host < right.host ? -1 : 1));
}

function isShort({ start, end, rows }: Life, window: TimeRange): boolean {
  const isInside = start > window.start + apartMicros && end < window.end - apartMicros;
  return isInside && end - start < shortMicros && rows >= 1;
}

function groupsOf(short: readonly Life[]): readonly (readonly Life[])[] {
  const groups: Life[][] = [];
  let until = Number.NEGATIVE_INFINITY;
  for (const life of short) {
    const last = groups.at(-1);
    if (last === undefined || life.start > until + apartMicros) groups.push([life]);
    else last.push(life);
    until = Math.max(until, life.end);
  }
  return groups.filter(
    (group) => group.filter(({ rows }) => rows >= fewestRows).length >= fewestHosts,
  );
}

function spanOf(group: readonly Life[]): Micros {
  return (group.at(-1)?.start ?? 0) - (group[0]?.start ?? 0);
}

function findingOf(group: readonly Life[], window: TimeRange): Finding {
  const sum = (of: (life: Life) => number): number =>
    group.reduce((all, life) => all + of(life), 0);
  const [events, bad] = [sum(({ events: own }) => own), sum(({ bad: own }) => own)];
  const first = Math.min(...group.map(({ start }) => start));
  const last = Math.max(...group.map(({ end }) => end));
  const start = Math.floor(first / microsPerMinute) * microsPerMinute;
  const end = Math.floor(last / microsPerMinute) * microsPerMinute + microsPerMinute;
  const service = group[0]?.service ?? '';
  const hosts = group.map(({ host }) => host).sort();
  const fleet = service === '' ? '' : `${service}: `;
  const isFailing = bad > failingShare * events;
  const entities = { ...noEntities, services: service === '' ? [] : [service], hosts };
  return plainFinding(
    {
      detector: 'short-lived-hosts',
      kind: 'short-lived hosts',
      class: 'partial',
      severity: isFailing ? 'warning' : 'info',
      score: 0,
      evalue: 0,
      title: `${fleet}${hosts.length} hosts lived for less than 10 minutes each`,
      start,
      end,
      whyUnnoticed: 'each is gone before anybody looks at it',
      evidence: [
        {
          title: 'hosts and their events',
          where: entityText(entities, null),
          by: ['host'],
          calc: ['count'],
          every: null,
          window: { start, end },
        },
      ],
    },
    {
      ...entities,
      firstAffected: first,
      lastAffected: last,
      ongoing: window.end - end < 10 * microsPerMinute,
      events,
      bad,
      rate: events === 0 ? 0 : bad / events,
      rateInterval: wilson(bad, events),
      requestsAffected: bad,
      requestsInterval: [bad, bad],
    },
  );
}
