/**
 * ClickHouse's way to say what the nodes mean: only the differences. Data files are read through
 * the table they belong to, of which ClickHouse reads the log itself.
 */
import { assert } from '../base/assert.js';
import { Fault } from '../base/fault.js';
import { as, binary, call, column, isNotNull, literal, parameter, select, when } from './build.js';
import type { Dialect } from './dialect.js';
import type { BinaryOperator, SqlExpression, SqlParameter, SqlQuery, SqlType } from './node.js';

/** A snapshot of a Delta table. */
export interface DeltaTable {
  readonly path: string;
  readonly version: number;
}

type Call = Extract<SqlExpression, { kind: 'call' }>;

/** **Faults** CC1215 while printing what ClickHouse has not. */
export function clickhouse({ path, version }: DeltaTable): Dialect {
  const settings = [
    'join_use_nulls = 1',
    'group_by_use_nulls = 1',
    'prefer_column_name_to_alias = 1',
    `delta_lake_snapshot_version = ${version}`,
  ];
  return {
    expression: expressionOf,
    query: (node) => {
      const [first] = dataFilesIn(node);
      return first === undefined ? withTruths(unnested(node)) : tableSelect(path, first.where);
    },
    type: (type) => types[type],
    bound: (type, index) => `{p${index}:${boundTypes[type]}}`,
    tail: ` SETTINGS ${settings.join(', ')}`,
  };
}

const types: Readonly<Record<SqlType, string>> = {
  VARCHAR: 'Nullable(String)',
  BIGINT: 'Nullable(Int64)',
  INTEGER: 'Nullable(Int32)',
  SMALLINT: 'Nullable(Int16)',
  TINYINT: 'Nullable(Int8)',
  HUGEINT: 'Nullable(Int128)',
  UINTEGER: 'Nullable(UInt32)',
  'DECIMAL(38, 0)': 'Nullable(Decimal(38, 0))',
  DOUBLE: 'Nullable(Float64)',
  BOOLEAN: 'Nullable(Bool)',
  TIMESTAMPTZ: "Nullable(DateTime64(6, 'UTC'))",
  DATE: 'Nullable(Date32)',
  BLOB: 'Nullable(String)',
  JSON: 'Nullable(String)',
  'MAP(VARCHAR, VARCHAR)': 'Map(String, String)',
  'MAP(VARCHAR, JSON)': 'Map(String, String)',
  'VARCHAR[]': 'Array(Nullable(String))',
};

const boundTypes: Readonly<Record<SqlParameter['type'], string>> = {
  string: types.VARCHAR,
  integer: types.BIGINT,
  number: types.DOUBLE,
  boolean: types.BOOLEAN,
  timestamp: "DateTime64(6, 'UTC')",
  strings: types['VARCHAR[]'],
};

/**
 * Rows of data files stand behind an empty select of the columns that no file may have; a condition
 * on some of them is known of the others.
 */
function dataFilesIn(node: SqlQuery): readonly { readonly where: SqlExpression | null }[] {
  if (node.kind === 'union') return node.byName ? node.selects.flatMap(dataFilesIn) : [];
  if (node.from?.kind !== 'parquet') return [];
  return [{ where: node.where ?? node.from.known ?? null }];
}

/** The table has every column of its schema, whatever its files have. */
function tableSelect(path: string, where: SqlExpression | null): SqlQuery {
  const table = call('deltaLakeLocal', quoted(path));
  return select([{ star: true }], {
    from: { kind: 'function', call: table, alias: 'events', columns: [] },
    where,
  });
}

/** Lists side by side: ClickHouse would pair every element of one with every one of the other. */
function unnested(node: SqlQuery): SqlQuery {
  if (node.kind !== 'select' || node.from !== null || node.columns.length < 2) return node;
  const lists = node.columns.flatMap((item) => {
    const list = 'star' in item ? null : item.expression;
    return list?.kind === 'call' && list.name === 'unnest' ? list.args : [];
  });
  if (lists.length < node.columns.length) return node;
  const zipped = as(call('arrayJoin', call('arrayZip', ...lists)), 'zipped');
  const columns = node.columns.map((item, index) => {
    const element = call('tupleElement', column('zipped'), literal(index + 1));
    return 'star' in item ? item : as(element, item.alias);
  });
  return select(columns, { from: { kind: 'subquery', select: select([zipped]), alias: 'lists' } });
}

/** Comparisons give 0 and 1, which are numbers once they are columns. */
function withTruths(node: SqlQuery): SqlQuery {
  if (node.kind !== 'select') return node;
  const columns = node.columns.map((item) =>
    'star' in item || !isTruth(item.expression)
      ? item
      : as(call('toBool', item.expression), item.alias),
  );
  return { ...node, columns };
}

const truths: ReadonlySet<string> = new Set([
  'contains',
  'ends_with',
  'regexp_matches',
  'starts_with',
]);

const numeric: ReadonlySet<BinaryOperator> = new Set(['+', '-', '*', '/', '//', '%', '||']);

function isTruth(node: SqlExpression): boolean {
  switch (node.kind) {
    case 'binary':
      return !numeric.has(node.op);
    case 'unary':
      return node.op === 'not';
    case 'null test':
    case 'in':
      return true;
    case 'call':
      return truths.has(node.name) || (node.name === 'coalesce' && node.args.some(isTruth));
    case 'case':
      return node.whens.some(({ then }) => isTruth(then));
    default:
      return false;
  }
}

/** A backslash escapes in ClickHouse, not in DuckDB. */
function quoted(value: string): SqlExpression {
  return { kind: 'quoted', value: value.replaceAll('\\', '\\\\') };
}

function expressionOf(node: SqlExpression): SqlExpression {
  switch (node.kind) {
    case 'quoted':
      return quoted(node.value);
    case 'cast':
      return castOf(node);
    case 'binary':
      return node.op === '//' ? call('intDiv', node.left, node.right) : node;
    case 'element':
      return elementOf(node.operand, node.key);
    case 'call':
      return callOf(node);
    default:
      return node;
  }
}

/** What a map or a list has not is an empty text or 0 to ClickHouse, unless asked like this. */
function elementOf(operand: SqlExpression, key: SqlExpression): SqlExpression {
  if (operand.kind !== 'column') return call('arrayElementOrNull', operand, key);
  return when([[call('mapContains', operand, key), call('arrayElement', operand, key)]], null);
}

/** What cannot be cast is null; decimals become whole numbers by rounding, as in DuckDB. */
function castOf(node: Extract<SqlExpression, { kind: 'cast' }>): SqlExpression {
  const { operand, type, onError } = node;
  if (operand.kind === 'literal' && operand.value === null) {
    return type.startsWith('MAP') ? call('map') : node;
  }
  const as = (value: SqlExpression, name: string) =>
    call('accurateCastOrNull', value, quoted(name));
  if (type === 'VARCHAR') return call('toString', operand);
  if (type === 'HUGEINT') return call('toInt128', call('roundBankers', operand));
  if (onError === 'fail') return type === 'BIGINT' ? as(operand, 'Int64') : node;
  if (type === 'TIMESTAMPTZ') {
    return call('parseDateTime64BestEffortOrNull', operand, literal(6), quoted('UTC'));
  }
  if (type === 'BOOLEAN') return as(operand, 'Bool');
  const trimmed = call('trimBoth', call('toString', operand));
  const number = [as(operand, 'Float64'), as(trimmed, 'Float64')];
  if (type === 'DOUBLE') return call('coalesce', ...number);
  assert(type === 'BIGINT', `no cast to ${type} for ClickHouse`);
  const whole = call('roundBankers', call('coalesce', ...number));
  return call('coalesce', as(operand, 'Int64'), as(trimmed, 'Int64'), as(whole, 'Int64'));
}

/** Aggregates over nothing are null, and whole numbers are added in 128 bits, as in DuckDB. */
const aggregates: Readonly<Record<string, string>> = {
  min: 'minOrNull',
  max: 'maxOrNull',
  arg_min: 'argMinOrNull',
  arg_max: 'argMaxOrNull',
  list: 'groupArray',
};

const renamed = new Map(
  Object.entries({
    ...aggregates,
    isfinite: 'isFinite',
    epoch_us: 'toUnixTimestamp64Micro',
    list_value: 'array',
    list_sort: 'arraySort',
    unnest: 'arrayJoin',
    starts_with: 'startsWith',
    ends_with: 'endsWith',
    regexp_extract_all: 'extractAll',
    lower: 'lowerUTF8',
    upper: 'upperUTF8',
    length: 'lengthUTF8',
    strlen: 'LENGTH',
    len: 'LENGTH',
    lpad: 'leftPad',
  }),
);

/** Lower-case names that both have or that are written here; ClickHouse's others have capitals. */
const plain: ReadonlySet<string> = new Set([
  'abs',
  'array',
  'ceil',
  'coalesce',
  'concat',
  'count',
  'floor',
  'greatest',
  'least',
  'left',
  'row_number',
  'sign',
  'log10',
  'map',
  'match',
  'nullif',
  'position',
  'range',
  'transform',
  'trunc',
]);

function callOf(node: Call): SqlExpression {
  const { name, args } = node;
  const [first = literal(null), second = literal(null), third] = args;
  const other = renamed.get(name);
  if (other !== undefined) return { ...node, name: other };
  if (plain.has(name) || /[A-Z]/.test(name)) return node;
  switch (name) {
    case 'sum':
      return { ...node, name: 'sumOrNull', args: [call('toInt128', first)] };
    case 'round':
      return args.length > 1 ? node : rounded(first);
    case 'list_sum':
      return call('arrayReduce', quoted('sumOrNull'), first);
    case 'quantile_cont':
      return quantileOf(node, first, second);
    case 'json_type':
      return jsonType(first);
    case 'contains':
      return binary('>', call('position', first, second), literal(0));
    case 'regexp_matches':
      return call('match', first, binary('||', quoted('(?-s)'), second));
    case 'regexp_extract':
      return call('regexpExtract', first, second, third ?? literal(0));
    case 'regexp_replace':
      return call('replaceRegexpOne', ...args);
    case 'json_extract_string':
      return jsonText(first);
    case 'make_timestamp':
      return call('fromUnixTimestamp64Micro', first, quoted('UTC'));
    case 'strftime':
      return call('formatDateTime', first, timeFormat(second), quoted('UTC'));
    default:
      throw new Fault('CC1215', { name });
  }
}

/** The text of a JSON value: of a string what it says, of all others as they are written. */
function jsonText(json: SqlExpression): SqlExpression {
  const isText = call('startsWith', json, quoted('"'));
  return when([[isText, call('JSONExtractString', json)]], call('nullif', json, quoted('null')));
}

/** Halves away from zero; ClickHouse's own goes to the even one. */
function rounded(value: SqlExpression): SqlExpression {
  const size = call('floor', binary('+', call('abs', value), literal(0.5)));
  return binary('*', call('sign', value), size);
}

const jsonTypes = {
  String: 'VARCHAR',
  Int64: 'BIGINT',
  UInt64: 'UBIGINT',
  Double: 'DOUBLE',
  Bool: 'BOOLEAN',
  Null: 'NULL',
  Array: 'ARRAY',
  Object: 'OBJECT',
} as const;

function jsonType(json: SqlExpression): SqlExpression {
  const lists = [Object.keys(jsonTypes), Object.values(jsonTypes)];
  const [from = literal(null), to = literal(null)] = lists.map((names) =>
    call('array', ...names.map(quoted)),
  );
  const name = call('toString', call('JSONType', call('assumeNotNull', json)));
  return when([[isNotNull(json), call('transform', name, from, to)]], null);
}

/** Between the values of neighbouring ranks, in the arithmetic of DuckDB. */
function quantileOf(node: Call, value: SqlExpression, wanted: SqlExpression): SqlExpression {
  if (wanted.kind === 'call') {
    return call('array', ...wanted.args.map((one) => quantileOf(node, value, one)));
  }
  const values = call('arraySort', { ...node, name: 'groupArray', args: [value] });
  const last = binary('-', call('toInt64', call('LENGTH', values)), literal(1));
  const place = binary('*', last, wanted);
  const way = binary('-', place, call('floor', place));
  const at = (rank: SqlExpression) =>
    call('arrayElementOrNull', values, call('toInt64', binary('+', rank, literal(1))));
  const low = binary('*', at(call('floor', place)), binary('-', literal(1), way));
  return binary('+', low, binary('*', at(call('ceil', place)), way));
}

/** By DuckDB's letter; the others of `FORMAT_TIME` are made without the engine. */
const timeLetters: Readonly<Record<string, string>> = {
  Y: 'Y',
  m: 'm',
  d: 'd',
  H: 'H',
  M: 'i',
  S: 'S',
  f: 'f',
  j: 'j',
  u: 'u',
  w: 'w',
  a: 'a',
  b: 'b',
  y: 'y',
  I: 'I',
  p: 'p',
  G: 'G',
  V: 'V',
};

function timeFormat(format: SqlExpression): SqlExpression {
  const value = format.kind === 'parameter' ? format.parameter.value : null;
  if (typeof value !== 'string') throw new Fault('CC1215', { name: 'strftime' });
  const told = value.replaceAll(/%-?[\s\S]/g, (code) => {
    const letter = timeLetters[code.slice(1)];
    if (letter === undefined) throw new Fault('CC1215', { name: `strftime ${code}` });
    return `%${letter}`;
  });
  return parameter({ type: 'string', value: told });
}
