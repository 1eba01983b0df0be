/**
 * The only place that makes SQL text (DuckDB's dialect). Every parenthesis is written out, so the
 * text never depends on operator precedence; values become `$1`, `$2` … in order of appearance.
 */
import { assert, unreachable } from '../base/assert.js';
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
]);

/** The text of a statement with its bound values. A NUL in a name or path is a bug. */
export function printStatement(node: SqlStatement): Statement {
  const parameters: SqlParameter[] = [];
  return { sql: printText(node, parameters), parameters };
}

function printText(node: SqlStatement, parameters: SqlParameter[]): string {
  switch (node.kind) {
    case 'select':
    case 'union':
      return printQuery(node, parameters);
    case 'copy':
      return printCopy(node, parameters);
    case 'create table':
      return printCreateTable(node, parameters);
    case 'create view':
      return printCreateView(node);
    case 'drop table':
      return `DROP TABLE ${quoteIdentifier(node.name)}`;
    case 'set':
      return printSet(node);
    default:
      return unreachable(node);
  }
}

function printCreateTable({ name, query }: SqlCreateTable, parameters: SqlParameter[]): string {
  return `CREATE TABLE ${quoteIdentifier(name)} AS (${printQuery(query, parameters)})`;
}

function printCreateView({ name, query }: SqlCreateView): string {
  const parameters: SqlParameter[] = [];
  const text = printQuery(query, parameters);
  assert(parameters.length === 0, 'a view has a bound value');
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

function printCopy(copy: SqlCopy, parameters: SqlParameter[]): string {
  const options = copy.options.map(({ name, value }) => {
    if (typeof value === 'string') return `${name} ${quoteText(value)}`;
    if (typeof value === 'number' || typeof value === 'boolean') return `${name} ${value}`;
    if (typeof value === 'object' && 'pairs' in value) {
      const pairs = value.pairs.map(([key, text]) => `${quoteText(key)}: ${quoteText(text)}`);
      return `${name} {${pairs.join(', ')}}`;
    }
    return `${name} (${value.map(quoteIdentifier).join(', ')})`;
  });
  const query = printQuery(copy.query, parameters);
  return `COPY (${query}) TO ${quoteText(copy.path)} (${options.join(', ')})`;
}

function printQuery(query: SqlQuery, parameters: SqlParameter[]): string {
  if (query.kind === 'select') return printSelect(query, parameters);
  const joint = query.byName ? ' UNION ALL BY NAME ' : ' UNION ALL ';
  return query.selects.map((part) => `(${printQuery(part, parameters)})`).join(joint);
}

function printSelect(node: SqlSelect, parameters: SqlParameter[]): string {
  const parts: string[] = [];
  if (node.with.length > 0) {
    parts.push(`WITH ${node.with.map((table) => printCommon(table, parameters)).join(', ')}`);
  }
  const columns = node.columns.map((item) =>
    'star' in item
      ? '*'
      : `${printExpression(item.expression, parameters)} AS ${quoteIdentifier(item.alias)}`,
  );
  parts.push(`SELECT ${node.distinct ? 'DISTINCT ' : ''}${columns.join(', ')}`);
  if (node.from) parts.push(`FROM ${printSource(node.from, parameters)}`);
  if (node.where) parts.push(`WHERE ${printExpression(node.where, parameters)}`);
  if (node.groupBy.length > 0) parts.push(`GROUP BY ${printGroups(node, parameters)}`);
  if (node.having) parts.push(`HAVING ${printExpression(node.having, parameters)}`);
  if (node.orderBy.length > 0) parts.push(`ORDER BY ${printOrders(node.orderBy, parameters)}`);
  if (node.limit !== null) parts.push(`LIMIT ${printInteger(node.limit)}`);
  return parts.join(' ');
}

function printGroups({ groupBy, groupByEach }: SqlSelect, parameters: SqlParameter[]): string {
  if (groupByEach !== true) return printList(groupBy, parameters);
  const sets = groupBy.map((key) => `(${printExpression(key, parameters)})`);
  return `GROUPING SETS (${[...sets, '()'].join(', ')})`;
}

function printCommon(table: SqlCommonTable, parameters: SqlParameter[]): string {
  const hint = table.materialized ? 'MATERIALIZED ' : '';
  return `${quoteIdentifier(table.name)} AS ${hint}(${printQuery(table.select, parameters)})`;
}

function printSource(source: SqlSource, parameters: SqlParameter[]): string {
  switch (source.kind) {
    case 'table':
      return quoteIdentifier(source.name);
    case 'parquet': {
      const files = source.quoted
        ? quoteTexts(source.files)
        : bind({ type: 'strings', value: source.files }, parameters);
      const union = source.unionByName ? ', union_by_name = true' : '';
      const name = source.fileName ? ', filename = true' : '';
      return `read_parquet(${files}, hive_partitioning = false${union}${name})`;
    }
    case 'subquery':
      return `(${printQuery(source.select, parameters)}) AS ${quoteIdentifier(source.alias)}`;
    case 'join': {
      const left = printSource(source.left, parameters);
      const right = printSource(source.right, parameters);
      const on = source.on === null ? '' : ` ON ${printExpression(source.on, parameters)}`;
      return `${left} ${source.type.toUpperCase()} JOIN ${right}${on}`;
    }
    case 'json lines': {
      const path = bind({ type: 'string', value: source.path }, parameters);
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
      const call = printExpression(source.call, parameters);
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

function printExpression(node: SqlExpression, parameters: SqlParameter[]): string {
  const print = (child: SqlExpression): string => printExpression(child, parameters);
  switch (node.kind) {
    case 'column':
      return node.table === null
        ? quoteIdentifier(node.name)
        : `${quoteIdentifier(node.table)}.${quoteIdentifier(node.name)}`;
    case 'parameter':
      return bind(node.parameter, parameters);
    case 'literal':
      return printLiteral(node.value);
    case 'star':
      return '*';
    case 'call':
      return printCall(node, parameters);
    case 'binary': {
      const left = print(node.left);
      return `(${left} ${node.op.toUpperCase()} ${print(node.right)})`;
    }
    case 'unary':
      return node.op === 'not' ? `(NOT ${print(node.operand)})` : `(-${print(node.operand)})`;
    case 'cast': {
      const name = node.onError === 'null' ? 'TRY_CAST' : 'CAST';
      return `${name}(${print(node.operand)} AS ${node.type})`;
    }
    case 'case':
      return printCase(node, parameters);
    case 'null test':
      return `(${print(node.operand)} IS ${node.negated ? 'NOT ' : ''}NULL)`;
    case 'in': {
      const operand = print(node.operand);
      const list = printList(node.list, parameters);
      return `(${operand} ${node.negated ? 'NOT ' : ''}IN (${list}))`;
    }
    case 'window':
      return printWindow(node, parameters);
    case 'scalar':
      return `(${printSelect(node.select, parameters)})`;
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

function printCall(
  node: Extract<SqlExpression, { kind: 'call' }>,
  parameters: SqlParameter[],
): string {
  assert(/^[a-z_][a-z0-9_]*$/.test(node.name), `not a function name: ${node.name}`);
  const args = printList(node.args, parameters);
  const orders =
    node.orderBy.length === 0 ? '' : ` ORDER BY ${printOrders(node.orderBy, parameters)}`;
  const filter =
    node.filter === null ? '' : ` FILTER (WHERE ${printExpression(node.filter, parameters)})`;
  return `${node.name}(${node.distinct ? 'DISTINCT ' : ''}${args}${orders})${filter}`;
}

function printCase(
  node: Extract<SqlExpression, { kind: 'case' }>,
  parameters: SqlParameter[],
): string {
  const whens = node.whens.map((item) => {
    const condition = printExpression(item.when, parameters);
    return `WHEN ${condition} THEN ${printExpression(item.then, parameters)}`;
  });
  const otherwise =
    node.otherwise === null ? '' : ` ELSE ${printExpression(node.otherwise, parameters)}`;
  return `CASE ${whens.join(' ')}${otherwise} END`;
}

function printWindow(
  node: Extract<SqlExpression, { kind: 'window' }>,
  parameters: SqlParameter[],
): string {
  const call = printExpression(node.call, parameters);
  const parts: string[] = [];
  if (node.partitionBy.length > 0) {
    parts.push(`PARTITION BY ${printList(node.partitionBy, parameters)}`);
  }
  if (node.orderBy.length > 0) parts.push(`ORDER BY ${printOrders(node.orderBy, parameters)}`);
  if (node.frame === 'running') parts.push('ROWS UNBOUNDED PRECEDING');
  if (node.frame === 'whole') {
    parts.push('ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING');
  }
  return `${call} OVER (${parts.join(' ')})`;
}

function printOrders(orders: readonly SqlOrder[], parameters: SqlParameter[]): string {
  return orders
    .map(({ expression, descending, nulls }) => {
      const direction = descending ? 'DESC' : 'ASC';
      return `${printExpression(expression, parameters)} ${direction} NULLS ${nulls.toUpperCase()}`;
    })
    .join(', ');
}

function printList(nodes: readonly SqlExpression[], parameters: SqlParameter[]): string {
  return nodes.map((node) => printExpression(node, parameters)).join(', ');
}

/** Numbers of ours, never values from data. A sign stands in parentheses: `--` opens a comment. */
function printLiteral(value: number | bigint | boolean | null): string {
  if (typeof value === 'number' && !Number.isInteger(value)) {
    assert(Number.isFinite(value), 'a literal is not finite');
    return `CAST(${value} AS DOUBLE)`;
  }
  const text = String(value).toUpperCase();
  return text.startsWith('-') ? `(${text})` : text;
}

function printInteger(value: number): string {
  assert(Number.isSafeInteger(value) && value >= 0, 'a limit is not a whole number');
  return String(value);
}

/**
 * Only a bound timestamp and a bound text need their type said. A node that stands in two places is
 * bound once, so that the engine sees the same expression and works it out once.
 */
function bind(value: SqlParameter, parameters: SqlParameter[]): string {
  const known = parameters.indexOf(value);
  const index = known < 0 ? parameters.push(value) : known + 1;
  const name = `$${index}`;
  if (value.type === 'timestamp') return `CAST(${name} AS TIMESTAMPTZ)`;
  if (value.type === 'string') return `CAST(${name} AS VARCHAR)`;
  return name;
}
