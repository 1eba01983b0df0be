/**
 * Calculated fields of a question on one snapshot: formulas become fields, each after those it
 * uses. Pure data without SQL text.
 */
import { present } from '../base/assert.js';
import { Fault, type FaultPlace } from '../base/fault.js';
import type { DurationUnit } from '../event/column.js';
import {
  type BoundFormula,
  bindFormula,
  heightOf,
  maxFormulaHeight,
  refsOf,
} from '../expression/formula-bind.js';
import { checkFormula } from '../expression/formula-check.js';
import { call, column, literal } from '../sql/build.js';
import type { DerivedSource, Field } from './field.js';
import { fieldLanes } from './field-lanes.js';
import { formulaLanes } from './formula-sql.js';
import { formulaUnit } from './formula-unit.js';
import { type Lanes, Lets } from './lanes.js';
import type { NamedFormula } from './spec.js';

/** A calculated field as a plan knows it. */
export interface PlanDerived {
  /** What its columns are called in generated SQL. */
  readonly alias: string;
  readonly label: string;
  readonly formula: BoundFormula<Field>;
}

/** A field, or the faults that it has. */
export interface DerivedField {
  readonly field: Field | null;
  readonly plan: PlanDerived | null;
  readonly faults: readonly Fault[];
  readonly height: number;
}

/** Looks a name up among the columns alone, and says what is wrong when there is none. */
export interface DerivedNames {
  readonly find: (name: string, exact: boolean) => Field | null;
  readonly unknown: (name: string, exact: boolean, at: FaultPlace) => Fault;
}

interface Resolving {
  readonly definitions: ReadonlyMap<string, NamedFormula>;
  readonly names: DerivedNames;
  readonly found: Map<string, DerivedField>;
  /** Names of the fields under way, the outermost first. */
  readonly open: string[];
}

/** The fields by name. **Faults** CC1201, CC1231 to CC1236, CC1238: kept with each field. */
export function derivedFields(
  definitions: readonly NamedFormula[],
  names: DerivedNames,
): ReadonlyMap<string, DerivedField> {
  const byName = new Map(definitions.map((one) => [one.name, one]));
  const found = new Map<string, DerivedField>();
  const resolving: Resolving = { definitions: byName, names, found, open: [] };
  for (const definition of byName.values()) resolveDefinition(resolving, definition);
  return found;
}

function resolveDefinition(resolving: Resolving, definition: NamedFormula): DerivedField {
  const { found, open } = resolving;
  const known = found.get(definition.name);
  if (known !== undefined) return known;
  open.push(definition.name);
  const faults = faultsOfDefinition(resolving, definition);
  const field = faults.length > 0 ? failed(faults) : bindDefinition(resolving, definition);
  open.pop();
  found.set(definition.name, field);
  return field;
}

function failed(faults: readonly Fault[]): DerivedField {
  return { field: null, plan: null, faults, height: 0 };
}

/** What a name means inside a formula: what there is, else a calculated field. */
function lookUp(resolving: Resolving, name: string, exact: boolean): Field | DerivedField | null {
  const known = resolving.names.find(name, exact);
  if (known !== null) return known;
  const definition = resolving.definitions.get(name);
  return definition === undefined ? null : resolveDefinition(resolving, definition);
}

/** The faults of a field that fails for another are those of the other. */
function faultsOfDefinition(resolving: Resolving, definition: NamedFormula): readonly Fault[] {
  const { names, open } = resolving;
  const { formula, source } = definition;
  const found = checkFormula(formula, source, {
    column: ({ name, exact }, at) => {
      if (open.includes(name) && names.find(name, exact) === null) return cycle(open, name, at);
      const meant = lookUp(resolving, name, exact);
      if (meant === null) return names.unknown(name, exact, at);
      return 'faults' in meant ? (meant.faults[0] ?? null) : null;
    },
    moment: () => null,
  });
  return [...new Set([...nameFaults(definition, names), ...found])];
}

function bindDefinition(resolving: Resolving, { name, formula, at }: NamedFormula): DerivedField {
  const heights = new Map<Field, number>();
  const bound = bindFormula<Field>(formula, {
    column: (column) => {
      const meant = present(lookUp(resolving, column.name, column.exact), column.name);
      if (!('faults' in meant)) return meant;
      const field = present(meant.field, column.name);
      heights.set(field, meant.height);
      return field;
    },
    system: (system) => present(resolving.names.find(system, true), system),
  });
  const height = heightOf(bound, (field) => heights.get(field) ?? 0);
  if (height > maxFormulaHeight) {
    const params = { name, levels: height, most: maxFormulaHeight };
    return failed([new Fault('CC1238', params, { at })]);
  }
  const plan = { alias: `f${resolving.found.size}`, label: name, formula: bound };
  return { field: fieldOf(plan), plan, faults: [], height };
}

function nameFaults({ name, at }: NamedFormula, names: DerivedNames): Fault[] {
  const taken = names.find(name, false);
  if (taken === null) return [];
  const what = taken.kind === 'role' ? 'a role of this dataset' : 'a column of this dataset';
  return [new Fault('CC1235', { name, what }, { at })];
}

function cycle(open: readonly string[], name: string, at: FaultPlace): Fault {
  const chain = [...open.slice(open.indexOf(name)), name].join(' → ');
  return new Fault('CC1236', { name, chain }, { at });
}

/** The lanes of a calculated field over the columns of events. */
export function derivedLanes({ formula }: Pick<PlanDerived, 'formula'>, lets: Lets): Lanes {
  return formulaLanes(formula, {
    lets,
    missing: 'zero',
    read: (field) => fieldLanes(field, lets),
    instant: ({ sources }) => {
      const [source] = sources;
      return source?.kind === 'column'
        ? call('epoch_us', column(source.column.name))
        : literal(null);
    },
  });
}

function fieldOf(plan: PlanDerived): Field {
  const { number, string, boolean } = derivedLanes(plan, new Lets());
  const lanes: DerivedSource['lanes'] = {
    number: number === null ? null : number.integer ? 'integer' : 'number',
    string: string !== null,
    boolean: boolean !== null,
  };
  return derivedField(
    plan,
    lanes,
    formulaUnit(plan.formula, ({ unit }) => unit),
  );
}

function derivedField(
  { alias, label }: PlanDerived,
  lanes: DerivedSource['lanes'],
  unit: DurationUnit | null,
): Field {
  const source: DerivedSource = { kind: 'derived', name: alias, lanes };
  const base = { label, kind: 'column', sources: [source], numericText: false } as const;
  const { number, string, boolean } = lanes;
  if (number !== null && !string && !boolean) {
    return { ...base, type: number, unit, numeric: number };
  }
  return boolean && !string && number === null
    ? { ...base, type: 'boolean', unit: null, numeric: 'integer' }
    : { ...base, type: 'string', unit: null, numeric: 'number' };
}

/** The calculated fields that fields stand on, each after those it uses itself. */
export function derivedOf(
  fields: readonly Field[],
  known: ReadonlyMap<string, DerivedField>,
): readonly PlanDerived[] {
  const plans = [...known.values()].flatMap(({ plan }) => plan ?? []);
  const byAlias = new Map(plans.map((plan) => [plan.alias, plan]));
  const used = new Set<PlanDerived>();
  const visit = (field: Field): void => {
    for (const source of field.sources) {
      if (source.kind !== 'derived') continue;
      const plan = present(byAlias.get(source.name), source.name);
      if (used.has(plan)) continue;
      refsOf(plan.formula).forEach(visit);
      used.add(plan);
    }
  };
  fields.forEach(visit);
  return [...used];
}
