/** `versions` on files: what machines read of it, and what it offers next. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSession, type Session } from './session.js';

const sample = new URL('../../sample-data/events-2020-04-16.ndjson.gz', import.meta.url).pathname;
const start = Date.parse('2020-03-02T00:00:00Z');

/** Ten hosts for eight hours; two of them come with another build, and fail half the time. */
function lines(status: boolean): string {
  const out: string[] = [];
  for (let minute = 0; minute < 480; minute += 1) {
    for (let host = 0; host < 12; host += 1) {
      const late = host >= 10;
      if (late && (minute < 200 || minute >= 300)) continue;
      if (host === 3 && minute >= 100 && minute < 160) continue;
      const code = late && minute % 2 === 0 ? 500 : 200;
      out.push(
        JSON.stringify({
          time: new Date(start + minute * 60_000).toISOString(),
          host: `h-${host}`,
          build: late ? 'v2' : 'v1',
          ...(status ? { status: code } : {}),
        }),
      );
    }
  }
  return `${out.join('\n')}\n`;
}

describe('versions on files', () => {
  let session: Session;
  const asked = ['versions', 'log.ndjson', '--map', 'version=build', '--window', '2020-03-02'];
  const read = (...more: readonly string[]) => session.run([...asked, ...more]).stdout;

  beforeAll(() => {
    session = openSession();
    writeFileSync(join(session.dir, 'log.ndjson'), lines(true));
    writeFileSync(join(session.dir, 'plain.ndjson'), lines(false));
  });
  afterAll(() => session.close());

  it('counts events and failures of each host that disagreed', () => {
    expect(JSON.parse(read('--format', 'json'))).toMatchObject({
      rows: [
        { host: 'h-10', events: 100, bad: 50, bad_share: 0.5 },
        { host: 'h-11', events: 100, bad: 50, bad_share: 0.5 },
      ],
    });
    const [head, row] = read('--format', 'tsv').split('\n');
    expect(head).toMatch(/\tevents\tbad\tbad_share$/);
    expect(row).toMatch(/^h-10\t.*\t100\t50\t0\.5$/);
  });

  it.each(['tsv', 'csv', 'ndjson'])('gives the matrix as %s', (format) => {
    const [first = ''] = read('--matrix', '--format', format).split('\n');
    expect(first).toContain('state');
    expect(first).toContain('hosts');
  });

  it('gives the matrix as json and as markdown', () => {
    const { rows } = JSON.parse(read('--matrix', '--format', 'json'));
    expect(rows).toContainEqual(
      expect.objectContaining({
        state: 'mismatch',
        version: 'v2',
        hosts: 2,
        events: 200,
        bad: 100,
      }),
    );
    expect(read('--matrix', '--format', 'markdown')).toMatch(/\| *state *\|/);
  });

  it('names hosts that were silent, not those that ended', () => {
    const { not_seen: notSeen } = JSON.parse(read('--format', 'json'));
    expect(notSeen.silent_hosts).toEqual([expect.objectContaining({ service: null, host: 'h-3' })]);
    expect(read('--format', 'table')).toContain(
      'silent while their service sent: h-3 2020-03-02 01:39 -> 02:40 UTC (1h1m)',
    );
  });

  it('keeps how the files were read for the next command', () => {
    const { next } = JSON.parse(read('--set', 'team=the core', '--format', 'json'));
    expect(next[0]).toContain(
      "coldcase query log.ndjson --map version=build --set 'team=the core' --by",
    );
  });

  it('says whoever reads the rows alone what bad does not count', () => {
    const at = ['versions', sample, '--at', '2020-04-16 14:12'];
    const missed = /9\d\.\d % of their events are 401, which bad does not count; 100\.0 % are bad/;
    const { stdout, stderr } = session.run([...at, '--format', 'tsv']);
    expect(stdout).not.toMatch(missed);
    expect(stderr).toMatch(missed);
    const { warnings } = JSON.parse(session.run([...at, '--format', 'json']).stdout);
    expect(warnings).toContainEqual(expect.objectContaining({ code: 'stricter' }));
    const table = session.run([...at, '--format', 'table']);
    expect(table.stdout).toContain('which bad does not count');
    expect(table.stderr).not.toContain('which bad does not count');
  });

  it('does not take days before the first event for none', () => {
    const long = [...asked.slice(0, -1), '2019-11-02..2020-03-03', '--format', 'tsv'];
    const { stdout, stderr } = session.run(long);
    expect(stdout).toContain('h-10');
    expect(stderr).not.toContain('no events in this window');
    expect(stderr).toContain('lie before');
  });

  it('counts nothing as bad where there is no rule', () => {
    const plain = ['versions', 'plain.ndjson', '--map', 'version=build', '--window', '2020-03-02'];
    const { rows } = JSON.parse(session.run([...plain, '--format', 'json']).stdout);
    expect(rows[0]).toMatchObject({ host: 'h-10', events: 100, bad: null, bad_share: null });
    const table = session.run([...plain, '--format', 'table']).stdout;
    expect(table).not.toContain('0.0 %  ');
    expect(table).not.toContain('bad per');
    expect(table).toMatch(/h-10 x .* 100 +-\n/);
  });
});
