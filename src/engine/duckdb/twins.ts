/**
 * How often the same event is there: rows equal in every column but those that say how they were
 * ingested. A log that was taken twice, under another name or compressed, shows by it.
 */
import { type Column, systemColumns } from '../../event/column.js';
import {
  aggregate,
  as,
  binary,
  call,
  cast,
  column,
  literal,
  order,
  select,
  star,
} from '../../sql/build.js';
import type { SqlExpression, SqlSelect } from '../../sql/node.js';
import { readRows } from './cell.js';
import { namesIn, parquet } from './merge.js';
import { type EngineLimits, openDatabase } from './open.js';
import { inSession, runNode } from './run.js';

export interface TwinsRequest {
  /** Absolute paths of data files. */
  readonly files: readonly string[];
  readonly schema: readonly Column[];
  /** Stored name of the column that tells apart who wrote a log; null for none. */
  readonly host: string | null;
  /** Looks at one minute of so many; rows lie in order of time, so the others are not read. */
  readonly everyMinutes: number;
}

/** The events of one host in one hour. */
export interface TwinCount {
  readonly host: string | null;
  readonly startMicros: number;
  readonly rowCount: number;
  /** Different events, those that are there once, and those that several ingests brought. */
  readonly eventCount: number;
  readonly singleCount: number;
  readonly crossedCount: number;
}

/** In order of host and hour. **Faults** CC4003, CC4006, CC5002, CC5003. */
export async function countTwins(
  limits: EngineLimits,
  request: TwinsRequest,
  signal: AbortSignal,
): Promise<readonly TwinCount[]> {
  const open = () => openDatabase(limits);
  return await inSession(open, { signal, writing: null }, async (session) => {
    const { schema, files, host } = request;
    const names = await namesIn(session, { columns: schema }, files, signal);
    const held = host !== null && names.includes(host) ? host : null;
    const compared = names.filter((name) => !ofTheIngest.has(name));
    const query = twinsQuery({ ...request, host: held }, compared);
    const result = await runNode(session, query, signal);
    const rows = await readRows(session.duckdb, result);
    return rows.map(([host, hour, rowCount, eventCount, singleCount, crossedCount]) => ({
      host: host === null || host === undefined ? null : String(host),
      startMicros: Number(hour) * microsPerHour,
      rowCount: Number(rowCount),
      eventCount: Number(eventCount),
      singleCount: Number(singleCount),
      crossedCount: Number(crossedCount),
    }));
  });
}

const microsPerMinute = 60_000_000;
const microsPerHour = 60 * microsPerMinute;

const ofTheIngest = new Set<string>([systemColumns.ingestedAt, systemColumns.batch]);

/** `names` are columns that some file holds: one all of whose values lie beside it is in none. */
function twinsQuery(
  { files, host, everyMinutes }: TwinsRequest,
  names: readonly string[],
): SqlSelect {
  const { ts, batch } = systemColumns;
  const micros = call('epoch_us', column(ts));
  const keys: readonly (readonly [string, SqlExpression])[] = [
    ['host', host === null ? cast(literal(null), 'VARCHAR') : cast(column(host), 'VARCHAR')],
    ['hour', binary('//', micros, literal(microsPerHour))],
    ['event', call('hash', ...names.map((name) => column(name)))],
  ];
  const minute = binary('//', micros, literal(microsPerMinute));
  const events = select(
    [
      ...keys.map(([name, expression]) => as(expression, name)),
      as(aggregate('count', [star]), 'copies'),
      as(aggregate('min', [column(batch)]), 'first'),
      as(aggregate('max', [column(batch)]), 'last'),
    ],
    {
      from: parquet(files),
      where: binary('=', binary('%', minute, literal(everyMinutes)), literal(0)),
      groupBy: keys.map((_, index) => literal(index + 1)),
    },
  );
  const copies = column('copies');
  const counted = (filter: SqlExpression) => aggregate('count', [star], { filter });
  const isCrossed = binary('<>', column('first'), column('last'));
  return select(
    [
      as(column('host'), 'host'),
      as(column('hour'), 'hour'),
      as(cast(aggregate('sum', [copies]), 'BIGINT'), 'rows'),
      as(aggregate('count', [star]), 'events'),
      as(counted(binary('=', copies, literal(1))), 'single'),
      as(counted(isCrossed), 'crossed'),
    ],
    {
      from: { kind: 'subquery', select: events, alias: 'events' },
      groupBy: [literal(1), literal(2)],
      orderBy: [order(literal(1)), order(literal(2))],
    },
  );
}
