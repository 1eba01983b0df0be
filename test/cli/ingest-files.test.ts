/** Files where a store may stand, by the built program: what was refused or left out is said. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSession, type Session } from '../sessions/session.js';

let session: Session;
beforeEach(() => {
  session = openSession();
});
afterEach(() => session.close());

function file(name: string, lines: readonly object[]): string {
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  writeFileSync(join(session.dir, name), text);
  return name;
}

const event = (second: number, more: object = {}) => ({
  time: `2020-04-16T14:00:0${second}Z`,
  host: `web-${second}`,
  ...more,
});

describe('files for a store', () => {
  it.each(['query', 'columns'])('fails %s on events without a time', (command) => {
    const { status, stdout, stderr } = session.run([command, file('a.ndjson', [{ n: 1, m: 2 }])]);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toContain('CC2101');
    expect(stderr).toContain('1 ts_missing');
    expect(stderr).toContain('candidates: n, m');
  });

  it('fails on events that were all refused, with the first of them', () => {
    const bad = [event(1), event(2)].map((one) => ({ ...one, time: 'soon' }));
    const { status, stderr } = session.run(['query', file('a.ndjson', bad)]);
    expect(status).toBe(1);
    expect(stderr).toContain('all 2 records were rejected: 2 ts_invalid');
    expect(stderr).toContain('a.ndjson, line 1: "soon" in "time" is no time');
  });

  it('names both files of the same bytes', () => {
    const twins = ['a.ndjson', 'b.ndjson'].map((name) => file(name, [event(1), event(2)]));
    const { status, stderr } = session.run(['query', ...twins]);
    expect(status).toBe(0);
    expect(stderr).toContain('b.ndjson: the same bytes as a.ndjson; its records count once');
  });

  it('refuses to map a column that is in none of them', () => {
    const path = file('a.ndjson', [event(1)]);
    const { status, stderr } = session.run(['query', path, '--map', 'version=hots']);
    expect(status).toBe(2);
    expect(stderr).toContain('CC1201');
    expect(stderr).toContain('did you mean host?');
  });

  it('tells keys beyond the most columns, and how many more', () => {
    const keys = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`k${index}`, index]));
    const path = file('a.ndjson', [event(1, keys)]);
    const { stdout } = session.run(['ingest', path, '--columns', '2']);
    const text = stdout.replace(/\s+/g, ' ');
    expect(text).toMatch(
      /beside values without a column, [a-z ,]*: 1 of k1, .*, 1 of k4 and 5 more/,
    );
  });
});
