/** rate_sum, rate_avg and rate_max: how a sum, average or maximum changes from bucket to bucket. */
import type { PlanCalculation } from './plan.js';
import type { Cell } from './ports.js';

const innerOps = { rate_sum: 'sum', rate_avg: 'avg', rate_max: 'max' } as const;

/** The calculation of one bucket whose steps are wanted; null for calculations of other kinds. */
export function innerOf(item: PlanCalculation): PlanCalculation | null {
  const { op } = item;
  const isStepped = op === 'rate_sum' || op === 'rate_avg' || op === 'rate_max';
  return isStepped ? { ...item, op: innerOps[op] } : null;
}

/** What a value grew by; null when either is missing. 15 digits, so that 0.3 − 0.1 is 0.2. */
export function stepBetween(before: Cell, now: Cell): Cell {
  if (before === null || now === null) return null;
  if (typeof before === 'bigint' || typeof now === 'bigint') {
    const step = BigInt(now) - BigInt(before);
    const number = Number(step);
    return Number.isSafeInteger(number) ? number : step;
  }
  return Number((Number(now) - Number(before)).toPrecision(15));
}
