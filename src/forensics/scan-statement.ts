/** What each detector of a scan looked at: all, less, or nothing, and why. Pure. */
import { microsPerMinute } from '../time/instant.js';
import type { TimeRange } from '../time/range.js';
import { mostValues, type ScanFacts } from './scan-facts.js';
import {
  type DetectorName,
  type DetectorStatement,
  detectorNames,
  type Finding,
} from './scan-finding.js';
import { detectorOf, type Profile, type SignalFamily } from './scan-signal.js';

/** Chosen by us: in less nothing can be told from a pause. */
const leastMinutes = 120;
/** The reason given where a window is too short. */
export const tooShort = 'less than two hours of data';

/** Whether a silence could not be told from a pause. */
export function isTooShort({ start, end }: TimeRange): boolean {
  return end - start < leastMinutes * microsPerMinute;
}

/** What there was to look at. */
export interface ScanLooks {
  readonly facts: ScanFacts;
  readonly profile: Profile;
  /** Why versions were not compared; null when they were. */
  readonly versions: string | null;
  readonly tests: { readonly excess: number; readonly quiet: number; readonly skew: number };
}

/** **Shape** one a detector, in their order. */
export function statementsOf(
  findings: readonly Finding[],
  asked: ReadonlySet<DetectorName>,
  looks: ScanLooks,
): readonly DetectorStatement[] {
  return detectorNames.map((name) => {
    const own = findings.filter((finding) => finding.detector === name);
    const { reason, tests } = lookOf(name, looks);
    const why = asked.has(name) ? reason : 'not asked for';
    return {
      name,
      ran: why === null,
      reason: why ?? lessOf(name, looks),
      tests,
      evalue: own.reduce((least, { evalue }) => Math.min(least, evalue), 0.01),
      findings: own.length,
    };
  });
}

interface Look {
  /** Null when it could look. */
  readonly reason: string | null;
  readonly tests: number;
}

function lookOf(name: DetectorName, looks: ScanLooks): Look {
  const { facts, profile, versions, tests } = looks;
  const noHosts = facts.axes.breakdowns.has('host') ? null : 'no column has the role host';
  const short = isTooShort(facts.window) ? tooShort : null;
  switch (name) {
    case 'version-mismatch':
      return { reason: versions, tests: 0 };
    case 'short-lived-hosts':
      return { reason: noHosts, tests: 0 };
    case 'silence':
    case 'ingest-gap':
      return { reason: short, tests: tests.quiet };
    case 'clock-skew':
      return { reason: noHosts ?? short, tests: tests.skew };
    case 'new-error':
      return {
        reason: profile.columns.error === null ? 'no column of error texts' : null,
        tests: 0,
      };
    default:
      return { reason: whyNot(looks, name), tests: tests.excess };
  }
}

/** Why nothing that the detector looks for could be followed; null when something could. */
function whyNot({ facts, profile }: ScanLooks, name: DetectorName): string | null {
  const ofIt = ({ family }: { readonly family: SignalFamily }) => detectorOf[family] === name;
  if (facts.signals.some(ofIt)) return null;
  if (profile.signals.some(ofIt)) return 'it is true of too many events';
  if (name === 'failure' && profile.fail === null) return 'no status and no rule say what failed';
  return name === 'latency' ? 'no column has the role duration' : null;
}

/** What a detector that ran left out; null when nothing. */
function lessOf(name: DetectorName, { facts, profile }: ScanLooks): string | null {
  const left = profile.signals.filter(
    (signal) => detectorOf[signal.family] === name && !facts.signals.includes(signal),
  );
  const parts = left.map((signal) => `without ${signal.name}: true of too many events`);
  for (const one of ['host', 'route', 'version'] as const) {
    const most = mostValues[one];
    if (facts.dictionaries[one].texts.length < most) continue;
    parts.push(`${one}s beyond the ${most} with the most events are one`);
  }
  return parts.length === 0 ? null : parts.join('; ');
}
