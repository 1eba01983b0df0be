/** What has been so for as long as the data goes back: told apart, never as an incident. Pure. */
import type { Baseline, Factor } from './scan-baseline.js';
import type { Dictionaries } from './scan-cells.js';
import type { Excess } from './scan-excess.js';
import type { ChronicCondition } from './scan-finding.js';

/** Chosen by us: below this a condition is not worth a line. */
const leastFactor = 3;
const leastRate = 0.05;
const mostListed = 20;

export function chronicOf(
  { signals, baselines }: Excess,
  dictionaries: Dictionaries,
): readonly ChronicCondition[] {
  return baselines
    .flatMap((baseline, index) => {
      const signal = signals[index];
      if (signal === undefined || (signal.family !== 'fail' && signal.family !== 'status'))
        return [];
      const of = (what: 'customer' | 'host', factors: Baseline['customers']) =>
        [...factors.values()].filter(isWorthIt).map((factor) => ({
          what,
          entity: dictionaries[what].texts[factor.id] ?? '',
          signal: signal.name,
          rate: factor.rate,
          usual: baseline.overall,
          rows: factor.rows,
          bad: factor.hits,
        }));
      return [...of('customer', baseline.customers), ...of('host', baseline.hosts)];
    })
    .sort((left, right) => right.bad - left.bad || (left.entity < right.entity ? -1 : 1))
    .slice(0, mostListed);
}

function isWorthIt({ factor, rate }: Factor): boolean {
  return factor >= leastFactor && rate >= leastRate;
}
