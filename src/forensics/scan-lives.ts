/** Hosts that live for minutes: a crash loop, or what never became ready. */
import { type Measure, rollupSpec } from '../query/rollup.js';
import { breakdown } from '../query/spec.js';
import { type Micros, microsPerMinute } from '../time/instant.js';
import type { TimeRange } from '../time/range.js';
import type { Axes } from './scan-cells.js';
import { entityText } from './scan-detail.js';
import type { Finding } from './scan-finding.js';
import { noEntities, plainFinding } from './scan-plain.js';
import { filterOf, type ScanPort } from './scan-port.js';
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
/** Chosen by us: hosts of one snapshot that are looked at. */
const mostHosts = 200_000;

export async function searchShortLives(
  port: ScanPort,
  {
    axes,
    window,
    fail,
  }: { readonly axes: Axes; readonly window: TimeRange; readonly fail: string | null },
): Promise<readonly Finding[]> {
  if (!axes.breakdowns.has('host')) return [];
  const hasService = axes.breakdowns.has('service');
  const measures: readonly Measure[] = [
    { kind: 'first', where: null },
    { kind: 'last', where: null },
    { kind: 'rows', where: null },
    { kind: 'events', where: null },
    { kind: 'events', where: fail === null ? filterOf('false') : filterOf(fail) },
  ];
  const keys = [...(hasService ? [breakdown('service')] : []), breakdown('host')];
  const rows = await port.rollup(rollupSpec(window, { keys, measures }));
  if (rows.length > mostHosts) return [];
  const at = keys.length;
  const lives = rows
    .filter((row) => row[at - 1] !== null)
    .map((row) => ({
      service: hasService ? String(row[0] ?? '') : '',
      host: String(row[at - 1]),
      start: Number(row[at]),
      end: Number(row[at + 1]),
      rows: Number(row[at + 2]),
      events: Number(row[at + 3]),
      bad: Number(row[at + 4]),
    }))
    .sort((left, right) => left.start - right.start || (left.host < right.host ? -1 : 1));
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
