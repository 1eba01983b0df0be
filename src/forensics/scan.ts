/**
 * A scan: every detector over one window, what they found joined into incidents and ranked, and
 * what was not found said as well. **Invariant** the same data gives the same report.
 */
import { together } from '../base/together.js';
import { microsPerMinute } from '../time/instant.js';
import type { TimeRange } from '../time/range.js';
import { type AssembleContext, findingOf, severityOf } from './scan-assemble.js';
import { axesOf } from './scan-cells.js';
import { chronicOf, recurringOf } from './scan-chronic.js';
import { withDamage } from './scan-damaged.js';
import { affordable, type Excess, searchExcess } from './scan-excess.js';
import { blocksOf } from './scan-exposure.js';
import { type ScanFacts, scanFacts } from './scan-facts.js';
import {
  type ChronicCondition,
  type DetectorName,
  detectorNames,
  type Finding,
  type ScanReport,
} from './scan-finding.js';
import { isHabit } from './scan-habit.js';
import { joined } from './scan-join.js';
import { searchLess } from './scan-less.js';
import { searchShortLives } from './scan-lives.js';
import { incidentsOf, ranked } from './scan-merge.js';
import { searchNewErrors } from './scan-news.js';
import type { ScanPort } from './scan-port.js';
import { type QuietAnswer, searchQuiet } from './scan-quiet.js';
import { shapeOf } from './scan-shape.js';
import { detectorOf, type Profile, profileOf } from './scan-signal.js';
import { type SkewAnswer, searchSkew } from './scan-skew.js';
import { isTooShort, statementsOf } from './scan-statement.js';
import { isStrayed, type Stray, searchStrays } from './scan-stray.js';
import {
  isDuring,
  searchMismatches,
  type Transition,
  type VersionFindings,
} from './scan-versions.js';

/** What is scanned, and for what. */
export interface ScanQuestion {
  readonly window: TimeRange;
  /** The rule of the store, as text; null when it cannot be used. */
  readonly bad: string | null;
  readonly detectors: ReadonlySet<DetectorName>;
  /** What lies far from the window, by a wrong clock. */
  readonly strays: readonly Stray[];
}

/** **Faults** CC5002, CC5003, CC5004. */
export async function scan(port: ScanPort, question: ScanQuestion): Promise<ScanReport> {
  const { window, bad, detectors, strays } = question;
  port.say('looking at the columns');
  const profile = await profileOf(port, window, bad);
  if (profile.rows === 0) return emptyReport(window);
  const axes = axesOf(port, profile.columns.zone);
  const signals = affordable(
    profile.signals.filter(({ family }) => detectors.has(detectorOf[family])),
  );
  port.say('reading the events');
  const blocks = blocksOf(window);
  const { stepMicros } = blocks;
  const facts = await scanFacts({ ...profile, port, axes, window, signals, stepMicros });
  const excess = await searchExcess(facts, blocks);
  const searched = await searchRest(facts, { profile, excess, detectors, strays });
  const findings = ranked(joinedOf(searched, facts, detectors), excess.bound);
  const { quiet, failures } = searched;
  return {
    window,
    rows: profile.rows,
    events: profile.events,
    coverage: {
      minutes: Math.ceil((window.end - window.start) / microsPerMinute),
      measured: quiet.measured,
      gaps: quiet.gaps,
    },
    detectors: statementsOf(findings, detectors, {
      facts,
      profile,
      versions: searched.versions.reason,
      tests: {
        excess: Math.round(excess.tests),
        quiet: quiet.tests,
        skew: quiet.hosts.length,
      },
    }),
    findings,
    chronic: [...chronicOf(excess, facts.dictionaries), ...failures.habits],
    rule: profile.fail,
  };
}

interface Searched {
  readonly versions: VersionFindings;
  readonly failures: Assembled;
  readonly quiet: QuietAnswer;
  readonly skew: SkewAnswer;
  readonly strays: readonly Finding[];
  readonly lives: readonly Finding[];
  readonly less: readonly Finding[];
  readonly errors: readonly Finding[];
}

interface Rest {
  readonly profile: Profile;
  readonly excess: Excess;
  readonly detectors: ReadonlySet<DetectorName>;
  readonly strays: readonly Stray[];
}

/** Everything but the walks over failures. */
async function searchRest(facts: ScanFacts, rest: Rest): Promise<Searched> {
  const { port, axes, window } = facts;
  const { profile, detectors } = rest;
  port.say('comparing versions, counting who was hurt, looking for silence');
  const [ofFailures, ofSilence, lives, errors] = await together([
    searchFailures(facts, rest),
    searchMissing(facts, rest),
    detectors.has('short-lived-hosts') ? searchShortLives(facts) : [],
    detectors.has('new-error') ? searchNewErrors(port, { profile, axes, window }) : [],
  ]);
  return { ...ofFailures, ...ofSilence, lives, errors };
}

async function searchFailures(
  facts: ScanFacts,
  { profile, excess, detectors }: Rest,
): Promise<Pick<Searched, 'versions' | 'failures'>> {
  const { port, dictionaries, window } = facts;
  const context: AssembleContext = { port, dictionaries, profile, window, ...excess };
  const versions = detectors.has('version-mismatch')
    ? await searchMismatches(facts, profile.fail)
    : { findings: [], transitions: [], reason: null };
  return { versions, failures: await assemble(context, excess, versions.transitions) };
}

async function searchMissing(
  facts: ScanFacts,
  { profile, excess, detectors, strays: stray }: Rest,
): Promise<Pick<Searched, 'quiet' | 'skew' | 'strays' | 'less'>> {
  const { port, window } = facts;
  const { exposures } = excess;
  const { blocks } = exposures.routes;
  const skews = detectors.has('clock-skew');
  const quiet = await searchQuiet({ facts, blocks, exposures, zone: profile.columns.zone });
  const strays = skews ? await searchStrays(port, stray, window) : [];
  const hosts = quiet.hosts.filter((one) => !isStrayed(one, strays));
  const { rows, findings: silences } = quiet;
  const [skew, less] = await together([
    skews ? searchSkew(facts, { ...quiet, hosts }) : { findings: [], explained: new Set<string>() },
    detectors.has('silence') ? searchLess({ facts, blocks, rows, silences }) : [],
  ]);
  const told = (findings: readonly Finding[]) =>
    findings.map((finding) => withDamage(finding, port.source.lost ?? []));
  return { quiet: { ...quiet, findings: told(silences) }, skew, strays, less: told(less) };
}

function joinedOf(
  { versions, failures, quiet, skew, strays, lives, less, errors }: Searched,
  { window }: ScanFacts,
  detectors: ReadonlySet<DetectorName>,
): readonly Finding[] {
  const silences = isTooShort(window)
    ? []
    : quiet.findings.filter(({ detector }) => detectors.has(detector));
  return joined({
    failures: failures.findings,
    silences: silences.filter(
      ({ hosts, expected }) =>
        !hosts.some((host) => skew.explained.has(host)) &&
        !(hosts.length === 1 && isStrayed({ host: hosts[0] ?? '', missing: expected }, strays)),
    ),
    versions: versions.findings,
    lives,
    less,
    others: [...skew.findings, ...strays, ...errors],
  });
}

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
        customers: excess.exposures.customers,
        traffic: excess.exposures.all,
        bound: excess.bound,
      }),
    ),
  );
  const finding: Promise<Finding>[] = [];
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
    const names = others
      .map(({ signal }) => signal.name)
      .filter((name) => name !== primary.signal.name);
    const alsoSeenAs = [...new Set(names)].sort();
    finding.push(
      findingOf(context, primary).then((found) => ({
        ...found,
        ...(isRestart ? { severity } : {}),
        alsoSeenAs,
      })),
    );
  }
  const findings = await together(finding);
  return { findings, habits: recurringOf(habits, context.dictionaries, context.profile) };
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
