/** The process that runs statements: what it may take, how it stops, and that it comes back. */
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Fault } from '../../src/base/fault.js';
import { type SqlProcess, startSqlProcess } from '../../src/cli/sql-process.js';
import { viewsOf, writeStore } from '../engine/user-sql-store.js';
import { openSession } from '../sessions/session.js';

const entry = new URL('../../dist/sql-child.js', import.meta.url);
const session = openSession();
const limits = { memoryBytes: 200 * 2 ** 20, threads: 2, timeMs: 120_000 };
const never = new AbortController().signal;
let child: SqlProcess;

beforeAll(async () => {
  writeStore(session);
  child = startSqlProcess(entry, limits);
  child.open(await viewsOf(session.dir));
});
afterAll(() => {
  child.close();
  session.close();
});

const ask = (sql: string, signal = never, from = child) =>
  from.run({ sql, parameters: {}, rowLimit: 10 }, signal);

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'none';
  } catch (error) {
    return error instanceof Fault ? error.code : String(error);
  }
}

/** **Source** the design notes: each of these passed the engine's own limit or its interrupt. */
const greedy = [
  'select range(300000000)',
  "select length(repeat('x', 2000000000))",
  "select length(lpad('x', 2000000000, 'y'))",
  'select count(*) from (select unnest(range(300000000)))',
  'select histogram(i) from range(100000000) t(i)',
];

describe('the process of a statement', () => {
  it('answers, and answers again', { timeout: 60_000 }, async () => {
    expect((await ask('select 1 as a')).rows).toEqual([[1]]);
    const { rows, columns } = await ask('select count(*) as n from events');
    expect([rows, columns]).toEqual([[[5]], [{ name: 'n', type: 'BIGINT', kind: 'number' }]]);
    expect(await codeOf(ask('select x'))).toBe('CC1254');
  });

  it('is ended when it takes too much, and the next one works', { timeout: 300_000 }, async () => {
    for (const sql of greedy) {
      expect(await codeOf(ask(sql)), sql).toBe('CC5003');
      expect((await ask('select 1')).rows, sql).toEqual([[1]]);
    }
  });

  it('stops when it is told to, whether it listens or not', { timeout: 120_000 }, async () => {
    for (const sql of [
      'select count(*) from range(100000000) a, range(100000000) b',
      "select levenshtein(repeat('ab', 40000), repeat('ba', 40000))",
    ]) {
      const stop = new AbortController();
      const stopped = ask(sql, stop.signal);
      setTimeout(() => stop.abort(new Error('asked to stop')), 300);
      expect(await codeOf(stopped), sql).toBe('Error: asked to stop');
      expect((await ask('select 1')).rows, sql).toEqual([[1]]);
    }
  });

  it('is stopped by time, parser included', { timeout: 120_000 }, async () => {
    const quick = startSqlProcess(entry, { ...limits, timeMs: 700 });
    quick.open(await viewsOf(session.dir));
    const joined = `select ${Array(900).fill("'a'").join('||')}`;
    const endless =
      'with recursive t(n) as (select 1 union all select n + 1 from t) from t limit 0';
    try {
      expect(await codeOf(ask(joined, never, quick))).toBe('CC5004');
      const many = 'select count(*) from range(100000000) a, range(100000000) b';
      expect(await codeOf(ask(many, never, quick))).toBe('CC5004');
      expect(['CC5003', 'CC5004', 'none']).toContain(await codeOf(ask(endless, never, quick)));
    } finally {
      quick.close();
    }
  });

  it('gives a fault when it dies by itself', { timeout: 60_000 }, async () => {
    const dead = startSqlProcess(new URL('../../dist/none.js', import.meta.url), limits);
    expect(await codeOf(ask('select 1', never, dead))).toBe('CC1258');
    dead.close();
  });

  it('leaves nothing behind', () => {
    const temporary = join(session.dir, 'temporary');
    mkdirSync(temporary);
    vi.stubEnv('TMPDIR', temporary);
    const one = startSqlProcess(entry, limits);
    vi.unstubAllEnvs();
    expect(readdirSync(temporary).length).toBe(1);
    one.close();
    expect(readdirSync(temporary)).toEqual([]);
  });
});
