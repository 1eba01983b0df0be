/**
 * The only place that makes SQL text. Every parenthesis is written out, so the text never depends
 * on operator precedence; values are bound in order of appearance. What an engine spells in
 * another way than DuckDB is in its dialect.
 */
import { assert, unreachable } from '../base/assert.js';
import { type Dialect, duckdb } from './dialect.js';
import type {
  SqlCommonTable,
  SqlCopy,
  SqlCreateTable,
  SqlCreateView,
  SqlExpression,
  SqlOrder,
  SqlParameter,
  SqlQuery,
  SqlSelect,
  SqlSet,
  SqlSource,
  SqlStatement,
  Statement,
} from './node.js';

/** Set-returning calls that may stand in FROM; others can read files or change the engine. */
const tableFunctions: ReadonlySet<string> = new Set([
  'range',
  'generate_series',
  'unnest',
  'parquet_file_metadata',
  'parquet_kv_metadata',
  'deltaLakeLocal',
]);

interface Out {
  readonly dialect: Dialect;
  readonly parameters: SqlParameter[];
}

/** The text of a statement with its bound values. A NUL in a name or path is a bug. */
export function printStatement(node: SqlStatement, dialect: Dialect = duckdb): Statement {
  const parameters: SqlParameter[] = [];
  return { sql: `${printText(node, { dialect, parameters })}${dialect.tail}`, parameters };
}

function printText(node: SqlStatement, out: Out): string {
  switch (node.kind) {
    case 'select':
    case 'union':
      return printQuery(node, out);
    case 'copy':
      return printCopy(node, out);
    case 'create table':
      return printCreateTable(node, out);
    case 'create view':
      return printCreateView(node, out);
    case 'drop table':
      return `DROP TABLE ${quoteIdentifier(node.name)}`;
    case 'set':
      return printSet(node);
    default:
      return unreachable(node);
  }
}

function printCreateTable({ name, query }: SqlCreateTable, out: Out): string {
  return `CREATE TABLE ${quoteIdentifier(name)} AS (${printQuery(query, out)})`;
}

function printCreateView({ name, query }: SqlCreateView, out: Out): string {
  const text = printQuery(query, out);
  assert(out.parameters.length === 0, 'a view has a bound value');
  return `CREATE VIEW ${quoteIdentifier(name)} AS (${text})`;
}

function printSet({ name, value }: SqlSet): string {
  assert(/^[a-z_]+$/i.test(name), `not a setting: ${name}`);
  if (typeof value === 'boolean') return `SET GLOBAL ${name} = ${value}`;
  const text = typeof value === 'string' ? quoteText(value) : quoteTexts(value);
  return `SET GLOBAL ${name} = ${text}`;
}

export function quoteIdentifier(name: string): string {
  assert(!name.includes('\0'), 'an identifier holds a NUL');
  return `"${name.replaceAll('"', '""')}"`;
}

function quoteText(value: string): string {
  assert(!value.includes('\0'), 'a quoted text holds a NUL');
  return `'${value.replaceAll("'", "''")}'`;
}

function quoteTexts(values: readonly string[]): string {
  return `[${values.map(quoteText).join(', ')}]`;
}

function printCopy(copy: SqlCopy, out: Out): string {
  const options = copy.options.map(({ name, value }) => {
    if (typeof value === 'string') return `${name} ${quoteText(value)}`;
    if (typeof value === 'number' || typeof value === 'boolean') return `${name} ${value}`;
    if (typeof value === 'object' && 'pairs' in value) {
      const pairs = value.pairs.map(([key, text]) => `${quoteText(key)}: ${quoteText(text)}`);
      return `${name} {${pairs.join(', ')}}`;
    }
    return `${name} (${value.map(quoteIdentifier).join(', ')})`;
  });
  const query = printQuery(copy.query, out);
  return `COPY (${query}) TO ${quoteText(copy.path)} (${options.join(', ')})`;
}

function printQuery(node: SqlQuery, out: Out): string {
  const query = out.dialect.query(node);
  if (query.kind === 'select') return printSelect(query, out);
  const joint = query.byName ? ' UNION ALL BY NAME ' : ' UNION ALL ';
  return query.selects.map((part) => `(${printQuery(part, out)})`).join(joint);
}

function printSelect(node: SqlSelect, out: Out): string {
  const parts: string[] = [];
  if (node.with.length > 0) {
    parts.push(`WITH ${node.with.map((table) => printCommon(table, out)).join(', ')}`);
  }
  const columns = node.columns.map((item) =>
    'star' in item
      ? '*'
      : `${printExpression(item.expression, out)} AS ${quoteIdentifier(item.alias)}`,
  );
  parts.push(`SELECT ${node.distinct ? 'DISTINCT ' : ''}${columns.join(', ')}`);
  if (node.from) parts.push(`FROM ${printSource(node.from, out)}`);
  if (node.where) parts.push(`WHERE ${printExpression(node.where, out)}`);
  if (node.groupBy.length > 0) parts.push(`GROUP BY ${printGroups(node, out)}`);
  if (node.having) parts.push(`HAVING ${printExpression(node.having, out)}`);
  if (node.orderBy.length > 0) parts.push(`ORDER BY ${printOrders(node.orderBy, out)}`);
  if (node.limit !== null) parts.push(`LIMIT ${printInteger(node.limit)}`);
  return parts.join(' ');
}

function printGroups({ groupBy, groupByEach }: SqlSelect, out: Out): string {
  if (groupByEach !== true) return printList(groupBy, out);
  const sets = groupBy.map((key) => `(${printExpression(key, out)})`);
  return `GROUPING SETS (${[...sets, '()'].join(', ')})`;
}

function printCommon(table: SqlCommonTable, out: Out): string {
  const hint = table.materialized ? 'MATERIALIZED ' : '';
  return `${quoteIdentifier(table.name)} AS ${hint}(${printQuery(table.select, out)})`;
}

function printSource(source: SqlSource, out: Out): string {
  switch (source.kind) {
    case 'table':
      return quoteIdentifier(source.name);
    case 'parquet': {
      const files = source.quoted
        ? quoteTexts(source.files)
        : bind({ type: 'strings', value: source.files }, out);
      const union = source.unionByName ? ', union_by_name = true' : '';
      const name = source.fileName ? ', filename = true' : '';
      return `read_parquet(${files}, hive_partitioning = false${union}${name})`;
    }
    case 'subquery':
      return `(${printQuery(source.select, out)}) AS ${quoteIdentifier(source.alias)}`;
    case 'join': {
      const left = printSource(source.left, out);
      const right = printSource(source.right, out);
      const on = source.on === null ? '' : ` ON ${printExpression(source.on, out)}`;
      return `${left} ${source.type.toUpperCase()} JOIN ${right}${on}`;
    }
    case 'json lines': {
      const path = bind({ type: 'string', value: source.path }, out);
      return `read_json(${path}, ${printJsonLines(source.columns)})`;
    }
    case 'json files': {
      const format = printJsonLines(source.columns);
      return `read_json(${quoteTexts(source.files)}, ${format}, filename = true)`;
    }
    case 'function': {
      assert(
        source.call.kind === 'call' && tableFunctions.has(source.call.name),
        'not a table function that may stand in FROM',
      );
      const call = printExpression(source.call, out);
      const columns = source.columns.map(quoteIdentifier).join(', ');
      const names = columns === '' ? '' : `(${columns})`;
      return `${call} AS ${quoteIdentifier(source.alias)}${names}`;
    }
    default:
      return unreachable(source);
  }
}

function printJsonLines(
  columns: readonly { readonly name: string; readonly type: string }[],
): string {
  const types = columns.map(({ name, type }) => `${name}: ${quoteText(type)}`);
  return `format = 'newline_delimited', columns = {${types.join(', ')}}`;
}

function printExpression(spelled: SqlExpression, out: Out): string {
  const node = out.dialect.expression(spelled);
  const print = (child: SqlExpression): string => printExpression(child, out);
  switch (node.kind) {
    case 'column':
      return node.table === null
        ? quoteIdentifier(node.name)
        : `${quoteIdentifier(node.table)}.${quoteIdentifier(node.name)}`;
    case 'parameter':
      return bind(node.parameter, out);
    case 'literal':
      return printLiteral(node.value, out);
    case 'star':
      return '*';
    case 'call':
      return printCall(node, out);
    case 'binary': {
      const left = print(node.left);
      return `(${left} ${node.op.toUpperCase()} ${print(node.right)})`;
    }
    case 'unary':
      return node.op === 'not' ? `(NOT ${print(node.operand)})` : `(-${print(node.operand)})`;
    case 'cast': {
      const name = node.onError === 'null' ? 'TRY_CAST' : 'CAST';
      return `${name}(${print(node.operand)} AS ${out.dialect.type(node.type)})`;
    }
    case 'case':
      return printCase(node, out);
    case 'null test':
      return `(${print(node.operand)} IS ${node.negated ? 'NOT ' : ''}NULL)`;
    case 'in': {
      const operand = print(node.operand);
      const list = printList(node.list, out);
      return `(${operand} ${node.negated ? 'NOT ' : ''}IN (${list}))`;
    }
    case 'window':
      return printWindow(node, out);
    case 'scalar':
      return `(${printSelect(node.select, out)})`;
    case 'struct': {
      const fields = node.fields.map(
        ({ alias, expression }) => `${quoteText(alias)}: ${print(expression)}`,
      );
      return `{${fields.join(', ')}}`;
    }
    case 'element': {
      const operand = print(node.operand);
      return `${operand}[${print(node.key)}]`;
    }
    case 'field':
      return `(${print(node.operand)}).${quoteIdentifier(node.name)}`;
    case 'lambda':
      return `lambda ${node.variables.map(quoteIdentifier).join(', ')}: ${print(node.body)}`;
    case 'quoted':
      return quoteText(node.value);
    case 'verbatim':
      return node.text;
    default:
      return unreachable(node);
  }
}

function printCall(node: Extract<SqlExpression, { kind: 'call' }>, out: Out): string {
  assert(/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(node.name), `not a function name: ${node.name}`);
  const args = printList(node.args, out);
  const orders = node.orderBy.length === 0 ? '' : ` ORDER BY ${printOrders(node.orderBy, out)}`;
  const filter = node.filter === null ? '' : ` FILTER (WHERE ${printExpression(node.filter, out)})`;
  return `${node.name}(${node.distinct ? 'DISTINCT ' : ''}${args}${orders})${filter}`;
}

function printCase(node: Extract<SqlExpression, { kind: 'case' }>, out: Out): string {
  const whens = node.whens.map((item) => {
    const condition = printExpression(item.when, out);
    return `WHEN ${condition} THEN ${printExpression(item.then, out)}`;
  });
  const otherwise = node.otherwise === null ? '' : ` ELSE ${printExpression(node.otherwise, out)}`;
  return `CASE ${whens.join(' ')}${otherwise} END`;
}

function printWindow(node: Extract<SqlExpression, { kind: 'window' }>, out: Out): string {
  const call = printExpression(node.call, out);
  const parts: string[] = [];
  if (node.partitionBy.length > 0) {
    parts.push(`PARTITION BY ${printList(node.partitionBy, out)}`);
  }
  if (node.orderBy.length > 0) parts.push(`ORDER BY ${printOrders(node.orderBy, out)}`);
  if (node.frame === 'running') parts.push('ROWS UNBOUNDED PRECEDING');
  if (node.frame === 'whole') {
    parts.push('ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING');
  }
  return `${call} OVER (${parts.join(' ')})`;
}

function printOrders(orders: readonly SqlOrder[], out: Out): string {
  return orders
    .map(({ expression, descending, nulls }) => {
      const direction = descending ? 'DESC' : 'ASC';
      return `${printExpression(expression, out)} ${direction} NULLS ${nulls.toUpperCase()}`;
    })
    .join(', ');
}

function printList(nodes: readonly SqlExpression[], out: Out): string {
  return nodes.map((node) => printExpression(node, out)).join(', ');
}

/** Numbers of ours, never values from data. A sign stands in parentheses: `--` opens a comment. */
function printLiteral(value: number | bigint | boolean | null, out: Out): string {
  if (typeof value === 'number' && !Number.isInteger(value)) {
    assert(Number.isFinite(value), 'a literal is not finite');
    return `CAST(${value} AS ${out.dialect.type('DOUBLE')})`;
  }
  const text = String(value).toUpperCase();
  return text.startsWith('-') ? `(${text})` : text;
}

function printInteger(value: number): string {
  assert(Number.isSafeInteger(value) && value >= 0, 'a limit is not a whole number');
  return String(value);
}

/**
 * A node that stands in two places is bound once, so that the engine sees the same expression and
 * works it out once.
 */
function bind(value: SqlParameter, { dialect, parameters }: Out): string {
  const known = parameters.indexOf(value);
  const index = known < 0 ? parameters.push(value) : known + 1;
  return dialect.bound(value.type, index);
}
