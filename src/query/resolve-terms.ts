/** Breakdowns and calculations on the fields of one snapshot. */
import { AssertionFailure, unreachable } from '../base/assert.js';
import { Fault } from '../base/fault.js';
import type { ColumnType } from '../event/column.js';
import { type Field, type FieldUse, hasExtra, shownUse } from './field.js';
import { resolveFormula } from './group-formula.js';
import type { PlanCalculation, PlanHeatmap, PlanKey } from './plan.js';
import { resolveFilter } from './resolve-filter.js';
import type { RelationList } from './resolve-relations.js';
import { resolveTerm, type Scope } from './scope.js';
import {
  type AnswerFormula,
  type Breakdown,
  type Calculation,
  countCalculation,
  type Measure,
  type QuerySpec,
  term,
} from './spec.js';

/** The key of a breakdown, or null after adding to `faults` (CC1201, CC1204). */
export function resolveKey(
  scope: Scope,
  asked: Breakdown,
  others: RelationList,
  faults: Fault[],
): PlanKey | null {
  const other = others.find(asked.term);
  const field = other === undefined ? resolveTerm(scope, asked.term, faults) : other;
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

/** What an answer shows beside its breakdowns. */
type Shown = Pick<QuerySpec, 'calculations' | 'formulas' | 'trailing'>;

/** The calculations of a plan: asked for ones first, each once, found again by what they do. */
export class CalculationList {
  readonly calculations: PlanCalculation[] = [];
  readonly heatmaps: PlanHeatmap[] = [];
  readonly #scope: Scope;
  readonly #faults: Fault[];

  constructor(scope: Scope, faults: Fault[]) {
    this.#scope = scope;
    this.#faults = faults;
  }

  /** Those shown; a question that only draws heatmaps shows the count. */
  addShown({ calculations, formulas, trailing }: Shown): void {
    const drawn = calculations.filter(isHeatmap);
    const shown = calculations.filter((one) => !isHeatmap(one));
    const isBare = shown.length + formulas.length === 0;
    for (const one of isBare ? [countCalculation] : shown) this.#add(one, false);
    for (const one of formulas) this.#addFormula(one);
    for (const one of trailing) this.#add(one, false);
    for (const one of drawn) {
      const heatmap = resolveHeatmap(this.#scope, one, this.#faults);
      if (heatmap !== null) this.heatmaps.push(heatmap);
    }
  }

  /** The index for HAVING, the order or a formula; null after a fault (CC1211). */
  add(asked: Measure, option: string): number | null {
    if (asked.op === 'formula') {
      const index = this.calculations.findIndex(
        ({ op, label }) => op === 'formula' && label === asked.label,
      );
      return index < 0 ? null : index;
    }
    if (!isHeatmap(asked)) return this.#add(asked, true);
    const advice = 'it is drawn, and given as counts in JSON; write p50 or p95 instead';
    this.#faults.push(new Fault('CC1211', { name: asked.label, advice }, { at: { option } }));
    return null;
  }

  #addFormula(asked: AnswerFormula): void {
    const places = new Map<string, number>();
    for (const [name, meant] of asked.names) {
      const place = this.add(meant, '--formula');
      if (place === null) return;
      places.set(name, place);
    }
    const resolved = resolveFormula(asked, places, this.calculations);
    if (resolved instanceof Fault) this.#faults.push(resolved);
    else this.calculations.push(resolved);
  }

  #add(asked: Calculation, hidden: boolean): number | null {
    const resolved = resolveCalculation(this.#scope, asked, hidden, this.#faults);
    if (resolved === null) return null;
    const known = this.calculations.findIndex((other) => isSame(other, resolved));
    if (known >= 0 && (hidden || this.calculations[known]?.label === asked.label)) return known;
    return this.calculations.push(resolved) - 1;
  }
}

function isHeatmap({ op }: Calculation): boolean {
  return op === 'heatmap';
}

function isSame(left: PlanCalculation, right: PlanCalculation): boolean {
  const what = ({ op, quantile, use, filter }: PlanCalculation) =>
    JSON.stringify([op, quantile, use?.field.sources ?? null, filter?.text ?? null]);
  return what(left) === what(right);
}

function resolveHeatmap(scope: Scope, asked: Calculation, faults: Fault[]): PlanHeatmap | null {
  const { label } = asked;
  const filter = asked.filter && resolveFilter(scope, asked.filter, faults);
  const use = numericUse(scope, asked, faults);
  return use && { label, use, filter, unit: use.field.unit, mostValues: null };
}

function resolveCalculation(
  scope: Scope,
  asked: Calculation,
  hidden: boolean,
  faults: Fault[],
): PlanCalculation | null {
  const { label, op } = asked;
  const filter = asked.filter && resolveFilter(scope, asked.filter, faults);
  const base = { label, formula: null, use: null, filter, quantile: null, unit: null, hidden };
  switch (op) {
    case 'count':
      return { ...base, op, type: 'integer' };
    case 'rate':
      return { ...base, op, type: 'number', unit: 'per second' };
    case 'error_rate':
      return { ...base, op, type: 'number', unit: 'ratio' };
    case 'distinct': {
      const field = columnField(scope, asked, faults);
      return field && { ...base, op, use: shownUse(field), type: 'integer' };
    }
    case 'min':
    case 'max': {
      const field = columnField(scope, asked, faults);
      if (field === null) return null;
      const use = extremeUse(field);
      return { ...base, op, use, type: use.as, unit: isNumeric(use.as) ? field.unit : null };
    }
    case 'concurrency': {
      const use = numericUse(scope, asked, faults);
      if (use === null) return null;
      if (use.field.unit !== null) return { ...base, op, use, type: 'number' };
      const advice = `${use.field.label} has no unit of time`;
      faults.push(needs(asked.column, label, 'a duration', advice));
      return null;
    }
    case 'sum':
    case 'rate_sum':
    case 'rate_max':
    case 'avg':
    case 'rate_avg':
    case 'percentile': {
      const use = numericUse(scope, asked, faults);
      if (use === null) return null;
      const isWhole = op === 'sum' || op === 'rate_sum' || op === 'rate_max';
      const type = isWhole ? use.as : 'number';
      const quantile = asked.percentile === null ? null : Number(`${asked.percentile}e-2`);
      return { ...base, op, use, quantile, type, unit: use.field.unit };
    }
    case 'heatmap':
      throw new AssertionFailure('a heatmap has no value for a group');
    default:
      return unreachable(op);
  }
}

/** A column that takes part in arithmetic, or null after a fault (CC1201, CC1204). */
function numericUse(scope: Scope, asked: Calculation, faults: Fault[]): FieldUse | null {
  const field = columnField(scope, asked, faults);
  if (field === null) return null;
  if (field.numeric !== null) return { field, as: field.numeric };
  faults.push(needs(asked.column, asked.label, 'a number', `${field.label} is ${field.type}`));
  return null;
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
