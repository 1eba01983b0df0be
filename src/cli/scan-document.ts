/** The report of `scan` for machines. **Source** docs/findings.schema.json. */
import type { NearChange } from '../forensics/scan-change.js';
import type { Evidence, Finding, ScanReport } from '../forensics/scan-finding.js';
import { type FindingState, fingerprintOf } from '../forensics/scan-state.js';
import { exactInstant } from '../render/cell.js';
import type { JsonValue } from '../render/json.js';
import type { Table } from '../render/table.js';
import { microsPerSecond } from '../time/instant.js';
import { windowFields } from './query-document.js';
import { shellWord } from './shell-text.js';

type Fields = Readonly<Record<string, JsonValue>>;

/** A finding with what makes it one of this scan. */
export interface NumberedFinding {
  readonly id: string;
  readonly state: FindingState;
  readonly finding: Finding;
  /** Null where neither markers nor versions tell of changes. */
  readonly changes: readonly NearChange[] | null;
}

/** What was scanned. */
export interface ScanPlace {
  readonly dataset: string;
  readonly version: number;
  /** Words that name the place for a command to rerun. */
  readonly words: readonly string[];
}

/** **Shape** window, coverage, detectors, findings, chronic, snapshot, rule. */
export function scanDocument(
  report: ScanReport,
  findings: readonly NumberedFinding[],
  place: ScanPlace,
): Fields {
  const { coverage } = report;
  return {
    window: windowFields(report.window),
    coverage: {
      minutes: coverage.minutes,
      measured: coverage.measured,
      gaps: coverage.gaps.map(windowFields),
    },
    detectors: report.detectors.map(({ name, ran, reason, tests, evalue, findings: count }) => ({
      name,
      ran,
      reason,
      tests,
      evalue: rounded(evalue),
      findings: count,
    })),
    findings: findings.map((one) => findingFields(one, place)),
    chronic: report.chronic.map(({ what, entity, signal, rate, usual, rows, bad }) => ({
      what,
      entity,
      signal,
      rate: rounded(rate),
      usual: rounded(usual),
      rows,
      bad,
    })),
    snapshot: { dataset: place.dataset, version: place.version },
    rule: report.rule,
  };
}

function findingFields({ id, state, finding, changes }: NumberedFinding, place: ScanPlace): Fields {
  const bracket = ({ after, before }: Finding['onset']): Fields => ({
    after: exactInstant(after),
    before: exactInstant(before),
  });
  const list = (texts: readonly string[]): JsonValue => [...texts];
  return {
    id,
    fingerprint: fingerprintOf(finding),
    kind: finding.kind,
    detector: finding.detector,
    class: finding.class,
    severity: finding.severity,
    score: rounded(finding.score),
    evalue: rounded(finding.evalue),
    title: finding.title,
    start: exactInstant(finding.start),
    end: exactInstant(finding.end),
    first_affected: exactInstant(finding.firstAffected),
    last_affected: exactInstant(finding.lastAffected),
    onset: bracket(finding.onset),
    recovery: bracket(finding.recovery),
    ongoing: finding.ongoing,
    self_resolved: finding.selfResolved,
    silent: finding.silent,
    hosts: list(finding.hosts),
    versions: list(finding.versions),
    statuses: finding.statuses.map((status) => (/^\d+$/.test(status) ? Number(status) : status)),
    customers: list(finding.customers),
    endpoints: list(finding.endpoints),
    services: list(finding.services),
    azs: list(finding.azs),
    errors: list(finding.errors),
    events: finding.events,
    bad: finding.bad,
    expected: rounded(finding.expected),
    rate: rounded(finding.rate),
    rate_ci: finding.rateInterval.map(rounded),
    peers_rate: finding.peersRate === null ? null : rounded(finding.peersRate),
    requests_affected: finding.requestsAffected,
    requests_affected_ci: finding.requestsInterval.map(Math.round),
    customers_affected: finding.customersAffected,
    top_customers: finding.topCustomers.map(({ customer, events }) => ({ customer, events })),
    markers: (changes ?? []).map(changeFields),
    equivalent: list(finding.equivalent),
    also_seen_as: list(finding.alsoSeenAs),
    why_unnoticed: finding.whyUnnoticed,
    evidence: finding.evidence.map((one) => evidenceFields(one, place)),
    state,
  };
}

/** `lag_seconds`: from the change to the onset or the recovery; below 0 when it came after. */
function changeFields({ id, type, message, at, near, lag, isOwn, chance }: NearChange): Fields {
  return {
    id,
    type,
    message,
    time: exactInstant(at),
    near,
    lag_seconds: Math.round(lag / microsPerSecond),
    inferred: id === null,
    names_version: isOwn,
    chance: rounded(chance),
  };
}

function evidenceFields(evidence: Evidence, place: ScanPlace): Fields {
  const { title, where, by, calc, every, window } = evidence;
  return {
    title,
    spec: { where, by: [...by], calc: [...calc], every, window: windowFields(window) },
    command: evidenceCommand(evidence, place),
  };
}

/** The command that shows it again. */
export function evidenceCommand(
  { where, by, calc, every, window }: Evidence,
  { words }: ScanPlace,
): string {
  const { start, end } = window;
  const options = [
    ...(by.length === 0 ? [] : ['--by', by.join(',')]),
    ...(where === null ? [] : ['--where', shellWord(where)]),
    ...(calc.length === 1 && calc[0] === 'count' ? [] : ['--calc', shellWord(calc.join(','))]),
    ...(every === null ? [] : ['--every', every]),
    '--window',
    `${exactInstant(start)}..${exactInstant(end)}`,
  ];
  return ['coldcase', 'query', ...words, ...options].join(' ');
}

/** Nine digits: what follows is noise of the order of adding. */
function rounded(value: number): number {
  return Number.isFinite(value) ? Number(value.toPrecision(9)) : 0;
}

const text = (key: string, title = key) => ({ key, title, align: 'left', show: 'text' }) as const;

/** **Shape** one row a finding, in order of rank. */
export function scanTable(findings: readonly NumberedFinding[]): Table {
  return {
    columns: [
      text('id'),
      text('severity'),
      text('detector'),
      text('title'),
      { key: 'start', title: 'start', align: 'left', show: 'instant' },
      { key: 'end', title: 'end', align: 'left', show: 'instant' },
      { key: 'requests_affected', title: 'events', align: 'right', show: 'count' },
      { key: 'customers_affected', title: 'customers', align: 'right', show: 'count' },
      text('state'),
    ],
    rows: findings.map(({ id, state, finding }) => [
      id,
      finding.severity,
      finding.detector,
      finding.title,
      finding.start,
      finding.end,
      finding.requestsAffected,
      finding.customersAffected,
      state,
    ]),
    seriesMax: null,
    footer: [],
  };
}
