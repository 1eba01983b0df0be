/** How well a report tells what was planted. Pure. */
import type { Finding } from '../../src/forensics/scan-finding.js';
import type { PlacedTruth } from './build.js';

export interface Match {
  readonly truth: PlacedTruth;
  /** Null when it was missed. */
  readonly finding: Finding | null;
  readonly overlap: number;
  readonly onsetMinutes: number;
  /** How long after its start the first row shows it: no onset can be told better. */
  readonly unseenMinutes: number;
  readonly hostsRight: boolean;
  readonly versionsRight: boolean;
  /** Relative error of the events hurt; null where they cannot be counted. */
  readonly countError: number | null;
  readonly isFirst: boolean;
}

export interface Score {
  /** Of data; one scenario counts as a week unless said. */
  readonly weeks?: number;
  readonly matches: readonly Match[];
  /** Findings, information aside, that tell of nothing planted. */
  readonly wrong: readonly Finding[];
  /** Findings beside the best one that tell of the same. */
  readonly repeated: readonly Finding[];
}

export function isTold({ severity }: Finding): boolean {
  return severity !== 'info';
}

/**
 * With less evidence nothing is told from chance: neither missed nor wrong. **Units** nats: a scan
 * of weeks needs about 30 to stand out among all it looks at, and 10 to say who it was.
 */
const leastEvidence = 40;
const fewestHurt = 10;

function isLarge({ counted, hurt, evidence }: PlacedTruth): boolean {
  return evidence >= leastEvidence && (!counted || hurt >= fewestHurt);
}

export function scoreOf(findings: readonly Finding[], truths: readonly PlacedTruth[]): Score {
  const told = findings.filter(isTold);
  const large = truths.filter(isLarge);
  const matches = large.map((truth): Match => {
    const own = told.filter((finding) => tells(finding, truth));
    const best = own.reduce<Finding | null>(
      (before, finding) =>
        before === null || overlapOf(finding, truth) > overlapOf(before, truth) + 0.2
          ? finding
          : before,
      null,
    );
    if (best === null) {
      return {
        truth,
        finding: null,
        overlap: 0,
        onsetMinutes: Number.POSITIVE_INFINITY,
        unseenMinutes: unseenOf(truth),
        hostsRight: false,
        versionsRight: false,
        countError: null,
        isFirst: false,
      };
    }
    return {
      truth,
      finding: best,
      overlap: overlapOf(best, truth),
      onsetMinutes: Math.abs(best.start - truth.start) / 60e6,
      unseenMinutes: unseenOf(truth),
      hostsRight: truth.hosts.length === 0 || same(withoutUnhurt(best, truth), truth.hosts),
      versionsRight: truth.versions.length === 0 || same(best.versions, truth.versions),
      countError: truth.counted
        ? Math.abs(best.requestsAffected - truth.hurt) / Math.max(1, truth.hurt)
        : null,
      isFirst: truths.some((other) => told[0] !== undefined && tells(told[0], other)),
    };
  });
  const used = new Set(matches.flatMap(({ finding }) => finding ?? []));
  const wrong = told.filter((finding) => !truths.some((truth) => tells(finding, truth)));
  const repeated = told.filter(
    (finding) => !used.has(finding) && large.some((truth) => tells(finding, truth)),
  );
  return { matches, wrong, repeated };
}

/** It overlaps in time, and names what was planted or a part of it. */
function tells(finding: Finding, truth: PlacedTruth): boolean {
  if (overlapOf(finding, truth) < 0.1 && !within(finding, truth)) return false;
  const parts = [
    [finding.hosts, truth.hosts],
    [finding.versions, truth.versions],
    [finding.customers, truth.customers],
    [finding.endpoints, truth.routes],
    [finding.azs, truth.zones],
    [finding.services, truth.services],
  ] as const;
  const planted = parts.filter(([, wanted]) => wanted.length > 0);
  if (planted.length === 0) return true;
  return planted.some(([own, wanted]) => own.some((one) => wanted.includes(one)));
}

function within(finding: Finding, truth: PlacedTruth): boolean {
  const pad = 15 * 60e6;
  return finding.start >= truth.start - pad && finding.end <= truth.end + pad;
}

/** Shared time by time of either. */
export function overlapOf(
  left: { readonly start: number; readonly end: number },
  right: { readonly start: number; readonly end: number },
): number {
  const shared = Math.min(left.end, right.end) - Math.max(left.start, right.start);
  const whole = Math.max(left.end, right.end) - Math.min(left.start, right.start);
  return shared <= 0 ? 0 : shared / whole;
}

function unseenOf({ firstSeen, start }: PlacedTruth): number {
  return ((firstSeen ?? start) - start) / 60e6;
}

function withoutUnhurt({ hosts }: Finding, { unhurt }: PlacedTruth): readonly string[] {
  return hosts.filter((host) => !unhurt.includes(host));
}

function same(left: readonly string[], right: readonly string[]): boolean {
  return JSON.stringify([...left].sort()) === JSON.stringify([...right].sort());
}
