/** The codes of the values of facts: made by how many rows have each, and read back. */
import { present } from '../base/assert.js';
import {
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
} from '../sql/build.js';
import type { SqlExpression, SqlSelect } from '../sql/node.js';
import { printStatement } from '../sql/print.js';
import type { FactOptions, Facts, FactsSpec } from './facts.js';
import type { OnlyCodes } from './facts-ask.js';
import { factColumns, type ListedCodes } from './facts-rows.js';
import type { Cell, KeptTable, QuerySource } from './ports.js';
import { rollupRows, rollupSpec, rowCount } from './rollup.js';
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

/** Of whose values codes are made, in which time. */
type Coded = Pick<FactsSpec, 'window' | 'keys'>;

/**
 * Makes the codes of each key, 0 for the value with the most rows. Values are counted from rollups
 * where they tell them, else in one pass over the rows.
 */
export async function keepCodes(
  source: QuerySource,
  spec: Coded,
  { engine, signal }: FactOptions,
): Promise<readonly FactCodes[]> {
  const keys = [...spec.keys.keys()];
  const isRolled = (key: number): boolean => rowsOf(source, spec, [key]).rolled;
  const rolled = keys.filter(isRolled);
  const rest = keys.filter((key) => !rolled.includes(key));
  const codes: FactCodes[] = [];
  for (const own of [...rolled.map((key) => [key]), ...(rest.length === 0 ? [] : [rest])]) {
    const counts = await engine.keep(valueCounts(source, spec, own), signal);
    for (const key of own) {
      const { mostValues } = present(spec.keys[key], 'a key');
      const kept = await engine.keep(codesSelect(counts.name, key, mostValues), signal);
      codes[key] = await codesOf(kept, { engine, signal });
    }
    await counts.drop();
  }
  return codes;
}

function rowsOf(source: QuerySource, { window, keys }: Coded, own: readonly number[]) {
  const asked = own.map((key) => present(keys[key], 'a key').breakdown);
  return rollupRows(rollupSpec(window, { keys: asked }), source);
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
function valueCounts(source: QuerySource, spec: Coded, keys: readonly number[]): SqlSelect {
  const { from, rolled } = rowsOf(source, spec, keys);
  const values = keys.map((_, at) => column(aliases.key(at)));
  return select(
    [
      ...values.map((value, at) => as(value, aliases.key(keys[at] ?? at))),
      as(rowCount(rolled, null), factColumns.rows),
    ],
    { from, groupBy: values, groupByEach: true },
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
