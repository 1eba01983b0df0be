/** What has been so for as long as the data goes back: told apart, never as an incident. Pure. */
import type { Baseline, Factor } from './scan-baseline.js';
import type { Dictionaries } from './scan-cells.js';
import { selectionText } from './scan-detail.js';
import type { Excess } from './scan-excess.js';
import type { ChronicCondition } from './scan-finding.js';
import type { Incident } from './scan-merge.js';
import type { Profile } from './scan-signal.js';

/** Chosen by us: below this a condition is not worth a line. */
const leastFactor = 3;
const leastRate = 0.05;
const mostListed = 20;

/** Hosts and customers that always fail more than usual, the most bad rows first. */
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

/** What comes back again and again, once for each signal and entity. */
export function recurringOf(
  habits: ReadonlySet<Incident>,
  dictionaries: Dictionaries,
  { columns }: Profile,
): readonly ChronicCondition[] {
  const byName = new Map<string, ChronicCondition>();
  for (const { primary } of habits) {
    const { selection, signal, rows, count, expected } = primary;
    const entity = selectionText(dictionaries, selection, columns.zone) ?? 'everything';
    const key = `${signal.name} ${entity}`;
    const known = byName.get(key) ?? {
      what: 'recurring',
      entity,
      signal: signal.name,
      rate: 0,
      usual: expected / Math.max(1, rows),
      rows: 0,
      bad: 0,
    };
    const [allRows, bad] = [known.rows + rows, known.bad + count];
    byName.set(key, { ...known, rows: allRows, bad, rate: bad / Math.max(1, allRows) });
  }
  return [...byName.values()];
}
