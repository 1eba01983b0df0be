/** `name=formula` as typed behind an option, or as written in a configuration: read and written. */
import { Fault, type FaultPlace, faultsOf } from '../base/fault.js';
import { parseFormula } from '../expression/formula-parse.js';
import { printFormula } from '../expression/formula-print.js';
import type { Source } from '../expression/token.js';
import type { NamedFormula } from './spec.js';

/** Longest name; chosen by us so that a table can show it. */
const maxNameChars = 200;

/** A named formula of an option, or null after adding to `faults` (CC1003, CC1230). */
export function parseNamed(option: string, text: string, faults: Fault[]): NamedFormula | null {
  const equals = text.indexOf('=');
  const name = text.slice(0, Math.max(0, equals)).trim();
  const problem =
    equals < 0 ? 'NAME=FORMULA is expected: slow=$duration_ms > 500' : nameProblem(name);
  if (problem !== null) {
    const at = { option, text, start: 0, end: equals < 0 ? text.length : equals };
    faults.push(new Fault('CC1003', { name: option, problem, command: 'query' }, { at }));
    return null;
  }
  const source = { text, option };
  const at = { option, text, start: 0, end: equals };
  return kept(faults, () => namedFormula(name, { source, start: equals + 1, at }));
}

export interface FormulaText {
  readonly source: Source;
  /** Where in the source the formula begins. */
  readonly start: number;
  readonly at: FaultPlace;
}

/** **Faults** CC1230. */
export function namedFormula(name: string, { source, start, at }: FormulaText): NamedFormula {
  return { name, formula: parseFormula(source, start), source, at };
}

/** What is wrong with the name of a field or formula; null when nothing is. */
export function nameProblem(name: string): string | null {
  if (name === '') return 'a name is missing before =';
  if (name.length > maxNameChars) return `a name has at most ${maxNameChars} characters`;
  return /[`\p{C}]/u.test(name) ? 'a name has no backticks and no control characters' : null;
}

function kept(faults: Fault[], parse: () => NamedFormula): NamedFormula | null {
  try {
    return parse();
  } catch (thrown) {
    const found = faultsOf(thrown);
    if (found.length === 0) throw thrown;
    faults.push(...found);
    return null;
  }
}

/** A field or formula as it is typed. */
export function textOfNamed({ name, formula }: NamedFormula): string {
  return `${name}=${printFormula(formula)}`;
}
