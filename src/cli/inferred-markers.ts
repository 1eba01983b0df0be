/** Changes nobody marked: versions and hosts that came while others were there, and that went. */

import type { Change } from '../forensics/scan-change.js';
import type { Finding } from '../forensics/scan-finding.js';
import { filterOf, quoted } from '../forensics/scan-port.js';
import type { Engine, QuerySource } from '../query/ports.js';
import { type Measure, rollupSpec, runRollup } from '../query/rollup.js';
import { breakdown } from '../query/spec.js';
import { type StoredMarker, storedMarker } from '../store/marker-log.js';
import { type Micros, microsPerMinute } from '../time/instant.js';
import type { TimeRange } from '../time/range.js';

/** **Source** docs/method.md: what is there in the first ten minutes was there before. */
const edgeMicros = 10 * microsPerMinute;
/** **Source** the definition of a version interval: five events. */
const fewestRows = 5;

/** **Source** the definition: half an hour. */
const togetherMicros = 30 * microsPerMinute;

interface Asking {
  readonly engine: Engine;
  readonly signal: AbortSignal;
}

/** In order of time; empty without a version column. **Faults** CC5002, CC5003, CC5004. */
export async function inferredMarkers(
  source: QuerySource,
  window: TimeRange,
  asking: Asking,
): Promise<readonly StoredMarker[]> {
  return (await versionLives(source, window, asking))
    .filter(({ isNew }) => isNew)
    .map(({ service, version, first }) =>
      storedMarker({
        start: first,
        end: null,
        type: 'deploy',
        message: words(service, version, 'first seen'),
        url: null,
      }),
    )
    .sort((left, right) => left.start - right.start || (left.id < right.id ? -1 : 1));
}

/** Versions that came, and that went, as changes. **Faults** CC5002, CC5003, CC5004. */
export async function inferredChanges(
  source: QuerySource,
  window: TimeRange,
  asking: Asking,
): Promise<readonly Change[]> {
  const lives = await versionLives(source, window, asking);
  return lives.flatMap((life): readonly Change[] => {
    const { service, version, first, last, isNew, isGone } = life;
    const change = (type: string, at: Micros, what: string): Change => ({
      id: null,
      type,
      message: words(service, version, what),
      at,
      service: service === '' ? null : service,
      version,
    });
    return [
      ...(isNew ? [change('deploy', first, 'first seen')] : []),
      ...(isGone ? [change('retire', last, 'last seen')] : []),
    ];
  });
}

/** Chosen by us: hosts of findings that are looked up. */
const mostHosts = 1_000;

/**
 * When the hosts of each finding came and went, all of them within half an hour.
 * **Faults** CC5002, CC5003, CC5004.
 */
export async function hostChanges(
  source: QuerySource,
  { findings, window }: { readonly findings: readonly Finding[]; readonly window: TimeRange },
  { engine, signal }: Asking,
): Promise<(finding: Finding) => readonly Change[]> {
  const names = [...new Set(findings.flatMap(({ hosts }) => hosts))].sort().slice(0, mostHosts);
  if (names.length === 0) return () => [];
  const spec = rollupSpec(window, {
    keys: [breakdown('host')],
    measures: [
      { kind: 'first', where: null },
      { kind: 'last', where: null },
    ],
    where: [filterOf(`host in (${names.map(quoted).join(', ')})`)],
  });
  const rows = await runRollup(source, spec, { engine, signal });
  const lives = new Map(
    rows.map(([host, first, last]) => [String(host), { first: Number(first), last: Number(last) }]),
  );
  return ({ hosts }) => {
    const own = hosts.flatMap((host) => lives.get(host) ?? []);
    if (own.length === 0 || own.length < hosts.length) return [];
    const who = own.length === 1 ? String(hosts[0]) : `${own.length} hosts`;
    const moment = (times: readonly Micros[], at: Micros, what: string): readonly Change[] => {
      const isOne = Math.max(...times) - Math.min(...times) <= togetherMicros;
      const isInside = at > window.start + edgeMicros && at < window.end - edgeMicros;
      const message = `${who} ${what}`;
      const change = { id: null, type: 'hosts', message, at, service: null, version: null };
      return isOne && isInside ? [change] : [];
    };
    const [first, last] = [own.map((life) => life.first), own.map((life) => life.last)];
    return [
      ...moment(first, Math.min(...first), 'first seen'),
      ...moment(last, Math.max(...last), 'last seen'),
    ];
  };
}

interface VersionLife {
  /** Empty where there are no services. */
  readonly service: string;
  readonly version: string;
  readonly first: Micros;
  readonly last: Micros;
  /** It came after its service had begun, and it went before its service ended. */
  readonly isNew: boolean;
  readonly isGone: boolean;
}

async function versionLives(
  source: QuerySource,
  window: TimeRange,
  { engine, signal }: Asking,
): Promise<readonly VersionLife[]> {
  const has = (role: 'service' | 'version'): boolean => (source.roles[role]?.length ?? 0) > 0;
  if (!has('version')) return [];
  const keys = [...(has('service') ? [breakdown('service')] : []), breakdown('version')];
  const measures: readonly Measure[] = [
    { kind: 'first', where: null },
    { kind: 'last', where: null },
  ];
  const rows = await runRollup(source, rollupSpec(window, { keys, measures, fewestRows }), {
    engine,
    signal,
  });
  const at = keys.length;
  const seen = rows.map((row) => ({
    service: has('service') && row[0] !== null ? String(row[0]) : '',
    version: row[at - 1] ?? null,
    first: Number(row[at]),
    last: Number(row[at + 1]),
  }));
  const spans = new Map<string, { first: Micros; last: Micros }>();
  for (const { service, first, last } of seen) {
    const span = spans.get(service) ?? { first, last };
    spans.set(service, { first: Math.min(first, span.first), last: Math.max(last, span.last) });
  }
  return seen.flatMap(({ service, version, first, last }) => {
    const span = spans.get(service) ?? { first, last };
    const isNew = first > span.first + edgeMicros;
    const isGone = last < span.last - edgeMicros;
    return version === null
      ? []
      : [{ service, version: String(version), first, last, isNew, isGone }];
  });
}

function words(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' ');
}
