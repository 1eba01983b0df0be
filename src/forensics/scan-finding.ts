/** What a scan found, as plain data. The contract of `docs/findings.schema.json` is made of it. */
import type { Micros } from '../time/instant.js';
import type { TimeRange } from '../time/range.js';

/** How bad a finding is, the worst first. */
export type Severity = 'critical' | 'warning' | 'low' | 'info';
export const severities: readonly Severity[] = ['critical', 'warning', 'low', 'info'];

/** The detectors, as they are named in `--detectors` and in the statement of a scan. */
export const detectorNames = [
  'failure',
  'status-mix',
  'hidden-error',
  'empty-success',
  'latency',
  'null-surge',
  'new-error',
  'version-mismatch',
  'short-lived-hosts',
  'silence',
  'ingest-gap',
  'clock-skew',
] as const;
export type DetectorName = (typeof detectorNames)[number];

/** Between the last event that was as it should be and the first that was not, or the reverse. */
export interface Bracket {
  readonly after: Micros;
  readonly before: Micros;
}

/** A question anyone can ask again. `options` are those of `coldcase query`. */
export interface Evidence {
  readonly title: string;
  readonly where: string | null;
  readonly by: readonly string[];
  readonly calc: readonly string[];
  readonly every: string | null;
  readonly window: TimeRange;
}

/** What shape it had over time, or what kind of trouble it was. */
export type FindingClass =
  | 'near-total'
  | 'partial'
  | 'gradual'
  | 'flapping'
  | 'blip'
  | 'silent'
  | 'skew'
  | 'mismatch'
  | 'new';

/** Who it was; nobody in particular where all are empty. */
export interface Entities {
  readonly services: readonly string[];
  readonly hosts: readonly string[];
  readonly versions: readonly string[];
  readonly azs: readonly string[];
  readonly endpoints: readonly string[];
  readonly customers: readonly string[];
}

/**
 * One finding. Entities are those that define it; who was hurt is in `topCustomers`.
 * **Units** `start` and `end` are whole minutes, half-open; counts of events are weighted.
 */
export interface Finding extends TimeRange, Entities {
  readonly detector: DetectorName;
  /** What was wrong, in words of the detector: `failing`, `silent`, `slow` … */
  readonly kind: string;
  readonly class: FindingClass;
  readonly severity: Severity;
  readonly score: number;
  /** How many such findings chance would give in this scan. */
  readonly evalue: number;
  readonly title: string;
  readonly firstAffected: Micros;
  readonly lastAffected: Micros;
  readonly onset: Bracket;
  readonly recovery: Bracket;
  readonly ongoing: boolean;
  readonly selfResolved: boolean;
  readonly silent: boolean;
  readonly statuses: readonly string[];
  readonly errors: readonly string[];
  readonly events: number;
  readonly bad: number;
  readonly expected: number;
  readonly rate: number;
  readonly rateInterval: readonly [number, number];
  readonly peersRate: number | null;
  readonly requestsAffected: number;
  readonly requestsInterval: readonly [number, number];
  readonly customersAffected: number;
  readonly topCustomers: readonly { readonly customer: string; readonly events: number }[];
  /** Other ways to say who it was, which the data cannot tell apart. */
  readonly equivalent: readonly string[];
  readonly alsoSeenAs: readonly string[];
  readonly whyUnnoticed: string;
  readonly evidence: readonly Evidence[];
}

/** Something that has been so for as long as the data goes back. */
export interface ChronicCondition {
  readonly what: string;
  readonly entity: string;
  readonly signal: string;
  readonly rate: number;
  readonly usual: number;
  readonly rows: number;
  readonly bad: number;
}

/** What a detector did: it ran and found so much, or it did not, and why. */
export interface DetectorStatement {
  readonly name: DetectorName;
  readonly ran: boolean;
  readonly reason: string | null;
  readonly tests: number;
  readonly evalue: number;
  readonly findings: number;
}

/** How much of the window holds events. **Units** minutes. */
export interface Coverage {
  readonly minutes: number;
  readonly measured: number;
  readonly gaps: readonly TimeRange[];
}

/** All that a scan says of a window. */
export interface ScanReport {
  readonly window: TimeRange;
  readonly rows: number;
  readonly events: number;
  readonly coverage: Coverage;
  readonly detectors: readonly DetectorStatement[];
  readonly findings: readonly Finding[];
  readonly chronic: readonly ChronicCondition[];
  readonly rule: string | null;
}
