/**
 * Entry of the process that runs typed statements. It holds nothing that cannot be lost: whoever
 * asks ends it with SIGKILL when a statement does not stop or takes too much memory.
 */
import { rmSync } from 'node:fs';
import { loadDuckdb } from '../engine/duckdb/load.js';
import { openUserSql, type UserSql, type UserStatement } from '../engine/duckdb/user-sql.js';
import { toWire } from '../ingest/fault-wire.js';
import type { SqlReply, SqlTask } from './sql-message.js';

let opened: Promise<UserSql> | null = null;
let spillDir: string | null = null;
let running: AbortController | null = null;

/** Ctrl-C reaches every process of a terminal; what it means is for the other one to say. */
process.on('SIGINT', () => undefined);
process.on('message', (task: SqlTask) => take(task));
process.on('disconnect', () => {
  if (spillDir !== null) rmSync(spillDir, { recursive: true, force: true });
  process.kill(process.pid, 'SIGKILL');
});

/** While the other process still looks for the store. */
void loadDuckdb();

function take(task: SqlTask): void {
  if (task.kind === 'open') {
    spillDir = task.limits.spillDir;
    opened = openUserSql(task.limits, task.source);
    opened.catch(() => undefined);
  } else if (task.kind === 'interrupt') running?.abort(new Error('interrupted'));
  else void run(task.statement);
}

async function run(statement: UserStatement): Promise<void> {
  running = new AbortController();
  const { signal } = running;
  try {
    if (opened === null) throw new Error('a statement came before the files it reads');
    const sql = await opened;
    const end = await sql.run(
      statement,
      {
        columns: (columns) => void send({ kind: 'columns', columns }),
        rows: (rows) => send({ kind: 'rows', rows }),
      },
      signal,
    );
    await send({ kind: 'end', end });
  } catch (error) {
    await send({ kind: 'failed', error: toWire(error) });
  }
}

/** Resolves when the message has left. */
function send(reply: SqlReply): Promise<void> {
  return new Promise((resolve) => {
    process.send?.(reply, () => resolve());
  });
}
