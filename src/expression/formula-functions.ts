/**
 * The functions of the formula language: one line each, shown by `coldcase help fields`.
 * **Source** docs.honeycomb.io/reference/calculated-field-formula: all 39, and what else was seen.
 */

export type FunctionGroup =
  | 'conditional'
  | 'comparison'
  | 'boolean'
  | 'math'
  | 'cast'
  | 'text'
  | 'regular expression'
  | 'time';

export interface FormulaFunction {
  readonly group: FunctionGroup;
  /** The arguments, as in the help. */
  readonly form: string;
  readonly summary: string;
  readonly least: number;
  /** Null: any number. */
  readonly most: number | null;
}

function entry(
  group: FunctionGroup,
  form: string,
  [least, most]: readonly [number, number | null],
  summary: string,
): FormulaFunction {
  return { group, form, summary, least, most };
}

export const formulaFunctions = {
  IF: entry(
    'conditional',
    '(c, v, …, else)',
    [2, null],
    'v of the first c that is true, else null',
  ),
  SWITCH: entry('conditional', '(v, "a", r, …, else)', [3, null], 'r of the case that v equals'),
  COALESCE: entry('conditional', '(a, …)', [1, null], 'the first that is neither missing nor ""'),
  LT: entry('comparison', '(a, b)', [2, 2], 'a < b: two numbers or two texts, else false'),
  LTE: entry('comparison', '(a, b)', [2, 2], 'a <= b'),
  GT: entry('comparison', '(a, b)', [2, 2], 'a > b'),
  GTE: entry('comparison', '(a, b)', [2, 2], 'a >= b'),
  EQUALS: entry('comparison', '(a, b)', [2, 2], 'a = b; 200 is not "200", missing is not missing'),
  IN: entry('comparison', '(a, b, …)', [2, null], 'a equals one of the others'),
  NOT_IN: entry('comparison', '(a, b, …)', [2, null], 'a equals none of the others'),
  EXISTS: entry('boolean', '(a)', [1, 1], 'a is not missing; also HAS_VALUE'),
  NOT: entry('boolean', '(a)', [1, 1], 'not a, also !a; a number but 0 and "true" are true'),
  AND: entry('boolean', '(a, …)', [1, null], 'all are true; also a AND b'),
  OR: entry('boolean', '(a, …)', [1, null], 'one is true; also a OR b'),
  MIN: entry('math', '(a, …)', [1, null], 'the smallest of the type of the first not missing'),
  MAX: entry('math', '(a, …)', [1, null], 'the largest of the type of the first not missing'),
  SUM: entry('math', '(a, …)', [1, null], 'a + b; texts are read, what is no number is 0'),
  SUB: entry('math', '(a, b)', [2, 2], 'a - b'),
  MUL: entry('math', '(a, …)', [1, null], 'a * b'),
  DIV: entry('math', '(a, b)', [2, 2], 'a / b; null where b is 0'),
  MOD: entry('math', '(a, b)', [2, 2], 'a % b, with the sign of a; null where b is 0'),
  LOG10: entry('math', '(a)', [1, 1], 'null for 0 and below'),
  BUCKET: entry(
    'math',
    '(a, size, min, max)',
    [2, 4],
    '"10 - 20" for 20; min and max may be left out',
  ),
  INT: entry('cast', '(a)', [1, 1], 'whole number, cut; 0 for what is no number'),
  FLOAT: entry('cast', '(a)', [1, 1], 'number; 0 for what is none'),
  BOOL: entry('cast', '(a)', [1, 1], 'whether a is true'),
  STRING: entry('cast', '(a)', [1, 1], 'text; "" for missing'),
  CONCAT: entry(
    'text',
    '(a, …)',
    [1, null],
    'texts of all, one behind the other; none for missing',
  ),
  STARTS_WITH: entry('text', '(a, b)', [2, 2], 'false unless both are texts; also PREFIX'),
  ENDS_WITH: entry('text', '(a, b)', [2, 2], 'false unless both are texts; also SUFFIX'),
  CONTAINS: entry('text', '(a, b)', [2, 2], 'false unless both are texts'),
  TO_LOWER: entry('text', '(a)', [1, 1], 'in small letters; null for what is no text'),
  LENGTH: entry('text', '(a, "bytes")', [1, 2], 'in characters, or in bytes of UTF-8'),
  REG_MATCH: entry(
    'regular expression',
    '(a, `re`)',
    [2, 2],
    'whether RE2 re matches; "" never does',
  ),
  REG_VALUE: entry(
    'regular expression',
    '(a, `re`)',
    [2, 2],
    'its first group, or the match; else null',
  ),
  REG_COUNT: entry(
    'regular expression',
    '(a, `re`)',
    [2, 2],
    'how many matches; 0 for what is no text',
  ),
  UNIX_TIMESTAMP: entry('time', '(a)', [1, 1], 'seconds since 1970 of an RFC 3339 text'),
  EVENT_TIMESTAMP: entry('time', '()', [0, 0], 'of the event, in seconds since 1970'),
  INGEST_TIMESTAMP: entry('time', '()', [0, 0], 'when the event was stored'),
  FORMAT_TIME: entry('time', '("%F %T", s)', [2, 2], 'seconds as text in UTC, by strftime'),
} as const satisfies Readonly<Record<string, FormulaFunction>>;

export type FunctionName = keyof typeof formulaFunctions;

export const formulaAliases = {
  HAS_VALUE: 'EXISTS',
  PREFIX: 'STARTS_WITH',
  SUFFIX: 'ENDS_WITH',
} as const satisfies Readonly<Record<string, FunctionName>>;

/** Functions of Honeycomb that are refused, and why. */
export const refusedFunctions: Readonly<Record<string, string>> = {
  RAND: 'two runs of one question give the same answer; use MOD of a number of the event',
  METRO_HASH: 'no engine has this hash, and another would give other values; group by the value',
};

/** Everything that may stand before a parenthesis. */
export const functionNames: readonly string[] = [
  ...Object.keys(formulaFunctions),
  ...Object.keys(formulaAliases),
];

/** The function a name means; null when there is none. */
export function functionOf(name: string): FunctionName | null {
  if (isFunction(name)) return name;
  return isAlias(name) ? formulaAliases[name] : null;
}

function isFunction(name: string): name is FunctionName {
  return Object.hasOwn(formulaFunctions, name);
}

function isAlias(name: string): name is keyof typeof formulaAliases {
  return Object.hasOwn(formulaAliases, name);
}
