/** `--explain cost` counts what was read and what was left out, and why. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSession } from '../sessions/session.js';

const session = openSession();

beforeAll(() => {
  const days = ['18', '19', '20'];
  const rows = days.flatMap((day, index) =>
    ['10', '11'].map((hour) =>
      JSON.stringify({
        timestamp: `2026-11-${day}T${hour}:00:00Z`,
        host: `api-0${index}`,
        status: 200,
      }),
    ),
  );
  writeFileSync(join(session.dir, 'in.ndjson'), `${rows.join('\n')}\n`);
  expect(session.run(['ingest', 'in.ndjson']).status).toBe(0);
});
afterAll(() => session.close());

function cost(...args: readonly string[]) {
  const { stdout, status } = session.run(['query', ...args, '--explain', 'cost', '--json']);
  expect(status).toBe(0);
  return JSON.parse(stdout);
}

describe('the cost of a question', () => {
  it('adds up the files by what kept them out', () => {
    const found = cost(
      '--by',
      'host',
      '--window',
      '2026-11-19..2026-11-21',
      '--where',
      'host = api-01',
    );
    expect(found.files).toEqual({ total: 3, outside_window: 1, ruled_out: 1, read: 1 });
    expect(found.rows).toEqual({ read: 2, matched: 2 });
    expect(found.bytes).toBeGreaterThan(0);
    expect(found.columns).toContain('host');
    expect(found.statements.length).toBeGreaterThanOrEqual(1);
    expect(found.laps.map(({ name }: { name: string }) => name)).toEqual([
      'start of the program',
      'open store',
      'plan',
      'start engine',
      'execute',
      'render',
    ]);
  });

  it('reads everything without a window or a filter', () => {
    const found = cost('--by', 'host');
    expect(found.files).toEqual({ total: 3, outside_window: 0, ruled_out: 0, read: 3 });
    expect(found.rows).toEqual({ read: 6, matched: 6 });
  });
});
