/** From which duration on an answer is slow: a high percentile of the good ones of each route. */
import { runQuantiles } from '../query/quantile.js';
import type { Limits } from '../query/rollup.js';
import { breakdown, term } from '../query/spec.js';
import type { TimeRange } from '../time/range.js';
import type { Axes } from './scan-cells.js';
import { filterOf, type ScanPort } from './scan-port.js';
import { type Signal, slowShare } from './scan-signal.js';

/** Chosen by us: a percentile of fewer rows says nothing. */
const fewestForLimit = 100;

/** Of which answers the limits are learned. */
export interface LimitsQuestion {
  readonly signals: readonly Signal[];
  /** What counts as a good answer; null when nothing says so. */
  readonly good: string | null;
  readonly axes: Axes;
  readonly window: TimeRange;
  /** Of the window. */
  readonly rows: number;
}

/** Null where slowness is not asked about. */
export async function routeLimits(
  port: ScanPort,
  { signals, good, axes, window, rows }: LimitsQuestion,
): Promise<Limits | null> {
  if (signals.every(({ family }) => family !== 'slow')) return null;
  const keys = (['service', 'route'] as const).filter((one) => axes.breakdowns.has(one));
  const found = await runQuantiles(
    port.source,
    {
      keys: keys.map((one) => breakdown(one)),
      of: term('duration'),
      at: 1 - slowShare(rows),
      where: filterOf(good ?? 'true'),
      window,
      fewestRows: fewestForLimit,
    },
    port,
  );
  return {
    of: term('duration'),
    keys: keys.map((one) => term(one)),
    rows: found
      .map(({ key, value }) => ({ key, limit: value }))
      .sort((left, right) => (left.key.join('\u0000') < right.key.join('\u0000') ? -1 : 1)),
  };
}
