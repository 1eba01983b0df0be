/**
 * Reads one calculation as typed: `p99.9(duration)`, `count where status = 401 as refused`. The
 * spellings of Honeycomb (`COUNT_DISTINCT(x)`, `P99(x)`) mean the same.
 */
import { Fault, faultsOf } from '../base/fault.js';
import { suggest } from '../base/suggest.js';
import type { Parameters } from '../expression/parameter.js';
import { parseExpression } from '../expression/parse.js';
import type { Calculation, CalculationOp, Filter, Term } from './spec.js';
import { calculationOps } from './spec.js';
import { type Item, itemPlace, itemText, partOf, whereOf } from './spec-items.js';

const withoutColumn: readonly CalculationOp[] = ['count', 'rate', 'error_rate'];
const withColumn: readonly CalculationOp[] = ['distinct', 'rate_sum', 'rate_avg', 'rate_max'];
const names = [...calculationOps.filter((op) => op !== 'percentile'), 'p50', 'p90', 'p95', 'p99'];

/** The calculation, or null after adding to `faults` (CC1105, CC1203, CC1204, CC1210). */
export function parseCalculation(
  whole: Item,
  faults: Fault[],
  parameters: Parameters | null = null,
): Calculation | null {
  const { item, condition, name: named } = partsOf(whole);
  const filter = condition === null ? null : parseCondition(condition, faults, parameters);
  if (condition !== null && filter === null) return null;
  const found = parsePlain(item, faults);
  if (found === null) return null;
  const plain = condition === null ? found.label : `${found.label} where ${itemText(condition)}`;
  if (named === null) return { ...found, filter, label: plain };
  const label = itemText(named).replaceAll('`', '');
  const problem = nameProblem(label);
  if (problem === null) return { ...found, filter, label };
  faults.push(new Fault('CC1210', { name: label, problem }, { at: itemPlace(named) }));
  return null;
}

/** Why a calculation cannot have this name; null when it can. */
export function nameProblem(name: string): string | null {
  if (name.trim() === '') return 'it is empty';
  if (looksLikeCalculation(name)) return 'it is a calculation itself';
  return name.startsWith('-') ? 'a minus in front means downwards in --order' : null;
}

interface Parts {
  readonly item: Item;
  readonly condition: Item | null;
  readonly name: Item | null;
}

/** The calculation itself, what stands behind `where`, and what stands behind `as`. */
function partsOf(whole: Item): Parts {
  const text = itemText(whole);
  const as = /\s+as\s+(`[^`]*`|[^\s'"`()]+)$/i.exec(text);
  const end = as?.index ?? text.length;
  const name = as === null ? null : partOf(whole, text.length - (as[1]?.length ?? 0), text.length);
  const where = whereOf(text.slice(0, end));
  if (where < 0) return { item: partOf(whole, 0, end), condition: null, name };
  const condition = partOf(whole, where + 'where'.length, end);
  return { item: partOf(whole, 0, where), condition, name };
}

/** Blanks stand for all but the condition, so that its faults point into the text typed. */
function parseCondition(item: Item, faults: Fault[], parameters: Parameters | null): Filter | null {
  const { option, text } = item;
  const blank = ' '.repeat(item.start);
  try {
    const expression = parseExpression(`${blank}${itemText(item)}`, option, parameters);
    return { expression, at: { text, option } };
  } catch (thrown) {
    const found = faultsOf(thrown);
    if (found.length === 0) throw thrown;
    for (const { code, params, hint, at } of found) {
      faults.push(new Fault(code, params, { hint, at: { ...at, option, text } }));
    }
    return null;
  }
}

function parsePlain(item: Item, faults: Fault[]): Omit<Calculation, 'filter'> | null {
  const text = itemText(item);
  const open = text.indexOf('(');
  const name = (open < 0 ? text : text.slice(0, open)).trim();
  const found = opOf(name);
  if (found === null) {
    const near = suggest(name.toLowerCase(), names);
    const at = itemPlace(partOf(item, 0, open < 0 ? text.length : open));
    const hint = near === null ? {} : { hint: `did you mean ${near}?` };
    faults.push(new Fault('CC1203', { name }, { at, ...hint }));
    return null;
  }
  if (open >= 0 && !isClosed(text.slice(open))) {
    const advice = `write ${name}(duration), or ${name}(\`NAME\`) for a name with parentheses`;
    faults.push(needs(item, name, 'one name in parentheses', advice));
    return null;
  }
  const column = open < 0 ? null : columnOf(item, partOf(item, open + 1, text.length - 1));
  const problem = columnProblem(found.op, open >= 0, column);
  if (problem !== null) {
    faults.push(needs(item, name, problem.needed, problem.advice));
    return null;
  }
  return {
    ...found,
    column,
    label: open < 0 ? found.word : `${found.word}(${column?.name ?? ''})`,
  };
}

/** Whether a text would be read as a calculation at all. */
export function looksLikeCalculation(text: string): boolean {
  const where = whereOf(text);
  const plain = where < 0 ? text : text.slice(0, where);
  return opOf((plain.split('(')[0] ?? '').trim()) !== null;
}

function isClosed(text: string): boolean {
  return /^\(\s*(?:`[^`]*`|[^()]*)\s*\)$/.test(text);
}

/** A name, in backticks or not, as a term with its place. */
export function columnOf(item: Item, part: Item): Term {
  const text = itemText(part);
  const exact = text.length > 2 && text.startsWith('`') && text.endsWith('`');
  const name = exact ? text.slice(1, -1) : text;
  return { name, exact, at: { ...itemPlace(part), option: item.option } };
}

interface NamedOp extends Pick<Calculation, 'op' | 'percentile'> {
  /** Our spelling of it. */
  readonly word: string;
}

/** **Source** Honeycomb writes tenths of a per cent without a point: P001 and P999. */
const tenths: Readonly<Record<string, number>> = { p001: 0.1, p999: 99.9 };

function opOf(name: string): NamedOp | null {
  const lower = name.toLowerCase();
  if (/^p\d+(\.\d+)?$/.test(lower)) {
    const percentile = tenths[lower] ?? Number(lower.slice(1));
    const isOne = percentile > 0 && percentile < 100;
    return isOne ? { op: 'percentile', percentile, word: `p${percentile}` } : null;
  }
  const word = lower === 'count_distinct' ? 'distinct' : lower;
  const op = calculationOps.find((known) => known === word && known !== 'percentile');
  return op === undefined ? null : { op, percentile: null, word };
}

function columnProblem(
  op: CalculationOp,
  parentheses: boolean,
  column: Term | null,
): { readonly needed: string; readonly advice: string } | null {
  if (withoutColumn.includes(op)) {
    if (!parentheses) return null;
    return { needed: 'no column', advice: `write ${op}; to count filled values add a filter` };
  }
  if (column === null) {
    if (!withColumn.includes(op)) return null;
    const advice = op === 'distinct' ? 'write distinct(host)' : `write ${op}(NAME)`;
    return { needed: 'a column', advice };
  }
  return column.name === '' ? { needed: 'a column', advice: `write ${op}(duration)` } : null;
}

function needs(item: Item, name: string, needed: string, advice: string): Fault {
  return new Fault('CC1204', { name, needed, advice }, { at: itemPlace(item) });
}
