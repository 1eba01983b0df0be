/** Breakdowns and calculations on the fields of one snapshot. */
import { unreachable } from '../base/assert.js';
import { Fault } from '../base/fault.js';
import type { ColumnType } from '../event/column.js';
import { type Field, type FieldUse, hasExtra, shownUse } from './field.js';
import type { PlanCalculation, PlanKey } from './plan.js';
import { resolveTerm, type Scope } from './scope.js';
import { type Breakdown, type Calculation, term } from './spec.js';

/** The key of a breakdown, or null after adding to `faults` (CC1201, CC1204). */
export function resolveKey(scope: Scope, asked: Breakdown, faults: Fault[]): PlanKey | null {
  const field = resolveTerm(scope, asked.term, faults);
  if (field === null) return null;
  const { label, modifier } = asked;
  if (modifier === null) {
    const use = shownUse(field);
    return { label, use, modifier, type: use.as, unit: isNumeric(use.as) ? field.unit : null };
  }
  if (typeof modifier === 'object') {
    const use: FieldUse = { field, as: 'string' };
    if (field.type === 'string') return { label, use, modifier, type: 'string', unit: null };
  } else if (field.numeric !== null) {
    const use: FieldUse = { field, as: field.numeric };
    return modifier === 'class'
      ? { label, use, modifier, type: 'string', unit: null }
      : { label, use, modifier, type: 'number', unit: field.unit };
  }
  const needed = typeof modifier === 'object' ? 'text' : 'a number';
  faults.push(needs(asked.term, label, needed, `${field.label} is ${field.type}`));
  return null;
}

/** The calculations of a plan: asked for ones first, each once, found again by what they do. */
export class CalculationList {
  readonly calculations: PlanCalculation[] = [];
  readonly #scope: Scope;
  readonly #faults: Fault[];

  constructor(scope: Scope, faults: Fault[]) {
    this.#scope = scope;
    this.#faults = faults;
  }

  /** The index of the calculation, added when missing; null after a fault. */
  add(asked: Calculation, hidden: boolean): number | null {
    const resolved = resolveCalculation(this.#scope, asked, hidden, this.#faults);
    if (resolved === null) return null;
    const known = this.calculations.findIndex((other) => isSame(other, resolved));
    if (known >= 0 && (hidden || this.calculations[known]?.label === asked.label)) return known;
    return this.calculations.push(resolved) - 1;
  }
}

function isSame(left: PlanCalculation, right: PlanCalculation): boolean {
  const sources = (item: PlanCalculation) => JSON.stringify(item.use?.field.sources ?? null);
  return (
    left.op === right.op && left.quantile === right.quantile && sources(left) === sources(right)
  );
}

function resolveCalculation(
  scope: Scope,
  asked: Calculation,
  hidden: boolean,
  faults: Fault[],
): PlanCalculation | null {
  const { label, op } = asked;
  const base = { label, op, use: null, quantile: null, unit: null, hidden };
  switch (op) {
    case 'count':
      return { ...base, type: 'integer' };
    case 'rate':
      return { ...base, type: 'number', unit: 'per second' };
    case 'error_rate':
      return { ...base, type: 'number', unit: 'ratio' };
    case 'distinct': {
      const field = columnField(scope, asked, faults);
      return field && { ...base, use: shownUse(field), type: 'integer' };
    }
    case 'min':
    case 'max': {
      const field = columnField(scope, asked, faults);
      if (field === null) return null;
      const use = extremeUse(field);
      return { ...base, use, type: use.as, unit: isNumeric(use.as) ? field.unit : null };
    }
    case 'sum':
    case 'avg':
    case 'percentile': {
      const field = columnField(scope, asked, faults);
      if (field === null) return null;
      if (field.numeric === null) {
        faults.push(needs(asked.column, label, 'a number', `${field.label} is ${field.type}`));
        return null;
      }
      const use: FieldUse = { field, as: field.numeric };
      const type = op === 'sum' ? field.numeric : 'number';
      const quantile = asked.percentile === null ? null : Number(`${asked.percentile}e-2`);
      return { ...base, use, quantile, type, unit: field.unit };
    }
    default:
      return unreachable(op);
  }
}

/** A column named, or the duration role. */
function columnField(scope: Scope, asked: Calculation, faults: Fault[]): Field | null {
  if (asked.column !== null) return resolveTerm(scope, asked.column, faults);
  const found: Fault[] = [];
  const field = resolveTerm(scope, term('duration'), found);
  if (field === null) {
    const advice = `no column is known as the duration; write ${asked.label}(COLUMN)`;
    faults.push(needs(null, asked.label, 'a column', advice));
  }
  return field;
}

/** Smallest and largest go by number where a column is one or stands for one. */
function extremeUse(field: Field): FieldUse {
  const isNumber = field.type === 'string' ? field.numericText : hasExtra(field);
  return { field, as: (isNumber ? field.numeric : null) ?? field.type };
}

function needs(at: Breakdown['term'] | null, name: string, needed: string, advice: string): Fault {
  const place = at?.at ?? { option: '--calc' };
  return new Fault('CC1204', { name, needed, advice }, { at: place });
}

function isNumeric(type: ColumnType): boolean {
  return type === 'integer' || type === 'number';
}
