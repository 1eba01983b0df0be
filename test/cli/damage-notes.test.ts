/** Commands whose answers no plan of a query carries say what damaged files they are without. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSession } from '../sessions/session.js';

const session = openSession();
const at = ['--store', 'kept'];
const damagedDay = '2020-04-16';

beforeAll(() => {
  const lines = Array.from({ length: 600 }, (_, index) => {
    const ts = new Date(Date.UTC(2020, 3, 15) + index * 432_000).toISOString();
    return JSON.stringify({ ts, host: `web-${index % 3}`, status: index % 50 === 0 ? 500 : 200 });
  });
  writeFileSync(join(session.dir, 'web.ndjson'), `${lines.join('\n')}\n`);
  expect(session.run(['ingest', 'web.ndjson', ...at]).status).toBe(0);
  const day = join(session.dir, 'kept', 'events', `date=${damagedDay}`);
  const path = join(day, readdirSync(day)[0] ?? '');
  const bytes = readFileSync(path);
  bytes[200] = (bytes[200] ?? 0) ^ 1;
  writeFileSync(path, bytes);
  expect(session.run(['repair', ...at, '--yes']).stdout).toContain('200 rows');
});
afterAll(() => session.close());

const said = 'incomplete: 200 rows between 2020-04-16 00:00 and 2020-04-16 23:52:48 UTC';

describe('an answer without the rows of a damaged file', () => {
  it.each([
    ['scan'],
    ['silence'],
    ['status'],
    ['columns', '--names'],
    ['explain', '--window', '2020-04-15..2020-04-17', '--bad', 'status >= 500'],
    ['sql', 'SELECT count(*) FROM events'],
    ['query', '--by', 'host'],
  ])('says so: %s', (...args) => {
    expect(session.run([...args, ...at]).stderr).toContain(said);
  });

  it('says nothing of another window', () => {
    const { stderr } = session.run(['scan', '--window', '2020-04-17', ...at]);
    expect(stderr).not.toContain('incomplete');
  });
});
