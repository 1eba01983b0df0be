/**
 * Events of wrong clocks that lie days before or behind all others: told by themselves, and left
 * out of the window, which would be years of nothing with them.
 */
import type { QueryFile } from '../query/ports.js';
import { rollupSpec } from '../query/rollup.js';
import { breakdown } from '../query/spec.js';
import { type Micros, microsPerDay, microsPerMinute } from '../time/instant.js';
import type { TimeRange } from '../time/range.js';
import { counted, entityText } from './scan-detail.js';
import type { Finding } from './scan-finding.js';
import { noEntities, plainFinding } from './scan-plain.js';
import { filterOf, quoted, type ScanPort } from './scan-port.js';

/** Chosen by us: days without any event, and the share of all rows that lies beyond them. */
const leastApartDays = 2;
const mostShare = 0.01;

/** **Units** rows and days; half-open. */
export interface Stray extends TimeRange {
  readonly rows: number;
  /** From the nearest event of the others; below 0 where it lies before them. */
  readonly days: number;
}

/** Where the events lie, and those that lie far from them. */
export interface Strays {
  /** Of all others; null where bounds of files are not known. */
  readonly span: TimeRange | null;
  readonly found: readonly Stray[];
}

interface Cluster {
  readonly start: Micros;
  readonly end: Micros;
  readonly rows: number;
}

/** Pure: told from what is known of the files, none of which is opened. */
export function straysOf(files: readonly QueryFile[]): Strays {
  const none = { span: null, found: [] };
  const clusters = clustersOf(files);
  if (clusters === null || clusters.length < 2) return none;
  const all = rowsOf(clusters);
  const largest = clusters.reduce((left, right) => (right.rows > left.rows ? right : left));
  let [first, last] = [0, clusters.length];
  const isFew = (part: readonly Cluster[]): boolean => rowsOf(part) <= mostShare * all;
  const middle = clusters.indexOf(largest);
  for (let at = 1; at <= middle; at += 1) if (isFew(clusters.slice(0, at))) first = at;
  for (let at = clusters.length - 1; at > middle; at -= 1) if (isFew(clusters.slice(at))) last = at;
  const kept = clusters.slice(first, last);
  const [from, to] = [kept[0]?.start ?? 0, kept.at(-1)?.end ?? 0];
  const early = clusters.slice(0, first);
  const late = clusters.slice(last);
  return {
    span: { start: from, end: to },
    found: [
      ...strayOf(early, ((early.at(-1)?.end ?? 0) - from) / microsPerDay),
      ...strayOf(late, ((late[0]?.start ?? 0) - to) / microsPerDay),
    ],
  };
}

function strayOf(clusters: readonly Cluster[], days: number): readonly Stray[] {
  const [first] = clusters;
  if (first === undefined) return [];
  const end = Math.max(...clusters.map((one) => one.end));
  return [{ start: first.start, end, rows: rowsOf(clusters), days }];
}

function rowsOf(clusters: readonly Cluster[]): number {
  return clusters.reduce((sum, { rows }) => sum + rows, 0);
}

/** Files that lie close together, in order of time; null where a file does not say when it is. */
function clustersOf(files: readonly QueryFile[]): readonly Cluster[] | null {
  const spans: Cluster[] = [];
  for (const { minTs, maxTs, rows } of files) {
    if (minTs === null || maxTs === null) return null;
    spans.push({ start: minTs, end: maxTs + 1, rows });
  }
  spans.sort((left, right) => left.start - right.start || left.end - right.end);
  const clusters: Cluster[] = [];
  for (const one of spans) {
    const before = clusters.at(-1);
    if (before === undefined || one.start - before.end >= leastApartDays * microsPerDay)
      clusters.push(one);
    else {
      const end = Math.max(before.end, one.end);
      clusters[clusters.length - 1] = { ...before, end, rows: before.rows + one.rows };
    }
  }
  return clusters;
}

/** A finding for what lies before all others and for what lies behind them. */
export async function searchStrays(
  port: ScanPort,
  strays: readonly Stray[],
  others: TimeRange,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const stray of strays) {
    const found = await findingOf(port, stray);
    const isImport = found.hosts.length !== 1 && (await cameAlone(port, stray, others));
    findings.push(isImport ? imported(found) : found);
  }
  return findings;
}

/** Chosen by us: of more ingests than this it is not asked what else they brought. */
const mostBatches = 50;

/** Whether no ingest that brought them brought any of the others: then it was an import. */
async function cameAlone(port: ScanPort, stray: Stray, others: TimeRange): Promise<boolean> {
  const batches = counted(await port.rollup(rollupSpec(stray, { keys: [breakdown('batch')] })));
  if (batches.length === 0 || batches.length > mostBatches) return false;
  const names = batches.map(({ name }) => quoted(name));
  const where = [filterOf(`batch in (${names.join(', ')})`)];
  const [[rows] = []] = await port.rollup(rollupSpec(others, { where }));
  return Number(rows ?? 0) === 0;
}

/** Told for information: a clock that is wrong is wrong among others that are right. */
function imported(finding: Finding): Finding {
  return {
    ...finding,
    kind: 'apart',
    severity: 'info',
    title: `${finding.title}, ingested by themselves`,
    whyUnnoticed: 'an import of another time, or a wrong clock of all that was ingested then',
  };
}

/** Chosen by us: so much of what a silent host should have sent is dated elsewhere. */
const strayedShare = 0.5;

/** Whether a host was not silent but wrote another date. */
export function isStrayed(
  { host, missing }: { readonly host: string; readonly missing: number },
  strays: readonly Finding[],
): boolean {
  return strays.some(
    ({ hosts, events }) =>
      hosts.length === 1 && hosts[0] === host && events >= strayedShare * missing,
  );
}

/** Chosen by us: hosts that are named. */
const mostNamed = 10;

async function findingOf(port: ScanPort, stray: Stray): Promise<Finding> {
  const { rows, days, end } = stray;
  const start = Math.floor(stray.start / microsPerMinute) * microsPerMinute;
  const has = (role: 'host' | 'service'): boolean => (port.source.roles[role]?.length ?? 0) > 0;
  const ask = async (role: 'host' | 'service'): Promise<readonly string[]> => {
    if (!has(role)) return [];
    const found = await port.rollup(rollupSpec(stray, { keys: [breakdown(role)] }));
    return counted(found).map(({ name }) => name);
  };
  const [hosts, services] = [await ask('host'), await ask('service')];
  const named = { services: [...services].sort(), hosts: hosts.slice(0, mostNamed).sort() };
  const who = hosts.length === 1 ? `host ${hosts[0]}` : `${hosts.length} hosts`;
  const apart = Math.round(Math.abs(days));
  const place = days < 0 ? 'before' : 'after';
  const count = `${rows} ${rows === 1 ? 'event' : 'events'}`;
  const what = hosts.length === 0 ? count : `${count} of ${who}`;
  const window = { start, end: Math.ceil(end / microsPerMinute) * microsPerMinute };
  return plainFinding(
    {
      detector: 'clock-skew',
      kind: 'clock wrong',
      class: 'skew',
      severity: 'low',
      score: rows,
      evalue: 0,
      title: `${what} dated ${apart} days ${place} all others`,
      ...window,
      whyUnnoticed: 'its events are all there, at a time nobody looks at',
      evidence: [
        {
          title: 'events that lie apart',
          where: hosts.length === 1 ? entityText({ hosts: named.hosts }, null) : null,
          by: has('host') ? ['host'] : [],
          calc: ['count'],
          every: null,
          window,
        },
      ],
    },
    { ...noEntities, ...named, events: rows },
  );
}
