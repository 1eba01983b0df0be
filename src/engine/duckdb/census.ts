/** The census of data files: which values their columns hold, one column at a time. */
import type { DuckDBTypeId } from '@duckdb/node-api';
import { systemColumns } from '../../event/column.js';
import {
  aggregate,
  any,
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
} from '../../sql/build.js';
import type { SqlExpression, SqlSelect, SqlSource } from '../../sql/node.js';
import {
  type ColumnCensus,
  frequentShare,
  longestValue,
  mostValues,
  sightingOf,
} from '../../store/census.js';
import { readRows } from './cell.js';
import type { Duckdb } from './load.js';
import { parquet } from './merge.js';
import type { Database } from './open.js';
import { inSession, runNode, type Session } from './run.js';

const system: ReadonlySet<string> = new Set(Object.values(systemColumns));
const { ts, weight } = systemColumns;

/** As the port says. */
export async function takeCensus(
  open: () => Promise<Database>,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<readonly ColumnCensus[]> {
  return await inSession(open, { signal, writing: null }, (session) =>
    censusOf(session, paths, signal),
  );
}

/** Columns without a value are left out. Throws what the engine throws. */
export async function censusOf(
  session: Session,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<readonly ColumnCensus[]> {
  const from = parquet(paths);
  const held = await runNode(session, select([{ star: true }], { from, limit: 0 }), signal);
  const found: ColumnCensus[] = [];
  for (const [index, name] of held.columnNames().entries()) {
    if (system.has(name) || !isListed(session.duckdb, held.columnTypeId(index))) continue;
    const one = await columnCensus(session, from, name, signal);
    if (one !== null) found.push(one);
  }
  return found;
}

/** Decimals and instants are left out: two that are equal may be written differently. */
function isListed({ DuckDBTypeId: types }: Duckdb, type: DuckDBTypeId): boolean {
  return type === types.VARCHAR || type === types.BIGINT || type === types.BOOLEAN;
}

const parts = ['rows', 'weight', 'first', 'last'] as const;
const [groups, total] = ['groups', 'total'];

async function columnCensus(
  session: Session,
  from: SqlSource,
  name: string,
  signal: AbortSignal,
): Promise<ColumnCensus | null> {
  const result = await runNode(session, censusQuery(from, name), signal);
  const rows = await readRows(session.duckdb, result);
  const [valueCount, ...head] = rows[0]?.slice(0, 1 + parts.length) ?? [];
  if (Number(valueCount) === 0) return null;
  const values = rows.flatMap((row) => {
    const [value = null, ...sighting] = row.slice(1 + parts.length);
    return value === null ? [] : [{ value: String(value), ...sightingOf(sighting) }];
  });
  return { column: name, valueCount: Number(valueCount), ...sightingOf(head), values };
}

/** **Shape** one row a listed value, at least one: how many values there are and what they are
 * together, then the value and what it is. */
function censusQuery(from: SqlSource, name: string): SqlSelect {
  const shown = (table: string, prefix: string) =>
    parts.map((part) => as(textOfWeight(part, column(part, table)), `${prefix}_${part}`));
  const own = (part: string) => column(part, groups);
  const all = (part: string) => column(part, total);
  const isFrequent = binary('>=', binary('*', own('rows'), literal(frequentShare)), all('rows'));
  const isFew = binary('<=', all('values'), literal(mostValues));
  const isShort = binary('<=', call('length', own('value')), literal(longestValue));
  return select(
    [
      as(all('values'), 'values'),
      ...shown(total, 'all'),
      as(own('value'), 'value'),
      ...shown(groups, 'own'),
    ],
    {
      with: [
        { name: groups, select: groupsOf(from, name), materialized: true },
        { name: total, select: totalOf(), materialized: true },
      ],
      from: {
        kind: 'join',
        type: 'left',
        left: { kind: 'table', name: total },
        right: { kind: 'table', name: groups },
        on: binary('and', isShort, any([isFew, isFrequent])),
      },
      orderBy: [order(own('rows'), true), order(own('value'))],
    },
  );
}

/** Of 128 bits, more than a number holds. */
function textOfWeight(part: string, value: SqlExpression): SqlExpression {
  return part === 'weight' ? cast(value, 'VARCHAR') : cast(value, 'BIGINT');
}

function groupsOf(from: SqlSource, name: string): SqlSelect {
  const micros = (side: string) => call('epoch_us', aggregate(side, [column(ts)]));
  return select(
    [
      as(cast(column(name), 'VARCHAR'), 'value'),
      as(aggregate('count', [star]), 'rows'),
      as(aggregate('sum', [column(weight)]), 'weight'),
      as(micros('min'), 'first'),
      as(micros('max'), 'last'),
    ],
    { from, where: isNotNull(column(name)), groupBy: [column(name)] },
  );
}

function totalOf(): SqlSelect {
  return select(
    [
      as(aggregate('count', [star]), 'values'),
      as(aggregate('sum', [column('rows')]), 'rows'),
      as(aggregate('sum', [column('weight')]), 'weight'),
      as(aggregate('min', [column('first')]), 'first'),
      as(aggregate('max', [column('last')]), 'last'),
    ],
    { from: { kind: 'table', name: groups } },
  );
}
