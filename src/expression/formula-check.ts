/**
 * Whether a formula can be run: functions known, arguments as many and of a kind as they need,
 * columns known. Finds all faults, changes nothing.
 */
import { unreachable } from '../base/assert.js';
import { Fault, type FaultPlace } from '../base/fault.js';
import { suggest } from '../base/suggest.js';
import {
  type FormulaFunction,
  type FunctionName,
  formulaFunctions,
  functionNames,
  functionOf,
  refusedFunctions,
} from './formula-functions.js';
import { unknownTimePart } from './formula-time.js';
import { formulaPlace } from './formula-token.js';
import type { Formula, FormulaColumn } from './formula-tree.js';
import { patternProblem } from './pattern.js';
import type { Source } from './token.js';
import type { Span } from './tree.js';

/** What is wrong with a name, or with a function that asks for the time of an event; or null. */
export interface CheckNames {
  readonly column: (column: FormulaColumn, at: FaultPlace) => Fault | null;
  readonly moment: (name: FunctionName, at: FaultPlace) => Fault | null;
}

interface Check {
  readonly source: Source;
  readonly names: CheckNames;
  readonly faults: Fault[];
}

type Call = Extract<Formula, { kind: 'call' }>;

/**
 * All faults of a formula, in the order of the text. `source` is what the tree was parsed from.
 * **Faults** CC1231, CC1232, CC1233, CC1234, those of `names`; returned.
 */
export function checkFormula(
  formula: Formula,
  source: Source,
  names: CheckNames,
): readonly Fault[] {
  const check: Check = { source, names, faults: [] };
  visit(check, formula);
  return check.faults;
}

function visit(check: Check, formula: Formula): void {
  switch (formula.kind) {
    case 'literal':
      return;
    case 'column': {
      const fault = check.names.column(formula, formulaPlace(check.source, formula.span));
      if (fault !== null) check.faults.push(fault);
      return;
    }
    case 'not':
      visit(check, formula.operand);
      return;
    case 'infix':
      visit(check, formula.left);
      visit(check, formula.right);
      return;
    case 'call':
      visitCall(check, formula);
      return;
    default:
      unreachable(formula);
  }
}

function visitCall(check: Check, call: Call): void {
  const name = functionOf(call.name);
  if (name === null) check.faults.push(unknownFunction(check, call));
  else if (hasRightCount(formulaFunctions[name], call.args.length))
    checkArguments(check, name, call);
  else check.faults.push(wrongCount(check, name, call));
  for (const arg of call.args) visit(check, arg);
}

function unknownFunction(check: Check, { name, nameSpan }: Call): Fault {
  const at = formulaPlace(check.source, nameSpan);
  const reason = refusedFunctions[name];
  if (reason !== undefined) return new Fault('CC1234', { name, reason }, { at });
  const near = suggest(name, functionNames);
  const hint = near === null ? {} : { hint: `did you mean ${near}?` };
  return new Fault('CC1231', { name }, { at, ...hint });
}

function hasRightCount({ least, most }: FormulaFunction, count: number): boolean {
  return count >= least && (most === null || count <= most);
}

function wrongCount(check: Check, name: FunctionName, call: Call): Fault {
  const { least, most, form }: FormulaFunction = formulaFunctions[name];
  const needed =
    most === null ? `${least} or more` : most === least ? least : `${least} to ${most}`;
  const params = { name: call.name, needed, found: call.args.length, form: `${name}${form}` };
  return new Fault('CC1232', params, { at: formulaPlace(check.source, call.span) });
}

/** Some arguments are read before any event is, so they cannot be columns. */
function checkArguments(check: Check, name: FunctionName, { args, span }: Call): void {
  switch (name) {
    case 'REG_MATCH':
    case 'REG_VALUE':
    case 'REG_COUNT':
      checkPattern(check, name, args[1]);
      return;
    case 'SWITCH':
      for (let index = 1; index + 1 < args.length; index += 2) {
        textOf(check, name, args[index], 'a text such as "prod" as a case');
      }
      return;
    case 'LENGTH': {
      const unit =
        args[1] === undefined ? 'chars' : textOf(check, name, args[1], '"bytes" or "chars"');
      if (unit !== null && unit !== 'bytes' && unit !== 'chars') {
        add(check, name, args[1], { needed: '"bytes" or "chars"', found: `"${unit}"` });
      }
      return;
    }
    case 'FORMAT_TIME': {
      const format = textOf(check, name, args[0], 'a format such as "%Y-%m-%d" first');
      const odd = format === null ? null : unknownTimePart(format);
      if (odd !== null) {
        add(check, name, args[0], { needed: 'fields of strftime (POSIX, no locale)', found: odd });
      }
      return;
    }
    case 'BUCKET':
      checkBucket(check, args);
      return;
    case 'EVENT_TIMESTAMP':
    case 'INGEST_TIMESTAMP': {
      const fault = check.names.moment(name, formulaPlace(check.source, span));
      if (fault !== null) check.faults.push(fault);
      return;
    }
    default:
  }
}

interface Need {
  readonly needed: string;
  readonly found: string;
}

function add(check: Check, name: string, at: { span: Span } | undefined, need: Need): void {
  const place = at === undefined ? {} : { at: formulaPlace(check.source, at.span) };
  check.faults.push(new Fault('CC1233', { name, ...need }, place));
}

function textOf(
  check: Check,
  name: string,
  arg: Formula | undefined,
  needed: string,
): string | null {
  if (arg?.kind === 'literal' && typeof arg.value === 'string') return arg.value;
  add(check, name, arg, { needed, found: shown(check, arg) });
  return null;
}

function shown({ source }: Check, arg: Formula | undefined): string {
  const text = arg === undefined ? 'nothing' : source.text.slice(arg.span.start, arg.span.end);
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}

function checkPattern(check: Check, name: string, arg: Formula | undefined): void {
  const pattern = textOf(check, name, arg, 'a regular expression as text: `^api-`');
  if (pattern === null) return;
  const problem = patternProblem(pattern);
  if (problem !== null) add(check, name, arg, { needed: 'a regular expression', found: problem });
}

function checkBucket(check: Check, args: readonly Formula[]): void {
  const numbers = args.slice(1).map((arg) => {
    if (
      arg.kind === 'literal' &&
      (typeof arg.value === 'number' || typeof arg.value === 'bigint')
    ) {
      return Number(arg.value);
    }
    add(check, 'BUCKET', arg, {
      needed: 'numbers for size, min and max',
      found: shown(check, arg),
    });
    return null;
  });
  const [size = null, min = null, max = null] = numbers;
  if (size !== null && size <= 0) {
    add(check, 'BUCKET', args[1], { needed: 'a size above 0', found: shown(check, args[1]) });
  }
  if (min !== null && max !== null && max <= min) {
    add(check, 'BUCKET', args[3], { needed: 'max above min', found: shown(check, args[3]) });
  }
}
