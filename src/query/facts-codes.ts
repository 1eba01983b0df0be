/** The codes of the values of facts: made by how many rows have each, and read back. */
import { present } from '../base/assert.js';
import {
  aggregate,
  all,
  as,
  binary,
  call,
  cast,
  column,
  isNotNull,
  literal,
  order,
  select,
  star,
} from '../sql/build.js';
import type { SqlExpression, SqlSelect } from '../sql/node.js';
import { printStatement } from '../sql/print.js';
import type { FactOptions, Facts, FactsSpec } from './facts.js';
import type { OnlyCodes } from './facts-ask.js';
import { factColumns, type ListedCodes } from './facts-rows.js';
import type { Cell, KeptTable, QuerySource } from './ports.js';
import { rollupRows, rollupSpec } from './rollup.js';
import { aliases } from './rows-sql.js';

/** The values of a key that are told apart. */
export interface FactCodes {
  /** A table in the engine. */
  readonly table: string;
  readonly size: number;
  /** In order of their codes; null where they are too many for a list. */
  readonly values: readonly Cell[] | null;
}

/** Chosen by us: values found by their place in a list; a list of more is slower than a join. */
export const mostListed = 512;

/** Counts the values of all keys in one pass over the files. */
export async function keepCodes(
  source: QuerySource,
  spec: FactsSpec,
  { engine, signal }: FactOptions,
): Promise<readonly FactCodes[]> {
  if (spec.keys.length === 0) return [];
  const counts = await engine.keep(valueCounts(source, spec), signal);
  const codes: FactCodes[] = [];
  for (const [at, { mostValues }] of spec.keys.entries()) {
    const kept = await engine.keep(codesSelect(counts.name, at, mostValues), signal);
    codes.push(await codesOf(kept, { engine, signal }));
  }
  await counts.drop();
  return codes;
}

async function codesOf(
  { name: table, rowCount: size }: KeptTable,
  { engine, signal }: FactOptions,
): Promise<FactCodes> {
  if (size > mostListed) return { table, size, values: null };
  const asked = select([as(column('v'), 'v')], {
    from: { kind: 'table', name: table },
    orderBy: [order(column('code'))],
  });
  const { rows } = await engine.execute(printStatement(asked), signal);
  return { table, size, values: rows.map(([value = null]) => value) };
}

/** **Shape** one column a key, of which at most one has a value, and the rows that have it. */
function valueCounts(source: QuerySource, { window, keys }: FactsSpec): SqlSelect {
  const { from } = rollupRows(
    rollupSpec(window, { keys: keys.map(({ breakdown }) => breakdown) }),
    source,
  );
  const values = keys.map((_, at) => aliases.key(at));
  return select(
    [
      ...values.map((name) => as(column(name), name)),
      as(aggregate('count', [star]), factColumns.rows),
    ],
    { from, groupBy: values.map((name) => column(name)), groupByEach: true },
  );
}

/** **Shape** code, value, rows. Missing values have no code, nor have those beyond the most. */
function codesSelect(counts: string, key: number, mostValues: number): SqlSelect {
  const value = column(aliases.key(key));
  const number: SqlExpression = {
    kind: 'window',
    call: call('row_number'),
    partitionBy: [],
    orderBy: [order(column(factColumns.rows), true), order(value)],
    frame: null,
  };
  return select(
    [
      as(cast(binary('-', number, literal(1)), 'INTEGER'), 'code'),
      as(value, 'v'),
      as(column(factColumns.rows), factColumns.rows),
    ],
    {
      from: { kind: 'table', name: counts },
      where: isNotNull(value),
      orderBy: [order(column('code'))],
      limit: mostValues,
    },
  );
}

/** A value of a key. */
export interface FactCode {
  readonly code: number;
  readonly value: Cell;
  readonly rows: number;
}

/** Values by their codes; all of them when null. */
export async function readCodes(
  { codes: tables }: Facts,
  key: number,
  codes: readonly number[] | null,
  { engine, signal }: FactOptions,
): Promise<readonly FactCode[]> {
  const code = column('code');
  const where = codes === null ? null : isOneOf(code, codes);
  const query = select(
    [code, column('v'), column(factColumns.rows)].map((one, index) => as(one, `g${index}`)),
    {
      from: { kind: 'table', name: present(tables[key], 'codes').table },
      where,
      orderBy: [order(code)],
    },
  );
  const { rows } = await engine.execute(printStatement(query), signal);
  return rows.map(([number, value = null, count]) => ({
    code: Number(number),
    value,
    rows: Number(count),
  }));
}

/** The values asked for by their codes, where they are few enough to be a list. */
export async function listedCodes(
  facts: Facts,
  { key, codes }: OnlyCodes,
  options: FactOptions,
): Promise<ListedCodes | null> {
  if (codes.length > mostListed) return null;
  const found = await readCodes(facts, key, codes, options);
  return {
    key,
    codes: found.map(({ code }) => code),
    values: found.map(({ value }) => value),
  };
}

/** Whether a code is one of some. */
export function isOneOf(operand: SqlExpression, codes: readonly number[]): SqlExpression {
  if (codes.length === 0) return literal(false);
  const [first, last] = [Math.min(...codes), Math.max(...codes)];
  // A list of many makes the engine join; a range is compared.
  if (new Set(codes).size === last - first + 1) {
    return all([binary('>=', operand, literal(first)), binary('<=', operand, literal(last))]);
  }
  return { kind: 'in', operand, list: codes.map((code) => literal(code)), negated: false };
}
