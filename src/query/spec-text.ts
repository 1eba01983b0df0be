/** Reads the texts of the options of `query` into a spec. All faults of all options at once. */
import { Fault, faultsOf, throwAll } from '../base/fault.js';
import { suggest } from '../base/suggest.js';
import { textOfLiteral } from '../expression/literal.js';
import { type Parameters, parameterName } from '../expression/parameter.js';
import { parseExpression } from '../expression/parse.js';
import type { ComparisonOperator } from '../expression/tree.js';
import { readAbsolute } from '../time/absolute.js';
import type { TimeRange } from '../time/range.js';
import { formulaTerm, parseFormulas } from './answer-formula.js';
import { bindTerms } from './bind-terms.js';
import { columnOf, looksLikeCalculation, parseCalculation } from './calculation-text.js';
import { parseNamed } from './formula-text.js';
import type {
  Breakdown,
  Calculation,
  Every,
  Filter,
  Having,
  HavingValue,
  Measure,
  Modifier,
  NamedFormula,
  Order,
} from './spec.js';
import { countCalculation, maxLimit, type QuerySpec, querySpec } from './spec.js';
import { type Item, itemPlace, itemsOf, itemText, partOf, whereOf } from './spec-items.js';

/** The options as typed; each may be given several times. */
export interface SpecTexts {
  readonly fields: readonly string[];
  readonly by: readonly string[];
  readonly calc: readonly string[];
  readonly formulas: readonly string[];
  readonly where: readonly string[];
  readonly bad: string | null;
  readonly having: readonly string[];
  readonly order: readonly string[];
  readonly window: TimeRange | null;
  readonly every: Every | null;
  readonly limit: number;
  readonly other: boolean;
  readonly total: boolean;
  readonly usage: boolean;
  /** What `$name` stands for; null: nothing, a dollar sign is a letter like others. */
  readonly parameters: Parameters | null;
}

export const noTexts: SpecTexts = {
  fields: [],
  by: [],
  calc: [],
  formulas: [],
  where: [],
  bad: null,
  having: [],
  order: [],
  window: null,
  every: null,
  limit: maxLimit,
  other: false,
  total: false,
  usage: false,
  parameters: null,
};

const maxDepth = 20;

/** **Faults** CC1003, CC1105, CC1201, CC1203, CC1204, CC1210, CC1230 to CC1240; or `Faults`. */
export function parseSpec(texts: SpecTexts): QuerySpec {
  const faults: Fault[] = [];
  const { parameters } = texts;
  const fields = texts.fields.flatMap((text) => keep(parseNamed('--field', text, faults)));
  const breakdowns = distinctLabels(
    itemsOf('--by', texts.by, faults).flatMap((item) => keep(parseBreakdown(item, faults))),
  );
  const calculations = itemsOf('--calc', texts.calc, faults).flatMap((item) =>
    keep(parseCalculation(item, faults, parameters)),
  );
  const formulas = parseFormulas(texts.formulas, { breakdowns, calculations, parameters, faults });
  const where = texts.where.flatMap((text) =>
    keep(parseFilter('--where', text, { parameters, faults })),
  );
  const bad = texts.bad === null ? null : parseFilter('--bad', texts.bad, { parameters, faults });
  const measures: readonly Measure[] = [...calculations, ...formulas.map(formulaTerm)];
  const having = texts.having.flatMap((text) =>
    keep(parseHaving(text, measures, { parameters, faults })),
  );
  const shown = { breakdowns, measures };
  const orders = itemsOf('--order', texts.order, faults).flatMap((item) =>
    keep(parseOrder(item, shown, { parameters, faults })),
  );
  if (!Number.isSafeInteger(texts.limit) || texts.limit < 1 || texts.limit > maxLimit) {
    faults.push(optionFault('--limit', `a whole number from 1 to ${maxLimit} is expected`));
  }
  faults.push(...repeatedNames('--field', fields));
  faults.push(...repeated('--by', breakdowns), ...repeated('--calc', calculations));
  faults.push(...namedAsBreakdown(breakdowns, calculations));
  throwAll(faults);
  const { window, every, limit, other, total, usage } = texts;
  const isEmpty = calculations.length + formulas.length === 0;
  const asked = isEmpty ? [countCalculation] : calculations;
  const parts = { fields, breakdowns, calculations: asked, formulas, where, bad, having, orders };
  const spec = querySpec({ ...parts, window, every, limit, other, total, usage });
  return parameters === null ? spec : bindTerms(spec, parameters);
}

/** What a filter or a condition is read with. */
export interface Reading {
  readonly parameters: Parameters | null;
  readonly faults: Fault[];
}

/** Every `name=formula` once; a name given twice would hide one of them. */
function repeatedNames(option: string, named: readonly NamedFormula[]): Fault[] {
  return repeated(
    option,
    named.map(({ name }) => ({ label: name })),
  );
}

function keep<T>(value: T | null): T[] {
  return value === null ? [] : [value];
}

function optionFault(name: string, problem: string, item: Item | null = null): Fault {
  const at = item === null ? { option: name } : itemPlace(item);
  return new Fault('CC1003', { name, problem, command: 'query' }, { at });
}

function repeated(option: string, named: readonly { readonly label: string }[]): Fault[] {
  const labels = named.map(({ label }) => label);
  const twice = new Set(labels.filter((label, index) => labels.indexOf(label) !== index));
  return [...twice].map((label) => optionFault(option, `${label} is named twice`));
}

/** In `--order` and in JSON a heading stands for one column. */
function namedAsBreakdown(
  breakdowns: readonly Breakdown[],
  calculations: readonly Calculation[],
): Fault[] {
  const headings = breakdowns.map(({ label }) => label);
  return calculations
    .filter(({ label }) => headings.includes(label))
    .map(({ label }) => optionFault('--calc', `${label} is the name of a breakdown too`));
}

/** A role and a column of the same name: the column keeps its backticks. */
function distinctLabels(breakdowns: readonly Breakdown[]): readonly Breakdown[] {
  const roles = breakdowns.filter(({ term }) => !term.exact).map(({ label }) => label);
  return breakdowns.map((item) =>
    item.term.exact && roles.includes(item.label) ? { ...item, label: `\`${item.label}\`` } : item,
  );
}

function parseBreakdown(item: Item, faults: Fault[]): Breakdown | null {
  const text = itemText(item);
  const close = text.startsWith('`') ? text.indexOf('`', 1) : -1;
  const colon = text.indexOf(':', close + 1);
  const end = colon < 0 ? text.length : colon;
  const term = columnOf(item, partOf(item, 0, end));
  if (term.name === '') {
    faults.push(optionFault(item.option, 'a name is missing before the colon', item));
    return null;
  }
  if (colon < 0) return { term, modifier: null, label: term.name };
  const part = partOf(item, colon + 1, text.length);
  const modifier = modifierOf(itemText(part));
  if (modifier === null) {
    const forms = `class, log10 or a depth from 1 to ${maxDepth} is expected behind the colon`;
    faults.push(optionFault(item.option, forms, part));
    return null;
  }
  return { term, modifier, label: `${term.name}:${itemText(part)}` };
}

function modifierOf(text: string): Modifier | null {
  if (text === 'class' || text === 'log10') return text;
  const depth = /^\d{1,2}$/.test(text) ? Number(text) : 0;
  return depth >= 1 && depth <= maxDepth ? { depth } : null;
}

function parseFilter(option: string, text: string, reading: Reading): Filter | null {
  const { parameters, faults } = reading;
  try {
    return { expression: parseExpression(text, option, parameters), at: { text, option } };
  } catch (thrown) {
    const found = faultsOf(thrown);
    if (found.length === 0) throw thrown;
    faults.push(...found);
    return null;
  }
}

const havingForm = /^(.*?)\s*(<=|>=|!=|==|=|<|>)\s*(\S+)\s*$/s;
/** Behind a filter the last comparison is the condition. */
const filteredForm = /^(.*)(?<![<>!=])(<=|>=|!=|==|=|<|>)\s*([^\s=<>]+)\s*$/s;
const severalConditions = /[<>=]\s*\S+\s+(?:and|or|&&|\|\|)\s+\S.*[<>=]/is;
const severalAdvice = 'give --having once for each, all must hold';
const durations = {
  us: 1,
  ms: 1_000,
  s: 1_000_000,
  m: 60_000_000,
  h: 3_600_000_000,
  d: 86_400_000_000,
} as const;

function parseHaving(text: string, known: readonly Measure[], reading: Reading): Having | null {
  const condition = parseCondition(text, reading);
  if (condition === null) return null;
  const { left, op, value } = condition;
  const { faults, parameters } = reading;
  const calculation = named(left, known) ?? parseCalculation(left, faults, parameters);
  return calculation && { calculation, op, value };
}

/** The parts of `count > 100`, or null after adding to the faults (CC1003). */
export function parseCondition(
  text: string,
  { parameters, faults }: Reading,
): { readonly left: Item; readonly op: ComparisonOperator; readonly value: HavingValue } | null {
  const whole: Item = { option: '--having', text, start: 0, end: text.length };
  const isFiltered = whereOf(text) >= 0;
  if (!isFiltered && severalConditions.test(text)) {
    const problem = `one condition is expected, found several; ${severalAdvice}`;
    faults.push(optionFault('--having', problem, whole));
    return null;
  }
  const match = (isFiltered ? filteredForm : havingForm).exec(text);
  const value = boundHaving(match?.[3] ?? '', parameters) ?? havingValue(match?.[3] ?? '');
  if (match === null || value === null) {
    const form = 'a calculation, a comparison and a number are expected: count > 100';
    faults.push(optionFault('--having', form, whole));
    return null;
  }
  const left = partOf(whole, 0, match[1]?.length ?? 0);
  return { left, op: comparisonOf(match[2] ?? ''), value };
}

/** The calculation or formula shown under this name. */
function named(item: Item, known: readonly Measure[]): Measure | null {
  const name = itemText(item).replaceAll('`', '');
  return known.find(({ label }) => label === name) ?? null;
}

function comparisonOf(text: string): ComparisonOperator {
  switch (text) {
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return text;
    default:
      return '=';
  }
}

/** The value of a parameter; null where the text is none, or where its value does not fit. */
function boundHaving(text: string, parameters: Parameters | null): HavingValue | null {
  const bound = parameters?.get(parameterName(text) ?? '');
  return bound?.kind === 'value' ? havingValue(textOfLiteral(bound.literal)) : null;
}

function havingValue(text: string): HavingValue | null {
  const match = /^(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)(%|us|ms|s|m|h|d)?$/i.exec(text);
  if (match === null) {
    const moment = readAbsolute(text.replace(/^(['"])(.*)\1$/s, '$2'), 'UTC');
    return moment === null ? null : { kind: 'time', micros: moment.start };
  }
  const value = Number(match[1]);
  const unit = match[2];
  if (unit === undefined) return { kind: 'number', value };
  if (unit === '%') return { kind: 'number', value: value / 100 };
  const factor = Object.entries(durations).find(([name]) => name === unit)?.[1];
  return factor === undefined ? null : { kind: 'duration', micros: value * factor };
}

interface Shown {
  readonly breakdowns: readonly Breakdown[];
  readonly measures: readonly Measure[];
}

function parseOrder(item: Item, shown: Shown, { parameters, faults }: Reading): Order | null {
  const text = itemText(item);
  const descending = text.startsWith('-');
  const part = descending ? partOf(item, 1, text.length) : item;
  const name = itemText(part).replaceAll('`', '');
  if (shown.breakdowns.some(({ label }) => label === name)) {
    return { term: { kind: 'breakdown', label: name }, descending };
  }
  const known = named(part, shown.measures);
  if (known === null && !looksLikeCalculation(name)) {
    const labels = [...shown.breakdowns, ...shown.measures].map(({ label }) => label);
    const near = suggest(name, labels);
    const all = labels.length === 0 ? 'count' : labels.join(', ');
    const hint = `order by what is shown: ${all}${near ? `; did you mean ${near}?` : ''}`;
    faults.push(new Fault('CC1201', { name }, { at: itemPlace(part), hint }));
    return null;
  }
  const calculation = known ?? parseCalculation(part, faults, parameters);
  return calculation === null ? null : { term: { kind: 'calculation', calculation }, descending };
}
