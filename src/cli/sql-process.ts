/**
 * Runs typed statements in a process of their own and watches it: its time, its memory, and that
 * it stops within a second when it is told to. Once ended, the next statement starts it anew.
 */
import { type ChildProcess, execFile, fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { Fault } from '../base/fault.js';
import type { ResultShape } from '../engine/duckdb/exact-cell.js';
import type { EngineLimits } from '../engine/duckdb/open.js';
import type { UserSqlEnd, UserStatement } from '../engine/duckdb/user-sql.js';
import { fromWire } from '../ingest/fault-wire.js';
import type { Cell } from '../query/ports.js';
import type { ViewSource } from '../query/user-views.js';
import { formatBytes } from './size.js';
import type { SqlReply, SqlTask } from './sql-message.js';

/** What a statement may take. */
export interface SqlLimits {
  readonly memoryBytes: number;
  readonly threads: number | null;
  readonly timeMs: number;
}

/** The rows of one statement, as they came. */
export interface SqlRows {
  readonly columns: readonly ResultShape[];
  readonly rows: readonly (readonly Cell[])[];
  readonly end: UserSqlEnd;
}

/** A process that runs statements and may be lost. */
export interface SqlProcess {
  /** What the statements read; before the first of them. */
  readonly open: (source: ViewSource) => void;
  /** One at a time. **Faults** those of `UserSql`, CC1258, CC5003, CC5004. */
  readonly run: (statement: UserStatement, signal: AbortSignal) => Promise<SqlRows>;
  /** Ends the process and removes what it wrote for itself. */
  readonly close: () => void;
}

/** Chosen by us: half of the memory, at most this. **Units** bytes. */
const mostMemory = 4 * 2 ** 30;

/** What DuckDB may take when nobody said. **Units** bytes. */
export function defaultSqlMemory(): number {
  const constrained = process.constrainedMemory?.() ?? 0;
  const whole = constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
  return Math.min(mostMemory, Math.floor(whole / 2));
}

/** The engine's limit does not hold for every function; this much above it is the end. */
const memorySlack = 512 * 2 ** 20;
const watchEveryMs = 20;
/** Between the interrupt and SIGKILL; with it, a statement is over within a second. */
const patienceMs = 800;
/** **Units** MiB. */
const heapMiB = 1_024;

/** Starts the process at once, so that it is ready when the store is. */
export function startSqlProcess(entry: URL, limits: SqlLimits): SqlProcess {
  let child: ChildProcess | null = null;
  let source: ViewSource | null = null;
  let spillDir: string | null = null;

  const start = (): ChildProcess => {
    spillDir ??= mkdtempSync(join(tmpdir(), 'coldcase-sql-'));
    const started = fork(entry, [], {
      execArgv: [`--max-old-space-size=${heapMiB}`],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    started.on('error', () => undefined);
    started.on('exit', () => {
      if (child === started) child = null;
    });
    if (source !== null) send(started, openTask(source));
    child = started;
    return started;
  };
  const openTask = (from: ViewSource): SqlTask => {
    const { memoryBytes, threads } = limits;
    const engine: EngineLimits = { memoryBytes, threads, spillDir };
    return { kind: 'open', limits: engine, source: from };
  };
  start();
  return {
    open: (from) => {
      source = from;
      send(child ?? start(), openTask(from));
    },
    run: (statement, signal) => ask(child ?? start(), statement, limits, signal),
    close: () => {
      child?.kill('SIGKILL');
      if (spillDir !== null) rmSync(spillDir, { recursive: true, force: true });
    },
  };
}

function send(child: ChildProcess, task: SqlTask): void {
  if (child.connected) child.send(task, () => undefined);
}

function ask(
  child: ChildProcess,
  statement: UserStatement,
  limits: SqlLimits,
  signal: AbortSignal,
): Promise<SqlRows> {
  signal.throwIfAborted();
  const rows: (readonly Cell[])[] = [];
  let columns: readonly ResultShape[] = [];
  let stopped: unknown = null;
  let killTimer: NodeJS.Timeout | undefined;
  const kill = (): void => void child.kill('SIGKILL');
  const stop = (reason: unknown): void => {
    if (stopped !== null) return;
    stopped = reason;
    send(child, { kind: 'interrupt' });
    killTimer = setTimeout(kill, patienceMs);
  };
  const onAbort = (): void => stop(signal.reason);
  const overTime = new Fault('CC5004', { limit: `${limits.timeMs / 1000}s` });
  const timer = setTimeout(() => stop(overTime), limits.timeMs);
  const unwatch = watchMemory(child, limits.memoryBytes + memorySlack, () => {
    const limit = formatBytes(limits.memoryBytes);
    stopped ??= new Fault('CC5003', { limit }, { hint: 'raise --max-memory, or ask for less' });
    kill();
  });
  signal.addEventListener('abort', onAbort, { once: true });
  let onMessage: (reply: SqlReply) => void = () => undefined;
  let onExit: (code: number | null, killedBy: string | null) => void = () => undefined;
  const answer = new Promise<SqlRows>((resolve, reject) => {
    onMessage = (reply) => {
      if (reply.kind === 'columns') ({ columns } = reply);
      else if (reply.kind === 'rows') for (const row of reply.rows) rows.push(row);
      else if (reply.kind === 'failed') reject(stopped ?? fromWire(reply.error));
      else resolve({ columns, rows, end: reply.end });
    };
    onExit = (code, killedBy) => {
      reject(stopped ?? new Fault('CC1258', { reason: killedBy ?? `code ${code}` }));
    };
    child.on('message', onMessage);
    child.on('exit', onExit);
    if (!child.connected) onExit(child.exitCode, child.signalCode);
    send(child, { kind: 'run', statement });
  });
  return answer.finally(() => {
    clearTimeout(timer);
    clearTimeout(killTimer);
    unwatch();
    signal.removeEventListener('abort', onAbort);
    child.off('message', onMessage);
    child.off('exit', onExit);
  });
}

/** Calls back once when the process holds more than this. Returns how to stop watching. */
function watchMemory(child: ChildProcess, mostBytes: number, onExcess: () => void): () => void {
  const { pid } = child;
  if (pid === undefined) return () => undefined;
  const judge = (bytes: number): void => {
    if (bytes <= mostBytes) return;
    clearInterval(timer);
    onExcess();
  };
  const timer = setInterval(() => residentBytes(pid, judge), watchEveryMs);
  return () => clearInterval(timer);
}

/** **Source** proc(5): the second number of `statm` is in pages, of 4 KiB where Node runs. */
const pageBytes = 4_096;

/** Linux tells at once; elsewhere `ps` is asked. */
function residentBytes(pid: number, tell: (bytes: number) => void): void {
  try {
    const [, pages] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ');
    tell(Number(pages) * pageBytes);
  } catch {
    if (process.platform === 'linux') return;
    execFile('ps', ['-o', 'rss=', '-p', String(pid)], (error, stdout) => {
      if (error === null) tell(Number.parseInt(stdout, 10) * 1_024);
    });
  }
}
