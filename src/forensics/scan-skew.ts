/**
 * Clocks that are wrong. Where a second time column says when an event was received, by the lag of
 * a host against the others; else by what a wrong clock leaves behind: a silence, and as long a
 * stretch with twice the events.
 */
import { rollupSpec } from '../query/rollup.js';
import { microsPerMinute } from '../time/instant.js';
import type { TimeRange } from '../time/range.js';
import { entityText } from './scan-detail.js';
import type { Finding } from './scan-finding.js';
import { noEntities, plainFinding } from './scan-plain.js';
import { filterOf, quoted, type ScanPort } from './scan-port.js';
import type { HostSilence } from './scan-quiet.js';
import { likelihoodGain } from './scan-walk.js';

/** Chosen by us: how far from its silence a clock is followed, and how far off it may be. */
const searchMinutes = 1_440;
const mostSkewMinutes = 240;
/** Chosen by us: silences that are looked at. */
const mostLooks = 12;
/** Chosen by us, in nats. */
const leastGain = 8;

export interface SkewAnswer {
  readonly findings: readonly Finding[];
  /** Silences that a wrong clock explains. */
  readonly explained: ReadonlySet<string>;
}

export async function searchSkew(
  port: ScanPort,
  silences: readonly HostSilence[],
  window: TimeRange,
): Promise<SkewAnswer> {
  const findings: Finding[] = [];
  const explained = new Set<string>();
  for (const silence of silences.slice(0, mostLooks)) {
    const length = silence.to - silence.from;
    if (length > mostSkewMinutes) continue;
    const double = await doubleTraffic(port, silence, window);
    if (double === null) continue;
    explained.add(silence.host);
    findings.push(skewFinding(silence, double));
  }
  return { findings, explained };
}

interface Double {
  readonly from: number;
  readonly to: number;
  readonly gain: number;
}

async function doubleTraffic(
  port: ScanPort,
  silence: HostSilence,
  window: TimeRange,
): Promise<Double | null> {
  const range = {
    start: Math.max(window.start, (silence.from - searchMinutes) * microsPerMinute),
    end: Math.min(window.end, (silence.to + searchMinutes) * microsPerMinute),
  };
  const rows = await port.rollup(
    rollupSpec(range, {
      stepMicros: microsPerMinute,
      where: [filterOf(`host = ${quoted(silence.host)}`)],
    }),
  );
  const origin = Math.floor(range.start / microsPerMinute);
  const counts = new Float64Array(Math.ceil(range.end / microsPerMinute) - origin);
  for (const [at, count] of rows)
    counts[Math.floor(Number(at) / microsPerMinute) - origin] = Number(count);
  const length = silence.to - silence.from;
  const sums = new Float64Array(counts.length + 1);
  counts.forEach((count, index) => {
    sums[index + 1] = (sums[index] ?? 0) + count;
  });
  const usual = silence.missing;
  let best: Double | null = null;
  for (let from = 0; from + length <= counts.length; from += 1) {
    const count = (sums[from + length] ?? 0) - (sums[from] ?? 0);
    if (count < 1.6 * usual || count > 2.6 * usual) continue;
    const gain = likelihoodGain(count, usual);
    if (gain < leastGain || (best !== null && gain <= best.gain)) continue;
    best = { from: origin + from, to: origin + from + length, gain };
  }
  return best;
}

function skewFinding(silence: HostSilence, double: Double): Finding {
  const isFast = double.from > silence.from;
  const from = Math.min(silence.from, double.from);
  const to = Math.max(silence.to, double.to);
  const [start, end] = [from * microsPerMinute, to * microsPerMinute];
  const minutes = silence.to - silence.from;
  return plainFinding(
    {
      detector: 'clock-skew',
      kind: 'clock wrong',
      class: 'skew',
      severity: 'warning',
      score: silence.score + double.gain,
      evalue: 0,
      title: `host ${silence.host}: clock about ${minutes} min ${isFast ? 'ahead' : 'behind'}`,
      start,
      end,
      whyUnnoticed: 'its events are all there, at the wrong time',
      evidence: [
        {
          title: 'a silence, and as long a stretch with twice the events',
          where: entityText({ hosts: [silence.host] }, null),
          by: [],
          calc: ['count'],
          every: '5m',
          window: { start: start - 60 * microsPerMinute, end: end + 60 * microsPerMinute },
        },
      ],
    },
    { ...noEntities, hosts: [silence.host] },
  );
}
