/** Every command's JSON against the schema that is shipped: success, part of one, failure. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandList } from '../../src/cli/command-list.js';
import { writeFleet } from './fleet.js';
import { openSessionHere, type SessionHere } from './here.js';
import { validate } from './json-schema.js';

let session: SessionHere;
const file = new URL('../../docs/answer.schema.json', import.meta.url);
const schema = JSON.parse(readFileSync(file, 'utf8'));
const order: readonly string[] = Object.keys(schema.properties);

beforeAll(async () => {
  session = openSessionHere();
  writeFleet(session.dir);
  mkdirSync(join(session.dir, 'bare'));
  await session.run(['ingest', 'fleet.ndjson', '--store', 'kept']);
});
afterAll(() => session.close());

const at = ['--store', 'kept'];
const calls: readonly (readonly string[])[] = [
  ['query', ...at, '--by', 'host,status', '--total', '--other', '--limit', '2'],
  ['query', ...at, '--every', '30m', '--calc', 'count,error_rate', '--sparkline'],
  ['query', ...at, '--since', '90d'],
  [
    'query',
    ...at,
    '--by',
    'host',
    '--last',
    '30m',
    '--compare',
    '30m,30m*2',
    '--total',
    '--sparkline',
  ],
  ['compare', 'last 30m', 'the 30m before', ...at, '--by', 'host', '--other', '--limit', '1'],
  ['query', ...at, '--where', 'status = 999', '--by', 'host'],
  ['query', ...at, '--explain', 'plan'],
  ['query', 'broken.ndjson', '--by', 'host'],
  ['scan', ...at],
  ['versions', ...at],
  ['explain', ...at, '--bad', 'status >= 500'],
  ['affected', ...at, '--bad', 'status >= 500', '--by', 'host'],
  ['verify', ...at],
  ['compact', ...at, '--dry-run'],
  ['compact', ...at],
  ['hold', 'add', 'h', '--window', '2024-01-01..2024-01-02', '--reason', 'why', ...at],
  ['hold', ...at],
  ['retention', ...at, '--keep', '9999d', '--dry-run'],
  ['history'],
  ['trail', '--host', 'web-1', ...at],
  ['silence', ...at],
  ['marker', 'list', ...at],
  ['doctor', ...at],
  ['repair', ...at, '--dry-run'],
  ['forget', '--where', 'host = nobody', '--dry-run', ...at],
  ['versions', ...at, '--bad', 'status >= 400', '--last', '2h'],
  ['columns', ...at],
  ['columns', ...at, '--names'],
  ['ingest', 'broken.ndjson', '--store', 'more'],
  ['ingest', 'broken.ndjson', 'missing.ndjson', '--store', 'more', '--force'],
  ['status', ...at],
  ['sql', ...at, 'select status, count(*) from events group by 1 order by 1'],
  ['init', '--store', 'empty'],
  ['status', '--store', 'empty'],
  ['query', '--store', 'empty', '--by', 'host'],
  ['config', 'show', '--origin'],
  ['queries'],
  ['queries', 'show', 'hosts-failing'],
  ['queries', 'check', 'hosts-failing'],
  ['demo', 'small', '--events', '250000'],
  ['scan', '--store', 'empty'],
  ['versions', '--store', 'empty'],
  ['help', 'time'],
  ['version'],
];
/** What they print is a script, and events as they are. */
const withoutDocument: ReadonlySet<string> = new Set(['complete', 'export']);
const failures: readonly (readonly string[])[] = [
  ['qurey'],
  ['query', '--bye'],
  ['query', ...at, '--by', 'hst', '--where', '(', '--every', 'x'],
  ['query', ...at, '--every', '1ms'],
  ['compare', 'last 30m', ...at],
  ['query', ...at, '--compare', '1x'],
  ['scan', 'missing.log'],
  ['explain', 'missing.log'],
  ['affected', 'missing.log'],
  ['verify', '--store', 'nowhere'],
  ['compact', '--store', 'nowhere'],
  ['trail', 'missing.log', '--host', 'x'],
  ['silence', 'missing.log'],
  ['marker', 'rm', 'none', ...at],
  ['doctor', 'extra', 'words'],
  ['repair', '--store', 'nowhere'],
  ['forget', ...at],
  ['hold', 'rm', 'none', ...at],
  ['retention', ...at, '--keep', 'x'],
  ['history', 'nothing'],
  ['queries', 'show', 'nothing'],
  ['sql', ...at, 'delete from events'],
  ['versions', 'missing.log'],
  ['columns', '--store', 'bare'],
  ['ingest'],
  ['status', '--store', 'nowhere'],
  ['init', 'word'],
  ['config', 'hide'],
  ['demo', '--events', 'many'],
  ['help', 'nothing'],
  ['version', 'extra'],
];

/** Fields that every document has come first; all of the schema are in its order. */
function isOrdered(document: object): boolean {
  const keys = Object.keys(document);
  const known = order.filter((key) => keys.includes(key));
  const head = known.slice(0, known.indexOf('elapsedMs') + 1);
  const isFirst = head.every((key, index) => keys[index] === key);
  return isFirst && known.join() === keys.filter((key) => order.includes(key)).join();
}

describe('the answer as JSON', () => {
  it('is tried with every command, in success and in failure', () => {
    const names = commandList
      .map(({ name }) => name)
      .filter((name) => !withoutDocument.has(name))
      .sort();
    expect([...new Set(calls.map(([name]) => name))].sort()).toEqual(names);
    expect([...new Set(failures.slice(1).map(([name]) => name))].sort()).toEqual(names);
  });

  it('is not valid by chance', () => {
    const missing = ['ok', 'elapsedMs', ...order.slice(3, 10)].map((name) => `$: no ${name}`);
    expect(validate(schema, {})).toEqual(missing);
    expect(validate(schema, { ok: false, elapsedMs: 1.5 })).toEqual([
      '$.elapsedMs: not integer',
      '$: no fault',
      '$: no faults',
    ]);
  });

  it.each(calls)('of %s %s %s %s %s', { timeout: 120_000 }, async (...args) => {
    const { stdout, status } = await session.run([...args, '--json']);
    const document = JSON.parse(stdout);
    expect(validate(schema, document)).toEqual([]);
    expect(isOrdered(document), Object.keys(document).join()).toBe(true);
    expect(document.ok).toBe(!args.includes('missing.ndjson'));
    expect([0, 1, 3]).toContain(status);
  });

  it.each(failures)('of a failing %s %s %s', async (...args) => {
    const { stdout, stderr, status } = await session.run([...args, '--json']);
    const document = JSON.parse(stdout);
    expect(validate(schema, document)).toEqual([]);
    expect(document.ok).toBe(false);
    expect(isOrdered(document)).toBe(true);
    expect(stderr).toBe('');
    expect([1, 2]).toContain(status);
  });
});
