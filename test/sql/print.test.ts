/** Every printed form: its text, and that real DuckDB binds it, runs it and gives these rows. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance, LIST, listValue, VARCHAR } from '@duckdb/node-api';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as sql from '../../src/sql/build.js';
import type {
  BinaryOperator,
  SqlExpression,
  SqlParameter,
  SqlQuery,
  SqlSelect,
  SqlSource,
  SqlStatement,
} from '../../src/sql/node.js';
import { printStatement, quoteIdentifier } from '../../src/sql/print.js';

let connection: DuckDBConnection;
let dir = '';

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'coldcase-test-'));
  connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run("SET TimeZone = 'UTC'");
});
afterAll(() => {
  connection.closeSync();
  rmSync(dir, { recursive: true, force: true });
});

async function run(node: SqlStatement): Promise<readonly (readonly unknown[])[]> {
  const { sql: text, parameters } = printStatement(node);
  const values = parameters.map(boundValue);
  const types = parameters.map(({ type }) => (type === 'strings' ? LIST(VARCHAR) : undefined));
  const named = Object.fromEntries(values.map((value, index) => [String(index + 1), value]));
  const namedTypes = Object.fromEntries(types.map((type, index) => [String(index + 1), type]));
  return (await connection.runAndReadAll(text, named, namedTypes)).getRowsJson();
}

function boundValue(parameter: SqlParameter) {
  if (parameter.type === 'strings') return listValue(parameter.value);
  if (parameter.type === 'integer' && parameter.value !== null) return BigInt(parameter.value);
  if (parameter.type === 'timestamp') return '1970-01-01 00:00:01+00';
  return parameter.value;
}

const { as, call, column, literal, select } = sql;
const one = (expression: SqlExpression): SqlSelect => select([as(expression, 'x')]);
const range = (count: number, alias = 't', name = 'i'): SqlSource => ({
  kind: 'function',
  call: call('range', literal(count)),
  alias,
  columns: [name],
});
const sub = (query: SqlQuery, alias: string): SqlSource => ({
  kind: 'subquery',
  select: query,
  alias,
});
const i = column('i');
const byI = [sql.order(i)];

const expressions: readonly (readonly [SqlExpression, text: string, value: unknown])[] = [
  [literal(-5), '(-5)', -5],
  [{ kind: 'unary', op: '-', operand: literal(-5) }, '(-(-5))', 5],
  [literal(0.1), 'CAST(0.1 AS DOUBLE)', 0.1],
  [literal(1e-7), 'CAST(1e-7 AS DOUBLE)', 1e-7],
  [literal(null), 'NULL', null],
  [literal(true), 'TRUE', true],
  [literal(2n ** 62n), '4611686018427387904', String(2n ** 62n)],
  [sql.text(`a'"b`), 'CAST($1 AS VARCHAR)', `a'"b`],
  [sql.parameter({ type: 'integer', value: 7 }), '$1', '7'],
  [sql.parameter({ type: 'number', value: 0.5 }), '$1', 0.5],
  [sql.parameter({ type: 'boolean', value: true }), '$1', true],
  [sql.parameter({ type: 'strings', value: ["x'"] }), '$1', ["x'"]],
  [
    call('epoch_us', sql.parameter({ type: 'timestamp', value: 1_000_000 })),
    'epoch_us(CAST($1 AS TIMESTAMPTZ))',
    '1000000',
  ],
  [sql.binary('*', sql.binary('+', literal(1), literal(2)), literal(3)), '((1 + 2) * 3)', 9],
  [sql.not(sql.binary('=', literal(1), literal(2))), '(NOT (1 = 2))', true],
  [sql.all([]), 'TRUE', true],
  [sql.any([]), 'FALSE', false],
  [sql.all([literal(true), literal(false)]), '(TRUE AND FALSE)', false],
  [sql.any([literal(true), literal(false)]), '(TRUE OR FALSE)', true],
  [sql.isNull(literal(null)), '(NULL IS NULL)', true],
  [sql.isNotNull(literal(null)), '(NULL IS NOT NULL)', false],
  [sql.cast(literal(1), 'VARCHAR'), 'CAST(1 AS VARCHAR)', '1'],
  [sql.tryCast(sql.text('x'), 'BIGINT'), 'TRY_CAST(CAST($1 AS VARCHAR) AS BIGINT)', null],
  [sql.when([[literal(false), literal(1)]], literal(2)), 'CASE WHEN FALSE THEN 1 ELSE 2 END', 2],
  [sql.when([[literal(false), literal(1)]], null), 'CASE WHEN FALSE THEN 1 END', null],
  [
    { kind: 'in', operand: literal(1), list: [literal(1), literal(2)], negated: true },
    '(1 NOT IN (1, 2))',
    false,
  ],
  [{ kind: 'scalar', select: one(literal(4)) }, '(SELECT 4 AS "x")', 4],
  [{ kind: 'struct', fields: [as(literal(1), "a'b")] }, `{'a''b': 1}`, { "a'b": 1 }],
  [
    { kind: 'field', operand: { kind: 'struct', fields: [as(literal(1), 'a"b')] }, name: 'a"b' },
    `({'a"b': 1})."a""b"`,
    1,
  ],
  [
    { kind: 'element', operand: call('list_value', literal(8), literal(9)), key: literal(2) },
    'list_value(8, 9)[2]',
    9,
  ],
  [
    call('list_transform', call('list_value', literal(8)), {
      kind: 'lambda',
      variables: ['e'],
      body: sql.binary('+', column('e'), literal(1)),
    }),
    'list_transform(list_value(8), lambda "e": ("e" + 1))',
    [9],
  ],
  [{ kind: 'verbatim', text: 'pi() > 3' }, 'pi() > 3', true],
];

describe('printed expressions', () => {
  it.each(expressions.map(([expression, text, value]) => [text, expression, value] as const))(
    '%s',
    async (text, expression, value) => {
      expect(printStatement(one(expression)).sql).toBe(`SELECT ${text} AS "x"`);
      expect(await run(one(expression))).toEqual([[value]]);
    },
  );

  it('bind with every operator and type', async () => {
    const onNumbers: readonly BinaryOperator[] = [
      '=',
      '<>',
      '<',
      '<=',
      '>',
      '>=',
      '+',
      '-',
      '*',
      '/',
      '//',
      '%',
      'is distinct from',
      'is not distinct from',
    ];
    for (const op of onNumbers) {
      expect(await run(one(sql.binary(op, literal(7), literal(2)))), op).toHaveLength(1);
    }
    expect(await run(one(sql.binary('||', sql.text('a'), sql.text('b'))))).toEqual([['ab']]);
    for (const type of [
      'VARCHAR',
      'BIGINT',
      'INTEGER',
      'HUGEINT',
      'DOUBLE',
      'BOOLEAN',
      'TIMESTAMPTZ',
      'DATE',
      'BLOB',
      'JSON',
      'MAP(VARCHAR, VARCHAR)',
      'MAP(VARCHAR, JSON)',
      'VARCHAR[]',
    ] as const) {
      expect(await run(one(sql.cast(literal(null), type))), type).toEqual([[null]]);
    }
  });

  it('number parameters as they appear', async () => {
    const query = select([as(sql.text('a'), 'a')], {
      where: sql.binary('=', sql.text('b'), sql.text('b')),
      having: null,
      orderBy: [sql.order(sql.text('c'))],
    });
    const { sql: text, parameters } = printStatement(query);
    expect([...text.matchAll(/\$\d/g)].map(([name]) => name)).toEqual(['$1', '$2', '$3', '$4']);
    expect(parameters.map(({ value }) => value)).toEqual(['a', 'b', 'b', 'c']);
    expect(await run(query)).toEqual([['a']]);
  });
});

describe('printed queries', () => {
  it('aggregate, filter, group, order and limit', async () => {
    const even = sql.binary('=', sql.binary('%', i, literal(2)), literal(0));
    const query = select(
      [
        as(even, 'even'),
        as(sql.aggregate('count', [sql.star], { filter: sql.binary('>', i, literal(2)) }), 'n'),
        as(sql.aggregate('count', [i], { distinct: true }), 'd'),
        as(sql.aggregate('list', [i], { orderBy: [sql.order(i, true)] }), 'l'),
      ],
      {
        from: range(6),
        where: sql.binary('<', i, literal(5)),
        groupBy: [literal(1)],
        having: sql.binary('>', sql.aggregate('count', [sql.star]), literal(0)),
        orderBy: [sql.order(column('even'), true)],
        limit: 5,
      },
    );
    expect(printStatement(query).sql).toBe(
      'SELECT (("i" % 2) = 0) AS "even", count(*) FILTER (WHERE ("i" > 2)) AS "n", ' +
        'count(DISTINCT "i") AS "d", list("i" ORDER BY "i" DESC NULLS LAST) AS "l" ' +
        'FROM range(6) AS "t"("i") WHERE ("i" < 5) GROUP BY 1 HAVING (count(*) > 0) ' +
        'ORDER BY "even" DESC NULLS LAST LIMIT 5',
    );
    expect(await run(query)).toEqual([
      [true, '1', '3', ['4', '2', '0']],
      [false, '1', '2', ['3', '1']],
    ]);
  });

  it('use windows, common tables, unions and DISTINCT', async () => {
    const windows = (['running', 'whole', null] as const).map((frame, index) =>
      as(
        {
          kind: 'window',
          call: call('sum', i),
          partitionBy: [sql.binary('%', i, literal(2))],
          orderBy: frame === 'running' ? byI : [],
          frame,
        },
        `w${index}`,
      ),
    );
    const query = select([as(i, 'i'), ...windows], {
      with: [
        { name: 'c', select: select([{ star: true }], { from: range(4) }), materialized: true },
        { name: 'e', select: select([as(i, 'i')], { from: range(1) }), materialized: false },
      ],
      from: { kind: 'table', name: 'c' },
      orderBy: byI,
    });
    expect(await run(query)).toEqual([
      ['0', '0', '2', '2'],
      ['1', '1', '4', '4'],
      ['2', '2', '2', '2'],
      ['3', '4', '4', '4'],
    ]);
    for (const [byName, expected] of [
      [
        false,
        [
          ['1', '2'],
          ['3', '4'],
        ],
      ],
      [
        true,
        [
          ['1', '2'],
          ['4', '3'],
        ],
      ],
    ]) {
      const row = (names: readonly [string, string], values: readonly [number, number]) =>
        select(
          names.map((name, index) => as(sql.cast(literal(values[index] ?? 0), 'BIGINT'), name)),
        );
      const union: SqlQuery = {
        kind: 'union',
        byName: byName === true,
        selects: [row(['a', 'b'], [1, 2]), row(['b', 'a'], [3, 4])],
      };
      const ordered = select([{ star: true }], {
        distinct: true,
        from: sub(union, 'u'),
        orderBy: [sql.order(column('a', 'u'))],
      });
      expect(await run(ordered)).toEqual(expected);
    }
  });

  it('join in every way', async () => {
    const rowsOf = async (type: Extract<SqlSource, { kind: 'join' }>['type']) => {
      const op: BinaryOperator = type === 'asof left' ? '>=' : '=';
      const on = sql.binary(op, column('i', 'l'), column('j', 'r'));
      const source: SqlSource = {
        kind: 'join',
        type,
        left: range(3, 'l'),
        right: sub(select([as(literal(1), 'j')]), 'r'),
        on: type === 'cross' ? null : on,
      };
      const count = select([as(sql.aggregate('count', [sql.star]), 'n')], { from: source });
      return (await run(count))[0]?.[0];
    };
    expect(await rowsOf('inner')).toBe('1');
    expect(await rowsOf('left')).toBe('3');
    expect(await rowsOf('full')).toBe('3');
    expect(await rowsOf('cross')).toBe('3');
    expect(await rowsOf('semi')).toBe('1');
    expect(await rowsOf('anti')).toBe('2');
    expect(await rowsOf('asof left')).toBe('3');
  });
});

describe('printed statements', () => {
  it('copy to Parquet and read it back, with odd paths and names', async () => {
    const path = join(dir, 'it\'s "odd".parquet');
    const query = select([as(i, 'a"b'), as(i, 'p')], { from: range(3) });
    const copy: SqlStatement = {
      kind: 'copy',
      query,
      path,
      options: [
        { name: 'FORMAT', value: 'parquet' },
        { name: 'ROW_GROUP_SIZE', value: 2048 },
        { name: 'RETURN_STATS', value: true },
      ],
    };
    expect(printStatement(copy).sql).toContain(
      `TO '${path.replaceAll("'", "''")}' (FORMAT 'parquet', ROW_GROUP_SIZE 2048, RETURN_STATS true)`,
    );
    expect((await run(copy))[0]?.slice(0, 2)).toEqual([path, '3']);
    for (const [unionByName, fileName] of [
      [false, false],
      [true, true],
    ] as const) {
      const from: SqlSource = { kind: 'parquet', files: [path], unionByName, fileName };
      const names = ['a"b', ...(fileName ? ['filename'] : [])];
      const read = select(
        names.map((name) => as(column(name), name)),
        { from, limit: 1 },
      );
      expect(await run(read)).toEqual([['0', ...(fileName ? [path] : [])]]);
    }
    const partitioned: SqlStatement = {
      kind: 'copy',
      query,
      path: join(dir, 'parts'),
      options: [
        { name: 'FORMAT', value: 'parquet' },
        { name: 'PARTITION_BY', value: ['p'] },
      ],
    };
    expect(await run(partitioned)).toEqual([['3']]);
  });

  it('read lines of JSON with types of ours', async () => {
    const path = join(dir, 'lines.ndjson');
    writeFileSync(path, '{"a":{"b":1}}\n{"c":"x"}\n');
    const columns = [
      { name: 'a', type: 'STRUCT(b BIGINT)' },
      { name: 'c', type: 'VARCHAR' },
    ];
    const query = select([{ star: true }], { from: { kind: 'json lines', path, columns } });
    expect(await run(query)).toEqual([
      [{ b: '1' }, null],
      [null, 'x'],
    ]);
  });

  it('make and drop tables, change settings', async () => {
    await run({ kind: 'create table', name: 'a "b"', query: one(literal(1)) });
    const read = select([{ star: true }], { from: { kind: 'table', name: 'a "b"' } });
    expect(await run(read)).toEqual([[1]]);
    await run({ kind: 'drop table', name: 'a "b"' });
    await expect(run(read)).rejects.toThrow('does not exist');
    await run({ kind: 'set', name: 'TimeZone', value: 'Asia/Kolkata' });
    await run({ kind: 'set', name: 'preserve_insertion_order', value: false });
    const list: SqlStatement = { kind: 'set', name: 'allowed_paths', value: ["/it's", '/b'] };
    expect(printStatement(list).sql).toBe(`SET GLOBAL allowed_paths = ['/it''s', '/b']`);
    await run(list);
    const setting = one(call('current_setting', { kind: 'verbatim', text: "'allowed_paths'" }));
    expect(JSON.stringify(await run(setting))).toContain("/it's");
  });

  it('refuse what would be a bug', () => {
    const text = (node: SqlStatement) => () => printStatement(node);
    const from = (name: string): SqlSource => ({
      kind: 'function',
      call: call(name),
      alias: 't',
      columns: [],
    });
    expect(text(one(call('f(x); drop')))).toThrow('not a function name');
    expect(text(one(column('a\0b')))).toThrow('NUL');
    expect(text(one(literal(Number.NaN)))).toThrow('not finite');
    expect(text(select([{ star: true }], { limit: -1 }))).toThrow('not a whole number');
    for (const name of ['enable_logging', 'read_text', 'glob', 'query', 'read_parquet']) {
      expect(text(select([{ star: true }], { from: from(name) })), name).toThrow(
        'not a table function that may stand in FROM',
      );
    }
    expect(text({ kind: 'set', name: 'a = 1; b', value: true })).toThrow('not a setting');
  });

  it('keep any name and any value apart from the text', async () => {
    const unicode = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
    const names = unicode.filter((name) => !name.includes('\0'));
    const property = fc.asyncProperty(names, unicode, async (name, value) => {
      const query = select([as(column(name, 't'), name)], {
        from: sub(select([as(sql.text(value), name)]), 't'),
      });
      const { sql: text } = printStatement(query);
      expect(text.split(quoteIdentifier(name)).length).toBeGreaterThan(3);
      expect(await run(query)).toEqual([[value]]);
    });
    await fc.assert(property, { seed: 20200416, numRuns: 300 });
  });
});
