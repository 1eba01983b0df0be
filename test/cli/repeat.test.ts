/**
 * Every kind of answer, run again and again: the same bytes at any number of threads.
 * `REPEAT_RUNS=20` runs each as often as was promised, at 1, 2 and 4.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSession } from '../sessions/session.js';

const runs = Number(process.env.REPEAT_RUNS ?? 1);
const threadCounts = process.env.REPEAT_RUNS === undefined ? [1, 4] : [1, 2, 4];
const session = openSession();
afterAll(session.close);

const data = new URL('../../sample-data/events-2020-04-16.ndjson.gz', import.meta.url).pathname;
const incident = ['--window', '2020-04-16T14:12..15:45'];
const many = ['--calc', 'count,avg(duration),p99(duration),distinct(customer)', '--limit', '9'];

/** Of each kind, what is typed. */
const kinds: Readonly<Record<string, readonly string[]>> = {
  compare: ['query', '--by', 'host', ...many, '--last', '6h', '--compare', '6h', '--every', '1h'],
  fields: [
    ...['query', '--field', 'slow=IF($duration_ms > 100, "slow", "quick")', '--by', 'slow,host'],
    ...['--calc', 'sum(duration),count', '--other', '--total'],
  ],
  formulas: ['query', '--by', 'host', ...many, '--formula', 'each=$"sum(duration)" / $count'],
  heatmap: ['query', '--calc', 'heatmap(duration)', '--every', '2h'],
  concurrency: [
    'query',
    '--by',
    'host',
    '--calc',
    'concurrency,rate_max(duration)',
    '--every',
    '3h',
  ],
  saved: ['query', '@zero-traffic-minutes', '-p', 'what=service', '-p', 'busy=0'],
  export: ['export', '--where', 'status >= 400'],
  versions: ['versions', ...incident],
  affected: ['affected', ...incident, '--bad', 'status in (401,5xx)'],
  explain: ['explain', ...incident, '--bad', 'status in (401,5xx)'],
  silence: ['silence', '--by', 'host'],
  scan: ['scan', '--window', '2020-04-16'],
};
const suffixes: Readonly<Record<string, readonly string[]>> = {
  compare: ['html', 'parquet'],
  fields: ['csv', 'arrow', 'jira'],
  heatmap: ['svg'],
  concurrency: ['parquet'],
  export: ['ndjson', 'csv', 'arrow', 'parquet'],
};

beforeAll(() => {
  const { status, stderr } = session.run(['ingest', '-q', data, '--store', 'kept']);
  expect(status, stderr).toBe(0);
});

/** What was written, and the file; without what names the run: time taken, threads, file. */
function bytesOf(words: readonly string[], threads: number, suffix: string | null): string {
  const file = suffix === null ? null : `answer.${suffix}`;
  const out = file === null ? ['--json'] : ['-o', file, '--no-footer'];
  const run = session.run([...words, '--store', 'kept', '--threads', String(threads), ...out]);
  expect([0, 3], run.stderr).toContain(run.status);
  const shown = run.stdout.replace(/"elapsedMs": ?[\d.]+/g, '');
  if (file === null) return shown;
  const path = join(session.dir, file);
  const bytes = existsSync(path) ? readFileSync(path).toString('latin1') : '';
  rmSync(path);
  return bytes;
}

describe('the same bytes in every run', () => {
  for (const [kind, words] of Object.entries(kinds)) {
    for (const suffix of [...(kind === 'export' ? [] : [null]), ...(suffixes[kind] ?? [])]) {
      it(`of ${kind}${suffix === null ? '' : ` as ${suffix}`}`, () => {
        const seen = new Set<string>();
        for (let run = 0; run < runs; run += 1) {
          for (const threads of threadCounts) seen.add(bytesOf(words, threads, suffix));
        }
        expect(seen.size).toBe(1);
        expect([...seen][0]?.length).toBeGreaterThan(200);
      }, 1_800_000);
    }
  }
});
