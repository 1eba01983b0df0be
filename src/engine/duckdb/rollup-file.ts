/**
 * The rollup of one data file: its rows put together by time and keys, at the narrowest step at
 * which a cell stands for enough of them.
 */
import { Fault } from '../../base/fault.js';
import { systemColumns } from '../../event/column.js';
import { cellColumns, mergedColumns, totalName, weightOfRow } from '../../query/rolled-sql.js';
import { sqlTypes } from '../../query/value-sql.js';
import {
  aggregate,
  any,
  as,
  binary,
  call,
  cast,
  column,
  isNotNull,
  isNull,
  literal,
  not,
  order,
  select,
  star,
  tryCast,
  when,
} from '../../sql/build.js';
import type { SqlExpression, SqlSelect, SqlSource } from '../../sql/node.js';
import type { RollupPair, RollupRequest } from '../../store/ports.js';
import {
  leastShrink,
  type RollupDefinition,
  rollupNames,
  rollupSteps,
} from '../../store/rollup.js';
import type { Micros } from '../../time/instant.js';
import { readRows } from './cell.js';
import { contentOf, parquet } from './merge.js';
import type { Database } from './open.js';
import { copyTo } from './parquet-file.js';
import { inSession, runNode, type Session } from './run.js';

/** Which cell of its step a row lies in, and whether its measure is missing. */
const [stepName, emptyName, largeName] = ['#step', '#empty', '#large'];

/** Added to instants, so that those before 1970 are divided alike. **Units** microseconds: whole
 * days, 2,190 years. */
const epochShift = 800_000n * 86_400_000_000n;

/** Sums of less stay within 128 bits, whatever is added. */
const largeMeasure = 2 ** 60;

/** As the port says. */
export async function writeRollups(
  open: () => Promise<Database>,
  request: RollupRequest,
  target: (stepMicros: Micros) => string,
  signal: AbortSignal,
): Promise<readonly Micros[]> {
  return await inSession(open, { signal, writing: target(0) }, async (session) => {
    const made: string[] = [];
    const steps = await makeCells(session, request, made, signal);
    for (const step of steps) {
      const query = storedQuery(tableOf(cellsTable(request.path, step)), request.definition);
      await runNode(session, copyTo(target(step), query, new Map()), signal);
    }
    // The engine may be kept for other files.
    for (const name of made) await runNode(session, { kind: 'drop table', name }, signal);
    return steps;
  });
}

/** Names of tables; an instance that is kept for many calls has those of other files too. */
function keysTable(path: string): string {
  return `keys of ${path}`;
}

function cellsTable(path: string, stepMicros: Micros): string {
  return `cells of ${stepMicros} of ${path}`;
}

function tableOf(name: string): SqlSource {
  return { kind: 'table', name };
}

/** Whether a rollup holds the cells that its data file gives. Throws what the engine throws. */
export async function rollupMatches(
  session: Session,
  { path, rollup, stepMicros, definition }: RollupPair,
  signal: AbortSignal,
): Promise<boolean> {
  const cells = cellsOf(rowsOf(path, definition), definition, stepMicros);
  const made = storedQuery({ kind: 'subquery', select: cells, alias: 'cells' }, definition);
  const names = made.columns.flatMap((one) => ('alias' in one ? [one.alias] : []));
  const expected: SqlSource = { kind: 'subquery', select: made, alias: 'made' };
  const contents = [
    await contentOf(session, expected, names, signal),
    await contentOf(session, parquet([rollup]), names, signal),
  ];
  return contents[0] === contents[1];
}

/** A table for each step that is returned, longest last. `made`: all tables, by name. */
async function makeCells(
  session: Session,
  { path, rowCount, definition }: RollupRequest,
  made: string[],
  signal: AbortSignal,
): Promise<readonly Micros[]> {
  const from = rowsOf(path, definition);
  made.push(keysTable(path));
  const narrow = await chooseStep(session, { path, rowCount, definition }, from, signal);
  if (narrow === null) return [];
  const make = async (step: Micros, source: SqlSource, ratio: number): Promise<void> => {
    const query = cellsOf(source, definition, ratio);
    made.push(cellsTable(path, step));
    await runNode(session, { kind: 'create table', name: cellsTable(path, step), query }, signal);
  };
  await make(narrow, from, narrow);
  const longest = rollupSteps.at(-1) ?? narrow;
  const steps = [...new Set([narrow, longest])];
  if (longest > narrow) {
    await make(longest, tableOf(cellsTable(path, narrow)), longest / narrow);
  }
  for (const step of steps) {
    const { rows, wrong } = await countCells(session, cellsTable(path, step), definition, signal);
    const reason = `${rows} rows in the file, ${rowCount} in the log`;
    if (rows !== rowCount) throw new Fault('CC4003', { path, reason });
    if (wrong > 0) return [];
  }
  return steps;
}

/** Counts the cells of each step by the hashes of their keys, each from those of the narrowest. */
async function chooseStep(
  session: Session,
  { path, rowCount, definition }: RollupRequest,
  from: SqlSource,
  signal: AbortSignal,
): Promise<Micros | null> {
  const [narrowest = 1] = rollupSteps;
  const hash = call('hash', ...keyNames(definition).map((name) => column(name)));
  const step = (micros: Micros) => binary('//', column(stepName), literal(micros));
  const keys = select([as(hash, 'key'), as(step(narrowest), stepName)], { distinct: true, from });
  await runNode(session, { kind: 'create table', name: keysTable(path), query: keys }, signal);
  for (const stepMicros of rollupSteps) {
    const columns = [as(column('key'), 'key'), as(step(stepMicros / narrowest), stepName)];
    const alike = select(columns, {
      distinct: true,
      from: { kind: 'table', name: keysTable(path) },
    });
    const query = select([as(aggregate('count', [star]), 'cells')], {
      from: { kind: 'subquery', select: alike, alias: 'alike' },
    });
    const [row] = await readRows(session.duckdb, await runNode(session, query, signal));
    if (rowCount >= leastShrink * Number(row?.[0])) return stepMicros;
  }
  return null;
}

/** What tells cells of a step apart. */
function keyNames({ columns }: RollupDefinition): readonly string[] {
  return [...columns.map(({ name }) => name), emptyName];
}

/** Each row as a cell. */
function rowsOf(path: string, { columns, measure }: RollupDefinition): SqlSource {
  const read = [...columns, ...(measure === null ? [] : [measure])];
  const typed = read.map(({ name, type }) => as(cast(literal(null), sqlTypes[type]), name));
  const empty = select(typed, { where: literal(false) });
  const rows = select([{ star: true }], { from: parquet([path]) });
  const union = { kind: 'union', byName: true, selects: [empty, rows] } as const;
  const number = measure === null ? null : column(measure.name);
  const type = measure?.type === 'integer' ? 'integer' : 'number';
  const parts = [
    ...columns.map(({ name }) => as(column(name), name)),
    as(binary('+', call('epoch_us', column(systemColumns.ts)), literal(epochShift)), stepName),
    as(number === null ? literal(true) : isNull(number), emptyName),
    as(number === null ? literal(false) : isLarge(number), largeName),
    as(column(systemColumns.ts), systemColumns.ts),
    as(weightOfRow, systemColumns.weight),
    ...cellColumns(
      number && { value: when([[isLarge(number), literal(null)]], number), type },
      true,
    ),
  ];
  const from: SqlSource = { kind: 'subquery', select: union, alias: 'stored' };
  return { kind: 'subquery', select: select(parts, { from }), alias: 'rows' };
}

/** Not a number is large too. */
function isLarge(value: SqlExpression): SqlExpression {
  const size = binary('*', call('abs', cast(value, 'DOUBLE')), weightOfRow);
  return binary('and', isNotNull(value), not(binary('<', size, literal(largeMeasure))));
}

/** Rows or shorter cells put together by time and keys. `ratio`: of their time to a step. */
function cellsOf(from: SqlSource, definition: RollupDefinition, ratio: number): SqlSelect {
  const names = keyNames(definition);
  const step = binary('//', column(stepName), literal(ratio));
  return select(
    [
      ...names.map((name) => as(column(name), name)),
      as(step, stepName),
      as(call('bool_or', column(largeName)), largeName),
      ...mergedColumns(definition.measure !== null),
    ],
    { from, groupBy: [...names.map((name) => column(name)), step] },
  );
}

/** Rows that cells stand for, and cells whose sums do not fit. */
async function countCells(
  session: Session,
  table: string,
  { measure }: RollupDefinition,
  signal: AbortSignal,
): Promise<{ readonly rows: number; readonly wrong: number }> {
  const fits = [
    tryCast(column('weight'), 'BIGINT'),
    tryCast(column(rollupNames.surplus), 'BIGINT'),
  ];
  const total = column(totalName);
  const lost = binary('and', isNotNull(total), isNull(tryCast(total, 'DECIMAL(38, 0)')));
  const wrong = [column(largeName), ...fits.map(isNull), ...(measure === null ? [] : [lost])];
  const columns = [
    as(aggregate('sum', [column(rollupNames.rows)]), 'rows'),
    as(aggregate('count', [star], { filter: any(wrong) }), 'wrong'),
  ];
  const query = select(columns, { from: { kind: 'table', name: table } });
  const [row] = await readRows(session.duckdb, await runNode(session, query, signal));
  const [rows = 0, wrongCount = 0] = (row ?? []).map(Number);
  return { rows, wrong: wrongCount };
}

/** The cells as they are stored, in order of time and keys. */
function storedQuery(from: SqlSource, definition: RollupDefinition): SqlSelect {
  const { columns, measure } = definition;
  const keys = columns.map(({ name }) => as(column(name), name));
  const plain = (name: string) => as(column(name), name);
  const whole = (name: string) => as(cast(column(name), 'BIGINT'), name);
  const { rows, surplus, last, least, most, sum } = rollupNames;
  const measured = [plain(least), plain(most), as(cast(column(totalName), 'DECIMAL(38, 0)'), sum)];
  const orders = [stepName, ...keyNames(definition)];
  return select(
    [
      plain(systemColumns.ts),
      plain(last),
      ...keys,
      ...[rows, systemColumns.weight, surplus].map(whole),
      ...(measure === null ? [] : measured),
    ],
    {
      from,
      orderBy: orders.map((name) => order(column(name))),
    },
  );
}
