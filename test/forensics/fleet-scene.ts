/** Small fleets for tests: who ran what from when to when, in minutes. */
import type { StatusCell, VersionCell } from '../../src/forensics/version-cell.js';
import { evidenceOf } from '../../src/forensics/version-evidence.js';
import {
  draftVersions,
  reportVersions,
  type VersionReport,
} from '../../src/forensics/version-report.js';
import { microsPerMinute } from '../../src/time/instant.js';
import type { TimeRange } from '../../src/time/range.js';

/** Half-open in minutes. */
export interface Run {
  readonly host: string;
  readonly version: string | null;
  readonly from: number;
  readonly to: number;
  readonly service?: string;
  /** One event every so many minutes. */
  readonly every?: number;
  /** Statuses in turn. */
  readonly statuses?: readonly number[];
}

export const minute = microsPerMinute;
/** 2020-03-02T00:00:00Z. */
export const origin = 1_583_107_200_000_000;

interface Event extends StatusCell {
  readonly service: string | null;
  readonly at: number;
}

function eventsOf(runs: readonly Run[]): readonly Event[] {
  return runs.flatMap(({ host, version, from, to, service, every = 1, statuses = [200] }) => {
    const count = Math.ceil((to - from) / every);
    return Array.from({ length: count }, (_, index): Event => {
      const status = statuses[index % statuses.length] ?? 200;
      return {
        service: service ?? null,
        host,
        version: version ?? '',
        at: origin + (from + index * every) * minute + 7_000_000,
        status,
        events: 1,
        bad: status >= 500 ? 1 : 0,
        rows: 1,
      };
    });
  });
}

/** Cells of one minute each, or wider. */
export function cellsOfScene(runs: readonly Run[], width = 1): readonly VersionCell[] {
  const cells = new Map<string, VersionCell>();
  for (const event of eventsOf(runs)) {
    const bucket = Math.floor((event.at - origin) / (width * minute));
    const key = JSON.stringify([bucket, event.service, event.host, event.version]);
    const before = cells.get(key);
    cells.set(key, {
      service: event.service,
      host: event.host === '' ? null : event.host,
      version: event.version === '' ? null : event.version,
      first: Math.min(before?.first ?? event.at, event.at),
      last: Math.max(before?.last ?? event.at, event.at),
      events: (before?.events ?? 0) + 1,
      bad: (before?.bad ?? 0) + event.bad,
      rows: (before?.rows ?? 0) + 1,
    });
  }
  return [...cells.values()];
}

/** The whole way from events to the report, without an engine. */
export function reportOfScene(
  runs: readonly Run[],
  { width = 1, status = true }: { readonly width?: number; readonly status?: boolean } = {},
): VersionReport {
  const events = eventsOf(runs);
  const end = Math.max(...runs.map(({ to }) => to));
  const window = { start: origin, end: origin + end * minute };
  const draft = draftVersions(cellsOfScene(runs, width), window);
  const judged = status ? draft.candidates : [];
  const evidence = new Map(
    judged.map((candidate) => {
      const within = (time: TimeRange) =>
        events.filter(
          ({ service, version, at }) =>
            (service ?? '') === candidate.service &&
            version !== '' &&
            at >= time.start &&
            at < time.end,
        );
      const before = candidate.before === null ? [] : within(candidate.before);
      const cells = within(candidate.judged);
      return [candidate, evidenceOf(candidate, cells, { bad: 'status >= 500', before })];
    }),
  );
  return reportVersions(draft, evidence, status);
}

export function names(prefix: string, count: number, first = 1): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}-${first + index}`);
}

/** Every host on one version. */
export function fleet(
  hosts: readonly string[],
  version: string,
  from: number,
  to: number,
  more: Partial<Run> = {},
): readonly Run[] {
  return hosts.map((host) => ({ host, version, from, to, ...more }));
}

/** Hosts go over from one version to the other, one after the other. */
export function rolling(
  hosts: readonly string[],
  versions: readonly [string, string],
  times: {
    readonly from: number;
    readonly start: number;
    readonly end: number;
    readonly to: number;
  },
): readonly Run[] {
  return hosts.flatMap((host, index) => {
    const at = times.start + Math.floor(((times.end - times.start) * index) / hosts.length);
    return [
      { host, version: versions[0], from: times.from, to: at },
      { host, version: versions[1], from: at + 1, to: times.to },
    ];
  });
}
