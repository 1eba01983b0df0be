/**
 * Reads what a comparison adds to the texts of a query: `--compare 1w*4`, and `change` and `ratio`
 * in orders and conditions. All other texts are read as those of any query.
 */
import { assert } from '../base/assert.js';
import { Fault, Faults, faultsOf, throwAll } from '../base/fault.js';
import { suggest } from '../base/suggest.js';
import { readShift, type Shift, timesShift } from '../time/shift.js';
import { parseCalculation } from './calculation-text.js';
import type { Having, Measure, OrderTerm, QuerySpec } from './spec.js';
import { type Item, itemPlace, itemsOf, itemText, partOf } from './spec-items.js';
import { parseCondition, parseSpec, type Reading, type SpecTexts } from './spec-text.js';

/** Windows before the one asked about, by how far back they lie. */
export interface BaselineSpec {
  readonly name: string;
  readonly isBand: boolean;
  readonly shifts: readonly Shift[];
}

/** Most windows of one baseline: a year of weeks. Chosen by us. */
const mostWindows = 52;

/**
 * The baselines of `1d`, `1w`, `1w*4`, several by commas.
 * **Faults** CC1003, CC1103; several as `Faults`.
 */
export function parseBaselines(texts: readonly string[]): readonly BaselineSpec[] {
  const faults: Fault[] = [];
  const baselines = itemsOf('--compare', texts, faults).flatMap((item) => {
    const text = itemText(item);
    const [, offset = '', times] = /^(.*?)(?:\*(\d+))?$/.exec(text) ?? [];
    const shift = readShift(offset);
    const at = itemPlace(item);
    if (shift === null) {
      const hint = 'write 1d, 1w, 90m, or 1w*4 for the last four weeks';
      faults.push(new Fault('CC1103', { text: offset === '' ? 'nothing' : offset }, { at, hint }));
      return [];
    }
    const count = times === undefined ? 1 : Number(times);
    if (count < 1 || count > mostWindows) {
      const problem = `from 1 to ${mostWindows} windows are expected behind the *`;
      faults.push(new Fault('CC1003', { name: '--compare', problem, command: 'query' }, { at }));
      return [];
    }
    const shifts = Array.from({ length: count }, (_, index) => timesShift(shift, index + 1));
    return [{ name: text, isBand: times !== undefined && count > 1, shifts }];
  });
  const names = baselines.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    const problem = `${twice} is named twice`;
    faults.push(new Fault('CC1003', { name: '--compare', problem, command: 'query' }));
  }
  throwAll(faults);
  return baselines;
}

/** A change or ratio of a calculation; null is the first calculation, the first baseline. */
export interface DifferenceTerm {
  readonly kind: 'change' | 'ratio';
  readonly calculation: Measure | null;
  readonly baseline: string | null;
}

export type ComparedTerm = OrderTerm | DifferenceTerm;

export interface CompareTerms {
  /** Without the orders and conditions on differences. */
  readonly spec: QuerySpec;
  readonly orders: readonly { readonly term: ComparedTerm; readonly descending: boolean }[];
  readonly having: readonly (Having | DifferenceHaving)[];
}

export interface DifferenceHaving extends Pick<Having, 'op' | 'value'> {
  readonly difference: DifferenceTerm;
}

const difference = /^(change|ratio)\s*(?:\((.*)\))?\s*(?:@\s*(.+))?$/s;

/** **Faults** those of a spec, and CC1320 for a baseline that is not compared with. */
export function parseCompareTerms(texts: SpecTexts, baselines: readonly string[]): CompareTerms {
  const faults: Fault[] = [];
  const formulas = texts.formulas.map((text) =>
    text.slice(0, Math.max(0, text.indexOf('='))).trim(),
  );
  const read = { baselines, faults, formulas, parameters: texts.parameters };
  const orders = itemsOf('--order', texts.order, []).map((item) => {
    const descending = itemText(item).startsWith('-');
    const part = descending ? partOf(item, 1, itemText(item).length) : item;
    return { item, descending, term: differenceOf(part, read) };
  });
  const having = texts.having.map((text) =>
    isDifference(text) ? { own: havingOf(text, read) } : { text },
  );
  const spec = specOf(
    {
      ...texts,
      order: orders.flatMap(({ item, term }) => (term === null ? [itemText(item)] : [])),
      having: having.flatMap(({ text }) => text ?? []),
    },
    faults,
  );
  const others = spec.orders.values();
  const conditions = spec.having.values();
  return {
    spec,
    orders: orders.map(({ term, descending }) =>
      term === null ? nextOf(others) : { term, descending },
    ),
    having: having.map(({ own }) => own ?? nextOf(conditions)),
  };
}

function nextOf<T>(items: Iterator<T>): T {
  const { value, done } = items.next();
  assert(done !== true, 'the spec has fewer terms than were typed');
  return value;
}

function specOf(texts: SpecTexts, faults: Fault[]): QuerySpec {
  try {
    const spec = parseSpec(texts);
    const drawn = spec.calculations.filter(({ op }) => op === 'heatmap');
    throwAll([...faults, ...drawn.map(({ label }) => new Fault('CC1321', { name: label }))]);
    return spec;
  } catch (error) {
    const found = faultsOf(error);
    if (found.length === 0) throw error;
    throw new Faults([...faults.filter((fault) => !found.includes(fault)), ...found]);
  }
}

function isDifference(text: string): boolean {
  return /^\s*(?:change|ratio)\s*(?:[(@<>=!]|$)/.test(text);
}

interface ComparedReading extends Reading {
  readonly baselines: readonly string[];
  /** Their names. */
  readonly formulas: readonly string[];
}

/** The term of a text such as `change`, `ratio(p95(duration))@1w`; null for any other text. */
function differenceOf(item: Item, read: ComparedReading): DifferenceTerm | null {
  const { baselines, faults } = read;
  const match = difference.exec(itemText(item));
  if (match === null) return null;
  const [, kind, calculation, baseline] = match;
  const start = itemText(item).indexOf('(') + 1;
  const part = partOf(item, start, start + (calculation ?? '').length);
  if (baseline !== undefined && !baselines.includes(baseline)) {
    const near = suggest(baseline, baselines);
    const hint = near === null ? {} : { hint: `did you mean ${near}?` };
    const names = baselines.join(', ');
    faults.push(new Fault('CC1320', { baseline, names }, { at: itemPlace(item), ...hint }));
  }
  return {
    kind: kind === 'change' ? 'change' : 'ratio',
    calculation: calculation === undefined ? null : measureOf(part, read),
    baseline: baseline ?? null,
  };
}

/** A formula by its name, or a calculation. */
function measureOf(item: Item, { formulas, faults, parameters }: ComparedReading): Measure | null {
  const name = itemText(item).replaceAll('`', '');
  if (formulas.includes(name)) return { op: 'formula', label: name };
  return parseCalculation(item, faults, parameters);
}

function havingOf(text: string, read: ComparedReading): DifferenceHaving | null {
  const condition = parseCondition(text, read);
  const term = condition && differenceOf(condition.left, read);
  return condition && term && { difference: term, op: condition.op, value: condition.value };
}
