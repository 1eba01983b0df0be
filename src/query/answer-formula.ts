/**
 * Reads `--formula NAME=FORMULA`: what is worked out of the calculations of a group. A `$name` is a
 * calculation shown, a formula before this one, or any calculation as it would be typed.
 */
import { Fault, type FaultPlace } from '../base/fault.js';
import { suggest } from '../base/suggest.js';
import { checkFormula } from '../expression/formula-check.js';
import { printFormula } from '../expression/formula-print.js';
import type { FormulaColumn } from '../expression/formula-tree.js';
import type { Parameters } from '../expression/parameter.js';
import { looksLikeCalculation, nameProblem, parseCalculation } from './calculation-text.js';
import { parseNamed } from './formula-text.js';
import type {
  AnswerFormula,
  Breakdown,
  Calculation,
  FormulaTerm,
  Measure,
  NamedFormula,
} from './spec.js';
import type { Item } from './spec-items.js';

/** What stands beside the formulas of a question. */
export interface BesideFormulas {
  readonly breakdowns: readonly Breakdown[];
  readonly calculations: readonly Calculation[];
  readonly parameters: Parameters | null;
  readonly faults: Fault[];
}

/** The term that means a formula. */
export function formulaTerm({ name }: NamedFormula): FormulaTerm {
  return { op: 'formula', label: name };
}

/**
 * All formulas that can be read, those with faults too, so that what names them is not a fault.
 * **Faults** CC1003, CC1203, CC1204, CC1210, CC1211, CC1230 to CC1240.
 */
export function parseFormulas(
  texts: readonly string[],
  beside: BesideFormulas,
): readonly AnswerFormula[] {
  const { faults } = beside;
  const named = texts.flatMap((text) => parseNamed('--formula', text, faults) ?? []);
  return named.map((formula, index) => {
    const before = named.slice(0, index);
    faults.push(...nameFaults(formula, before, beside));
    const names = new Map<string, Measure>();
    const context: NameContext = { formula, before, behind: named.slice(index), beside };
    faults.push(
      ...checkFormula(formula.formula, formula.source, {
        column: (column, at) => {
          const meant = meaningOf(column, at, context);
          if (meant instanceof Fault) return meant;
          names.set(column.name, meant);
          return null;
        },
        moment: (name, at) => new Fault('CC1239', { name }, { at }),
      }),
    );
    return { ...formula, names };
  });
}

/** In `--order` and in JSON a name stands for one column. */
function nameFaults(
  { name, at }: NamedFormula,
  before: readonly NamedFormula[],
  { breakdowns, calculations }: BesideFormulas,
): Fault[] {
  const problem = nameProblem(name);
  if (problem !== null) {
    const hint = 'give the formula another name';
    return [new Fault('CC1210', { name, problem }, { at, hint })];
  }
  const what = breakdowns.some(({ label }) => label === name)
    ? 'a breakdown'
    : calculations.some(({ label }) => label === name)
      ? 'a calculation'
      : before.some((other) => other.name === name)
        ? 'a formula'
        : null;
  return what === null ? [] : [new Fault('CC1235', { name, what }, { at })];
}

interface NameContext {
  readonly formula: NamedFormula;
  readonly before: readonly NamedFormula[];
  /** This one and those after it. */
  readonly behind: readonly NamedFormula[];
  readonly beside: BesideFormulas;
}

function meaningOf({ name }: FormulaColumn, at: FaultPlace, context: NameContext): Measure | Fault {
  const { formula, before, behind, beside } = context;
  const known = beside.calculations.find(({ label }) => label === name);
  if (known !== undefined) return drawable(known, at);
  if (before.some((other) => other.name === name)) return { op: 'formula', label: name };
  if (formula.name === name) {
    return new Fault('CC1236', { name, chain: `${name} → ${name}` }, { at });
  }
  if (behind.some((other) => other.name === name)) {
    return new Fault('CC1240', { name: formula.name, other: name }, { at });
  }
  return looksLikeCalculation(name) ? hidden(name, at, beside) : unknown(name, at, context);
}

/** A heatmap is drawn and has no value. */
function drawable(calculation: Calculation, at: FaultPlace): Measure | Fault {
  if (calculation.op !== 'heatmap') return calculation;
  const advice = 'it is drawn; use $p50 or $p95 instead';
  return new Fault('CC1211', { name: calculation.label, advice }, { at });
}

/** A calculation that only the formula needs. */
function hidden(name: string, at: FaultPlace, { parameters }: BesideFormulas): Measure | Fault {
  const faults: Fault[] = [];
  const calculation = parseCalculation(itemOf(name, at), faults, parameters);
  if (calculation !== null) return drawable(calculation, at);
  return faults[0] ?? new Fault('CC1237', { name }, { at });
}

/** A name as it stands in the formula, so that what is wrong inside of it is pointed at. */
function itemOf(name: string, { text = '', start = 0 }: FaultPlace): Item {
  const begin = text.indexOf(name, start);
  const isVerbatim = begin === start + '$'.length || begin === start + '$"'.length;
  if (isVerbatim) return { option: '--formula', text, start: begin, end: begin + name.length };
  return { option: '--formula', text: name, start: 0, end: name.length };
}

function unknown(name: string, at: FaultPlace, context: NameContext): Fault {
  const { formula, before, beside } = context;
  const labels = [
    ...beside.calculations.map(({ label }) => label),
    ...before.map((one) => one.name),
  ];
  const [, first = '', sign = ''] = /^(.+?)([-+/:=?])/.exec(name) ?? [];
  if (sign !== '' && ([...labels, formula.name].includes(first) || looksLikeCalculation(first))) {
    const hint = `put spaces around ${sign}: it may be part of a name, so $${name} is one name`;
    return new Fault('CC1237', { name }, { at, hint });
  }
  const near = suggest(name, [...labels, 'count', 'rate', 'error_rate', 'p50', 'p95', 'p99']);
  const hint = near === null ? {} : { hint: `did you mean ${written(near)}?` };
  return new Fault('CC1237', { name }, { at, ...hint });
}

function written(name: string): string {
  return printFormula({ kind: 'column', name, exact: false, span: { start: 0, end: 0 } });
}
