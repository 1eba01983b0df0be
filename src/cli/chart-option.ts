/** `--chart`: which kind is asked for, and what cannot be drawn like that. */
import type { Plan, PlanCalculation } from '../query/plan.js';
import { visible } from '../query/series.js';
import { type ChartKind, chartKinds } from '../render/chart-kind.js';
import type { Invocation } from './command.js';
import { flagOption, oneOf, optionFault, textOption } from './option-values.js';

/** The kind of chart asked for; null where it is ours to choose, undefined for no chart. */
export function chartOptionOf(values: Invocation['values']): ChartKind | null | undefined {
  if (flagOption(values, 'chart') === true) return null;
  const text = textOption(values, 'chart');
  return text === undefined ? undefined : oneOf(text, 'chart', chartKinds);
}

/** What the groups have together is the sum of what they have. */
const addingUp: ReadonlySet<PlanCalculation['op']> = new Set([
  'count',
  'rate',
  'sum',
  'concurrency',
  'rate_sum',
]);

/** **Faults** CC1003 for a stack of what does not add up. */
export function refuseStack(kind: ChartKind | null | undefined, plan: Plan): void {
  if (kind !== 'stacked') return;
  const drawn = plan.buckets?.shape === 'series' ? visible(plan).slice(0, 1) : visible(plan);
  const apart = drawn.find(({ op }) => !addingUp.has(op));
  if (apart === undefined) return;
  const hint = 'the height of a stack is a sum, which these do not have';
  throw optionFault('chart', 'stacked', { expected: `line for ${apart.label}`, hint });
}
