/** What calculations take from each row: a value, or how long the event was going on. */
import { unreachable } from '../base/assert.js';
import { binary, call, cast, column, isNotNull, literal, when } from '../sql/build.js';
import type { SqlExpression } from '../sql/node.js';
import type { TimeRange } from '../time/range.js';
import { type FieldUse, microsPerUnit } from './field.js';
import type { PlanCalculation, PlanFilter } from './plan.js';
import { conditionSql, valueSql } from './value-sql.js';

/** `active`: the microseconds of the window in which the event was going on. */
export interface CalculationInput {
  readonly kind: 'value' | 'active';
  readonly use: FieldUse;
  readonly filter: PlanFilter | null;
}

/** Null for calculations that only count. */
export function inputOf({ op, use, filter }: PlanCalculation): CalculationInput | null {
  if (use === null) return null;
  return { kind: op === 'concurrency' ? 'active' : 'value', use, filter };
}

/** Each input once, in the order of the calculations. */
export function inputsOf(calculations: readonly PlanCalculation[]): readonly CalculationInput[] {
  const byKey = new Map<string, CalculationInput>();
  for (const item of calculations) {
    const input = inputOf(item);
    if (input !== null) byKey.set(keyOf(input), byKey.get(keyOf(input)) ?? input);
  }
  return [...byKey.values()];
}

/** The same text for inputs that are the same. */
export function keyOf({ kind, use, filter }: CalculationInput): string {
  return JSON.stringify([kind, use, filter?.text ?? null]);
}

/** The filters of calculations that only count, each once. */
export function filtersOf(calculations: readonly PlanCalculation[]): readonly PlanFilter[] {
  const counting = calculations.flatMap(({ use, filter }) => (use === null && filter) || []);
  return [...new Map(counting.map((filter) => [filter.text, filter])).values()];
}

/** An input of one row; null where its filter does not hold. */
export function inputColumn(input: CalculationInput, window: TimeRange): SqlExpression {
  const value = inputValue(input, window);
  return input.filter === null
    ? value
    : when([[conditionSql(input.filter.condition), value]], null);
}

function inputValue({ kind, use }: CalculationInput, window: TimeRange): SqlExpression {
  switch (kind) {
    case 'value':
      return valueSql(use);
    case 'active': {
      const start = call('epoch_us', column('ts'));
      const end = call('least', binary('+', start, durationMicros(use)), literal(window.end));
      const active = call('greatest', binary('-', end, start), literal(0));
      return when([[isNotNull(valueSql(use)), active]], null);
    }
    default:
      return unreachable(kind);
  }
}

/** Longer than any event; keeps sums of times within 64 bits. **Units** microseconds, 126 years. */
export const longestMicros = 4e15;

/** A duration in whole microseconds from 0 to `longestMicros`; not meant for a missing one. */
export function durationMicros(use: FieldUse): SqlExpression {
  const factor = use.field.unit === null ? 1 : microsPerUnit[use.field.unit];
  const micros = binary('*', cast(valueSql(use), 'DOUBLE'), cast(literal(factor), 'DOUBLE'));
  const longest = cast(literal(longestMicros), 'DOUBLE');
  const limited = call('greatest', call('least', micros, longest), literal(0));
  return cast(call('round', limited), 'BIGINT');
}
