/** Reads one calculation as typed: `count`, `sum(bytes)`, `p99.9(duration)`. */
import { Fault } from '../base/fault.js';
import { suggest } from '../base/suggest.js';
import type { Calculation, CalculationOp, Term } from './spec.js';
import { calculationOps } from './spec.js';
import { type Item, itemPlace, itemText, partOf } from './spec-items.js';

const withoutColumn: readonly CalculationOp[] = ['count', 'rate', 'error_rate'];
const names = [...calculationOps.filter((op) => op !== 'percentile'), 'p50', 'p90', 'p95', 'p99'];

/** The calculation, or null after adding to `faults` (CC1203, CC1204). */
export function parseCalculation(item: Item, faults: Fault[]): Calculation | null {
  const text = itemText(item);
  const open = text.indexOf('(');
  const name = (open < 0 ? text : text.slice(0, open)).trim();
  const found = opOf(name);
  if (found === null) {
    const near = suggest(name, names);
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
  return { ...found, column, label: open < 0 ? name : `${name}(${column?.name ?? ''})` };
}

/** Whether a text would be read as a calculation at all. */
export function looksLikeCalculation(text: string): boolean {
  return opOf((text.split('(')[0] ?? '').trim()) !== null;
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

function opOf(name: string): Pick<Calculation, 'op' | 'percentile'> | null {
  if (/^p\d+(\.\d+)?$/.test(name)) {
    const percentile = Number(name.slice(1));
    return percentile > 0 && percentile < 100 ? { op: 'percentile', percentile } : null;
  }
  const op = calculationOps.find((known) => known === name && known !== 'percentile');
  return op === undefined ? null : { op, percentile: null };
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
    if (op !== 'distinct') return null;
    return { needed: 'a column', advice: 'write distinct(host)' };
  }
  return column.name === '' ? { needed: 'a column', advice: `write ${op}(duration)` } : null;
}

function needs(item: Item, name: string, needed: string, advice: string): Fault {
  return new Fault('CC1204', { name, needed, advice }, { at: itemPlace(item) });
}
