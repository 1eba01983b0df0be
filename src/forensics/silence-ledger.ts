/**
 * Who was there and who was not: every entity once, its silences named by what kind they are. The
 * judgement of a silence is that of the scan; this only says whose it is and what else ended. Pure.
 */
import type { Micros } from '../time/instant.js';
import { microsPerHour } from '../time/instant.js';
import type { TimeRange } from '../time/range.js';
import type { Finding } from './scan-finding.js';

export const silenceRoles = ['host', 'customer', 'service', 'route'] as const;
export type SilenceRole = (typeof silenceRoles)[number];

/** What all events of one entity say. **Units** `events` are weighted. */
export interface EntityLife {
  readonly name: string;
  readonly rows: number;
  readonly events: number;
  readonly first: Micros;
  readonly last: Micros;
}

export type AbsenceKind =
  | 'everything silent'
  | 'whole service silent'
  | 'silent, peers busy'
  | 'ended'
  | 'too little history';

export interface Absence extends TimeRange {
  readonly kind: AbsenceKind;
  /** Entities it is about; empty for everything. */
  readonly names: readonly string[];
  /** Events that would have come; null where nothing says so. */
  readonly expected: number | null;
  /** Still so when the data ends. */
  readonly ongoing: boolean;
}

export interface SilenceReport {
  readonly role: SilenceRole;
  readonly entities: number;
  /** Entities with nothing to tell. */
  readonly present: number;
  readonly absences: readonly Absence[];
}

/** **Source** docs/method.md: with fewer events nothing is usual. */
const fewestRows = 20;
/** Chosen by us: silent for so many times its mean interval until the end, it is gone. */
const goneFactor = 10;

/** In order of kind, then of time. */
export function silenceReport(
  role: SilenceRole,
  lives: readonly EntityLife[],
  { findings, window }: { readonly findings: readonly Finding[]; readonly window: TimeRange },
): SilenceReport {
  const own = findings.flatMap((finding) => absenceOf(role, finding));
  const told = new Set(own.filter(({ ongoing }) => ongoing).flatMap(({ names }) => names));
  const thin = lives.filter(({ rows }) => rows < fewestRows);
  const gone = lives.filter((life) => !told.has(life.name) && isGone(life, window));
  const absences: readonly Absence[] = [
    ...own,
    ...gone.map(
      (life): Absence => ({
        kind: 'ended',
        names: [life.name],
        start: life.last,
        end: window.end,
        expected: null,
        ongoing: true,
      }),
    ),
    ...thin.map(
      (life): Absence => ({
        kind: 'too little history',
        names: [life.name],
        start: life.first,
        end: life.last,
        expected: null,
        ongoing: false,
      }),
    ),
  ];
  const named = new Set(absences.flatMap(({ names }) => names));
  return {
    role,
    entities: lives.length,
    present: lives.filter(({ name }) => !named.has(name)).length,
    absences: [...absences].sort(byKind),
  };
}

const kinds: readonly AbsenceKind[] = [
  'everything silent',
  'whole service silent',
  'silent, peers busy',
  'ended',
  'too little history',
];

function byKind(left: Absence, right: Absence): number {
  const name = ({ names }: Absence): string => names.join();
  return (
    kinds.indexOf(left.kind) - kinds.indexOf(right.kind) ||
    left.start - right.start ||
    (name(left) < name(right) ? -1 : 1)
  );
}

/** Findings of another kind of entity say nothing here; those of all entities do. */
function absenceOf(role: SilenceRole, finding: Finding): readonly Absence[] {
  const { detector, start, end, expected, ongoing } = finding;
  const common = { start, end, ongoing };
  if (detector === 'ingest-gap') {
    return [{ ...common, kind: 'everything silent', names: [], expected: null }];
  }
  if (detector !== 'silence') return [];
  const { hosts, customers, endpoints, services } = finding;
  const isService = hosts.length + customers.length + endpoints.length === 0 && services.length > 0;
  if (isService) return [{ ...common, kind: 'whole service silent', names: services, expected }];
  const names = { host: hosts, customer: customers, route: endpoints, service: [] }[role];
  return names.length === 0 ? [] : [{ ...common, kind: 'silent, peers busy', names, expected }];
}

function isGone({ rows, first, last }: EntityLife, { end }: TimeRange): boolean {
  if (rows < fewestRows) return false;
  const mean = (last - first) / (rows - 1);
  return end - last > Math.max(microsPerHour, goneFactor * mean);
}
