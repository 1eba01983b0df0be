/**
 * A scan: every detector over one window, what they found joined into incidents and ranked, and
 * what was not found said as well. **Invariant** the same data gives the same report.
 */
import { microsPerMinute } from '../time/instant.js';
import type { TimeRange } from '../time/range.js';
import { type AssembleContext, findingOf, severityOf } from './scan-assemble.js';
import { axesOf, newDictionaries } from './scan-cells.js';
import { chronicOf, recurringOf } from './scan-chronic.js';
import { type Excess, searchExcess } from './scan-excess.js';
import { blocksOf } from './scan-exposure.js';
import {
  type ChronicCondition,
  type DetectorName,
  type DetectorStatement,
  detectorNames,
  type Finding,
  type ScanReport,
} from './scan-finding.js';
import { isHabit } from './scan-habit.js';
import { joined } from './scan-join.js';
import { searchShortLives } from './scan-lives.js';
import { incidentsOf, ranked } from './scan-merge.js';
import { searchNewErrors } from './scan-news.js';
import type { ScanPort } from './scan-port.js';
import { searchQuiet } from './scan-quiet.js';
import { shapeOf } from './scan-shape.js';
import { type Profile, profileOf, type SignalFamily } from './scan-signal.js';
import { searchSkew } from './scan-skew.js';
import { isDuring, searchMismatches, type Transition } from './scan-versions.js';

export interface ScanQuestion {
  readonly window: TimeRange;
  /** The rule of the store, as text; null when it cannot be used. */
  readonly bad: string | null;
  readonly detectors: ReadonlySet<DetectorName>;
}

/** **Faults** CC5002, CC5003, CC5004. */
export async function scan(port: ScanPort, question: ScanQuestion): Promise<ScanReport> {
  const { window, bad, detectors } = question;
  port.say('looking at the columns');
  const profile = await profileOf(port, window, bad);
  const runs = (name: DetectorName): boolean => detectors.has(name);
  const statements = new Map<DetectorName, Partial<DetectorStatement>>();
  if (profile.rows === 0) return emptyReport(window);
  const axes = axesOf(port, profile.columns.zone);
  const dictionaries = newDictionaries();
  const blocks = blocksOf(window);
  const wanted = profile.signals.filter(({ family }) => runs(detectorOf[family]));
  const excess = await searchExcess({
    port,
    dictionaries,
    axes,
    blocks,
    profile: { ...profile, signals: wanted },
    window,
  });
  const context: AssembleContext = { port, dictionaries, profile, window, ...excess };
  port.say('comparing versions');
  const versions = runs('version-mismatch')
    ? await searchMismatches(port, window, profile.fail)
    : { findings: [], transitions: [], reason: 'not asked for' };
  port.say('counting who was hurt');
  const { findings: failures, habits } = await assemble(context, excess, versions.transitions);
  for (const [family, name] of Object.entries(detectorOf)) {
    const reason = runs(name) ? whyNot(profile, family) : 'not asked for';
    const own = { ran: reason === null, reason, tests: Math.round(excess.tests) };
    if (statements.get(name)?.ran !== true) statements.set(name, own);
  }
  port.say('looking for silence');
  const quiet = await searchQuiet({
    port,
    dictionaries,
    axes,
    blocks,
    exposures: excess.exposures,
    window,
    zone: profile.columns.zone,
  });
  const skew = runs('clock-skew')
    ? await searchSkew(port, quiet.hosts, window)
    : { findings: [], explained: new Set<string>() };
  const lives = runs('short-lived-hosts')
    ? await searchShortLives(port, { axes, window, fail: profile.fail })
    : [];
  const errors = runs('new-error') ? await searchNewErrors(port, { profile, axes, window }) : [];
  const hasHosts = axes.breakdowns.has('host');
  const noHosts = hasHosts ? null : 'no column has the role host';
  const state = (name: DetectorName, reason: string | null, tests: number): void => {
    const why = runs(name) ? reason : 'not asked for';
    statements.set(name, { ran: why === null, reason: why, tests });
  };
  const short = window.end - window.start < 2 * 60 * microsPerMinute;
  const tooShort = short ? 'less than two hours of data' : null;
  state('version-mismatch', versions.reason, 0);
  state('short-lived-hosts', noHosts, 0);
  state('silence', tooShort, quiet.tests);
  state('ingest-gap', tooShort, quiet.tests);
  state('clock-skew', noHosts ?? tooShort, quiet.hosts.length);
  state('new-error', profile.columns.error === null ? 'no column of error texts' : null, 0);
  const silences = tooShort === null ? quiet.findings.filter(({ detector }) => runs(detector)) : [];
  const all = joined({
    failures,
    silences: silences.filter(({ hosts }) => !hosts.some((host) => skew.explained.has(host))),
    versions: versions.findings,
    lives,
    others: [...skew.findings, ...errors],
  });
  const findings = ranked(all, excess.bound);
  return {
    window,
    rows: profile.rows,
    events: profile.events,
    coverage: {
      minutes: Math.ceil((window.end - window.start) / microsPerMinute),
      measured: quiet.measured,
      gaps: quiet.gaps,
    },
    detectors: statementsOf(statements, findings),
    findings,
    chronic: [...chronicOf(excess, dictionaries), ...habits],
    rule: profile.fail,
  };
}

const detectorOf: Readonly<Record<SignalFamily, DetectorName>> = {
  fail: 'failure',
  status: 'status-mix',
  hidden: 'hidden-error',
  empty: 'empty-success',
  slow: 'latency',
  missing: 'null-surge',
};

/** Chosen by us: what is no incident is told so often and no more. */
const mostInfos = 5;

interface Assembled {
  readonly findings: readonly Finding[];
  readonly habits: readonly ChronicCondition[];
}

async function assemble(
  context: AssembleContext,
  excess: Excess,
  transitions: readonly Transition[],
): Promise<Assembled> {
  const indexes = new Map(excess.signals.map((signal, index) => [signal.name, index]));
  const incidents = incidentsOf(
    excess.drafts,
    excess.hits,
    ({ signal }) => indexes.get(signal.name) ?? 0,
  );
  const habits = new Set(
    incidents.filter(({ primary }) =>
      isHabit({
        draft: primary,
        hits: excess.hits,
        signal: indexes.get(primary.signal.name) ?? 0,
        blocks: excess.exposures.routes.blocks,
      }),
    ),
  );
  const findings: Finding[] = [];
  let infos = 0;
  for (const incident of incidents) {
    const { primary, others } = incident;
    if (habits.has(incident)) continue;
    const rough = { rate: primary.count / Math.max(1, primary.rows), rows: primary.count };
    const isRestart = transitions.some((one) => isDuring(primary, one, context.dictionaries));
    const shape = shapeOf(primary.series, primary);
    const severity = isRestart ? 'info' : severityOf(primary, shape, rough);
    if (severity === 'info') infos += 1;
    if (severity === 'info' && infos > mostInfos) continue;
    const found = await findingOf(context, primary);
    const finding = isRestart ? { ...found, severity } : found;
    const names = others
      .map(({ signal }) => signal.name)
      .filter((name) => name !== primary.signal.name);
    findings.push({ ...finding, alsoSeenAs: [...new Set(names)].sort() });
  }
  return { findings, habits: recurringOf(habits, context.dictionaries, context.profile) };
}

/** Null when it could look. */
function whyNot({ signals, fail, rows }: Profile, family: string): string | null {
  if (signals.some((signal) => signal.family === family)) return null;
  switch (family) {
    case 'fail':
      return fail === null ? 'no status and no rule say what failed' : null;
    case 'slow':
      return 'no column has the role duration';
    case 'missing':
      return rows === 0 ? 'no events' : null;
    default:
      return null;
  }
}

function statementsOf(
  known: ReadonlyMap<DetectorName, Partial<DetectorStatement>>,
  findings: readonly Finding[],
): readonly DetectorStatement[] {
  return detectorNames.map((name) => {
    const own = findings.filter((finding) => finding.detector === name);
    return {
      name,
      ran: known.get(name)?.ran ?? false,
      reason: known.get(name)?.reason ?? null,
      tests: known.get(name)?.tests ?? 0,
      evalue: own.reduce((least, { evalue }) => Math.min(least, evalue), 0.01),
      findings: own.length,
    };
  });
}

/** Where there is nothing to look at no detector ran. */
export function emptyReport(window: TimeRange): ScanReport {
  return {
    window,
    rows: 0,
    events: 0,
    coverage: { minutes: 0, measured: 0, gaps: [] },
    detectors: detectorNames.map((name) => ({
      name,
      ran: false,
      reason: 'no events',
      tests: 0,
      evalue: 0.01,
      findings: 0,
    })),
    findings: [],
    chronic: [],
    rule: null,
  };
}
