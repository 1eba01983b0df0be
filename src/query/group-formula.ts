/**
 * Formulas over calculations: what a plan knows of them, and their values as SQL over columns that
 * hold the calculations. Both groups and buckets are answered from here.
 */
import { present } from '../base/assert.js';
import { Fault } from '../base/fault.js';
import type { ColumnType } from '../event/column.js';
import {
  type BoundFormula,
  bindFormula,
  heightOf,
  maxFormulaHeight,
  refsOf,
} from '../expression/formula-bind.js';
import { as, call, cast, column, literal, select } from '../sql/build.js';
import type { SqlColumn, SqlExpression, SqlSelect, SqlSource } from '../sql/node.js';
import { instantText } from './field-lanes.js';
import { formulaLanes } from './formula-sql.js';
import { formulaUnit } from './formula-unit.js';
import {
  booleanLane,
  filledLanes,
  finiteSql,
  type Lanes,
  Lets,
  noLanes,
  numberLane,
  stringLane,
  textSql,
} from './lanes.js';
import type { PlanCalculation } from './plan.js';
import { aliases } from './rows-sql.js';
import type { AnswerFormula } from './spec.js';

/** A formula of a plan; `places`: where among `before` each of its names is. **Faults** CC1238. */
export function resolveFormula(
  { name, formula, at }: AnswerFormula,
  places: ReadonlyMap<string, number>,
  before: readonly PlanCalculation[],
): PlanCalculation | Fault {
  const bound = bindFormula<number>(formula, {
    column: (meant) => present(places.get(meant.name), meant.name),
    system: (system) => present(places.get(system), system),
  });
  const levels = heightIn(bound, before);
  if (levels > maxFormulaHeight) {
    return new Fault('CC1238', { name, levels, most: maxFormulaHeight }, { at });
  }
  const plain: PlanCalculation = {
    label: name,
    op: 'formula',
    formula: bound,
    use: null,
    filter: null,
    quantile: null,
    type: 'string',
    unit: null,
    hidden: false,
  };
  const lanes = lanesOf([...before, plain], new Lets())[before.length];
  const type = typeOf(lanes ?? noLanes);
  const isNumber = type === 'integer' || type === 'number';
  const unit = formulaUnit(bound, (place) => before[place]?.unit ?? null);
  return { ...plain, type, unit: isNumber ? unit : null };
}

function heightIn(formula: BoundFormula<number>, before: readonly PlanCalculation[]): number {
  const heights: number[] = [];
  const behind = (place: number): number => heights[place] ?? 0;
  for (const item of before) heights.push(item.formula ? heightOf(item.formula, behind) : 0);
  return heightOf(formula, behind);
}

/** The calculations that some stand on, those themselves included; in the order of the plan. */
export function standingOn(
  wanted: readonly PlanCalculation[],
  all: readonly PlanCalculation[],
): readonly PlanCalculation[] {
  const found = new Set<PlanCalculation>();
  const visit = (item: PlanCalculation | undefined): void => {
    if (item === undefined || found.has(item)) return;
    found.add(item);
    if (item.formula !== null) for (const place of refsOf(item.formula)) visit(all[place]);
  };
  for (const item of wanted) visit(item);
  return all.filter((item) => found.has(item));
}

/**
 * All calculations but those that are null, which are not wanted.
 * **Invariant** `from` has a column for each other calculation that a formula stands on.
 */
export function withFormulas(
  calculations: readonly (PlanCalculation | null)[],
  from: SqlSource,
  kept: { readonly before: readonly SqlColumn[]; readonly behind: readonly SqlColumn[] },
): SqlSelect {
  const lets = new Lets();
  const lanes = lanesOf(calculations, lets);
  const columns = calculations.flatMap((item, place) => {
    if (item === null) return [];
    const name = aliases.calculation(place);
    return as(item.formula === null ? column(name) : cellSql(lanes[place] ?? noLanes), name);
  });
  const layered = lets.layers().reduce((source: SqlSource, layer): SqlSource => {
    const inner = select([{ star: true }, ...layer], { from: source });
    return { kind: 'subquery', select: inner, alias: 'answers' };
  }, from);
  return select([...kept.before, ...columns, ...kept.behind], { from: layered });
}

/** The lanes of the formulas, each of which is worked out once; none for other calculations. */
function lanesOf(calculations: readonly (PlanCalculation | null)[], lets: Lets): readonly Lanes[] {
  const known = new Map<number, Lanes>();
  const read = (place: number): Lanes => {
    const item = calculations[place] ?? null;
    const lanes = known.get(place) ?? (item === null ? noLanes : ownLanes(lets, item, place));
    known.set(place, lanes);
    return lanes;
  };
  return calculations.map((item, place) => {
    if (item === null || item.formula === null) return noLanes;
    const instant = () => literal(null);
    const value = formulaLanes(item.formula, { lets, missing: 'missing', read, instant });
    const lanes = lets.bindAll(value);
    known.set(place, lanes);
    return lanes;
  });
}

/** Sums are wider than 64 bits, so that only the smallest and largest stay whole numbers. */
export function isWhole({ type, op }: PlanCalculation): boolean {
  return type === 'integer' && (op === 'min' || op === 'max');
}

function ownLanes(lets: Lets, item: PlanCalculation, place: number): Lanes {
  const value = column(aliases.calculation(place));
  switch (item.type) {
    case 'string':
      return stringLane(value);
    case 'boolean':
      return booleanLane(value);
    case 'timestamp':
      return stringLane(instantText(call('epoch_us', value)));
    default:
      return isWhole(item)
        ? numberLane(value, true)
        : numberLane(finiteSql(lets, cast(value, 'DOUBLE')));
  }
}

function typeOf({ number, string, boolean }: Lanes): ColumnType {
  if (number !== null && string === null && boolean === null) {
    return number.integer ? 'integer' : 'number';
  }
  return boolean !== null && string === null && number === null ? 'boolean' : 'string';
}

/** Values of several types are shown as text. */
function cellSql(lanes: Lanes): SqlExpression {
  const [first = cast(literal(null), 'VARCHAR'), ...others] = filledLanes(lanes);
  return others.length === 0 ? first : (textSql(lanes) ?? first);
}
