/** The view of markers that typed statements read: filled as a table when first asked for. */
import { tableShape } from '../../query/user-views.js';
import { readMarkers } from '../../store/marker-log.js';
import { runNode, type Session } from './run.js';

/** **Shape** one row a marker of the dataset, in order of time. */
export async function fillMarkers(
  session: Session,
  tableDir: string,
  signal: AbortSignal,
): Promise<void> {
  const markers = await readMarkers(tableDir);
  const query = tableShape('markers');
  await runNode(session, { kind: 'create table', name: 'markers', query }, signal);
  const appender = await session.connection.createAppender('markers');
  const instant = (micros: number | null): void => {
    if (micros === null) appender.appendNull();
    else appender.appendTimestampTZ(new session.duckdb.DuckDBTimestampTZValue(BigInt(micros)));
  };
  for (const { start, end, type, message, url } of markers) {
    instant(start);
    instant(end);
    appender.appendVarchar(type);
    appender.appendVarchar(message);
    if (url === null) appender.appendNull();
    else appender.appendVarchar(url);
    appender.endRow();
  }
  appender.closeSync();
}
