import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
} from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { zstdFrame } from '../inputs/zstd-frame.js';
import { createScratchStore, type ScratchStore, testNow } from './scratch-store.js';

let store: ScratchStore;
beforeEach(() => {
  store = createScratchStore();
});
afterEach(() => store.remove());

const event = (second: number, more: object = {}) =>
  `${JSON.stringify({
    timestamp: `2020-04-16T14:00:${String(second).padStart(2, '0')}Z`,
    host: `web-${second % 3}`,
    status: 200 + second,
    ...more,
  })}\n`;

/** Events that all differ. */
const many = (count: number, host: string) =>
  Array.from({ length: count }, (_, index) =>
    event(index % 60, { host, n: index, pad: 'x'.repeat(40) }),
  ).join('');

const lines = (count: number) => Array.from({ length: count }, (_, index) => event(index)).join('');

describe('roles of an ingest', () => {
  it('takes the path of an access log for its route, for want of another', async () => {
    const line = '10.0.0.1 - - [16/Apr/2020:14:00:00 +0000] "GET /a/7?x=1 HTTP/1.1" 200 12\n';
    const report = await store.ingest([store.file('access.log', line)]);
    const route = report.files[0]?.roles.find(({ role }) => role === 'route');
    expect(route?.labels).toEqual(['path']);
    expect((await store.dataset()).roles.route).toEqual(['path']);
  });

  it('faults when no input has a mapped column, not when some have it', async () => {
    const [a, b] = [store.file('a.ndjson', lines(2)), store.file('b.ndjson', event(9, { rel: 1 }))];
    for (const role of ['time', 'version'] as const) {
      await expect(store.ingest([a, b], { map: new Map([[role, 'hots']]) })).rejects.toMatchObject({
        code: 'CC1201',
        params: { name: 'hots' },
        hint: expect.stringMatching(/^did you mean host\? columns: timestamp, host, status, rel$/),
      });
    }
    expect(await store.rows('host')).toEqual([]);
    const report = await store.ingest([a, b], { map: new Map([['version', 'rel']]) });
    expect(report.totals).toMatchObject({ stored: 3 });
  });

  it('names both files when one holds the bytes of the other or of its start', async () => {
    const [a, b] = [store.file('a.ndjson', lines(2)), store.file('b.ndjson', lines(2))];
    const { files, totals } = await store.ingest([a, b]);
    expect(totals).toMatchObject({ stored: 2, duplicates: 2 });
    expect(files[1]?.notes).toEqual([`the same bytes as ${a}; its records count once`]);
  });

  it('says what was kept of a damaged file', async () => {
    const whole = gzipSync(many(20_000, 'web'));
    const path = store.file('a.ndjson.gz', whole.subarray(0, whole.length - 2_000));
    const [file] = (await store.ingest([path], { allowPartial: true })).files;
    expect(file?.counts.stored).toBeGreaterThan(0);
    const kept = `its readable start was kept: ${file?.counts.stored} records`;
    expect(file?.fault?.hint).toBe(`${kept}; repair it for the rest`);
    const without = (await store.ingest([path], { force: true })).files[0]?.fault;
    expect(without?.hint).toContain('nothing of it was stored');
  });

  it('tells values of another type from keys beyond the most columns', async () => {
    const more = { status: 'late', odd: 1 };
    const path = store.file('a.ndjson', `${lines(3)}${event(9, more)}`);
    const { extras } = await store.ingest([path], { columnCap: 2 });
    expect(extras.map(({ label, why }) => [label, why])).toEqual([
      ['odd', 'cap'],
      ['status', 'type'],
    ]);
  });

  it('faults with the candidates when two columns may be the time', async () => {
    const path = store.file('a.csv', 'b,a\n2020-04-16T14:00:00Z,2020-04-16T14:00:01Z\n');
    const fault = (await store.ingest([path])).files[0]?.fault;
    expect(fault).toMatchObject({ code: 'CC2101', params: { candidates: 'a, b' } });
    const chosen = await store.ingest([path], { map: new Map([['time', 'b']]) });
    expect(chosen.totals).toMatchObject({ read: 1, stored: 1 });
  });
});

describe('ingest', () => {
  it('stores what is right and accounts for every line', async () => {
    const path = store.file('a.ndjson', `${lines(3)}{"broken\n\n${event(9)}[1]\n`);
    const report = await store.ingest([path]);
    expect(report.totals).toEqual({
      read: 6,
      stored: 4,
      rejected: 2,
      duplicates: 0,
      blank: 1,
      warnings: 0,
      reasons: { json_syntax: 1, not_object: 1 },
    });
    expect(report.files[0]?.roles.map(({ role, labels }) => [role, labels])).toEqual([
      ['time', ['timestamp']],
      ['host', ['host']],
      ['status', ['status']],
    ]);
    expect(await store.rows('epoch_us(ts)', 'host', 'status', 'weight')).toEqual([
      ['1587045600000000', 'web-0', '200', '1'],
      ['1587045601000000', 'web-1', '201', '1'],
      ['1587045602000000', 'web-2', '202', '1'],
      ['1587045609000000', 'web-0', '209', '1'],
    ]);
  });

  it('writes what was refused to a private rejects file', async () => {
    const good = event(1);
    const path = store.file('a.ndjson', `${good}{"broken\r\n`);
    const { rejectsFile } = await store.ingest([path]);
    const file = rejectsFile ?? '';
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const [reject] = readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(reject).toMatchObject({
      source: path,
      line: 2,
      byte_offset: good.length,
      byte_length: 8,
      reason: 'json_syntax',
      raw_b64: Buffer.from('{"broken').toString('base64'),
    });
  });

  it('keeps decimals that a double would round as they were written', async () => {
    const texts = ['0.1234567890123456789', '12345678901234567890.12', '9007199254740993.0'];
    const rows = ['0.30000000000000004', '0.50000000000000000000', ...texts].map(
      (text, index) => `{"ts":"2020-04-16T14:00:0${index}Z","x":${text}}\n`,
    );
    const report = await store.ingest([store.file('a.ndjson', rows.join(''))]);
    expect(report.extras).toEqual([{ label: 'x', valueCount: 3, why: 'type' }]);
    expect(await store.rows('x', "extra['x']")).toEqual([
      [0.30000000000000004, null],
      [0.5, null],
      ...texts.map((text) => [null, text]),
    ]);
  });

  it('stores the same content once', async () => {
    const path = store.file('a.ndjson', lines(5));
    const copy = store.file('b.ndjson', lines(5));
    const first = await store.ingest([path, copy]);
    expect(first.totals).toMatchObject({ read: 10, stored: 5, duplicates: 5 });
    const again = await store.ingest([copy]);
    expect(again.totals).toMatchObject({ read: 5, stored: 0, duplicates: 5 });
    expect(again.snapshotVersion).toBeNull();
    const forced = await store.ingest([path], { force: true });
    expect(forced.totals).toMatchObject({ read: 5, stored: 5 });
  });

  it('stores only what is new of a file that grew', async () => {
    const path = store.file('a.ndjson', lines(5));
    await store.ingest([path]);
    appendFileSync(path, `${event(30)}{"bad\n`);
    const report = await store.ingest([path]);
    expect(report.totals).toMatchObject({ read: 7, stored: 1, rejected: 1, duplicates: 5 });
    const reject = readFileSync(report.rejectsFile ?? '', 'utf8');
    expect(JSON.parse(reject)).toMatchObject({ line: 7 });
    expect(await store.rows('status')).toHaveLength(6);
  });

  it('reads a line again that was cut when it was refused', async () => {
    const whole = event(30);
    const path = store.file('a.ndjson', lines(5) + whole.slice(0, 20));
    expect((await store.ingest([path])).totals).toMatchObject({ stored: 5, rejected: 1 });
    appendFileSync(path, whole.slice(20));
    expect((await store.ingest([path])).totals).toMatchObject({ stored: 1, duplicates: 5 });
  });

  it('refuses the rest of a line that was stored as it was', async () => {
    const path = store.file('a.ndjson', lines(5) + event(30).trimEnd());
    expect((await store.ingest([path])).totals).toMatchObject({ stored: 6 });
    appendFileSync(path, `oops\n${event(31)}`);
    const report = await store.ingest([path]);
    expect(report.totals).toMatchObject({ read: 8, stored: 1, rejected: 1, duplicates: 6 });
    expect(report.totals.reasons).toEqual({ line_shape: 1 });
  });

  it('takes a line end that came late for what it is', async () => {
    const path = store.file('a.ndjson', lines(5) + event(30).trimEnd());
    await store.ingest([path]);
    appendFileSync(path, `\n${event(31)}`);
    expect((await store.ingest([path])).totals).toMatchObject({ stored: 1, rejected: 0, blank: 0 });
  });

  it.each(['gz', 'zst'])('stores only what is new of a .%s that grew by a member', async (kind) => {
    const pack = (text: string) => (kind === 'gz' ? gzipSync(text) : zstdFrame(Buffer.from(text)));
    const path = store.file(`a.ndjson.${kind}`, pack(`${lines(5)}{"bad\n`));
    expect((await store.ingest([path])).totals).toMatchObject({ stored: 5, rejected: 1 });
    appendFileSync(path, pack(`${event(30)}oops\n`));
    const report = await store.ingest([path]);
    expect(report.totals).toMatchObject({ read: 8, stored: 1, rejected: 1, duplicates: 6 });
    const reject = readFileSync(report.rejectsFile ?? '', 'utf8');
    expect(JSON.parse(reject)).toMatchObject({ line: 8 });
    expect(await store.rows('status')).toHaveLength(6);
  });

  it.each([
    ['first', ['a.ndjson', 'b.ndjson']],
    ['last', ['b.ndjson', 'a.ndjson']],
  ])('stores what two files begin with once, the short one %s', async (_name, names) => {
    store.file('a.ndjson', many(100, 'a'));
    store.file('b.ndjson', `${many(100, 'a')}${event(20)}`);
    const report = await store.ingest(names.map((name) => join(store.dir, name)));
    expect(report.totals).toMatchObject({ read: 201, stored: 101, duplicates: 100 });
    expect(await store.rows('status')).toHaveLength(101);
  });

  it('keeps no more rejects than the rejects file has room for', async () => {
    const paths = ['a', 'b', 'c'].map((name) =>
      store.file(`${name}.ndjson`, `${name}\n`.repeat(120_000)),
    );
    const report = await store.ingest(paths);
    expect(report.totals).toMatchObject({ read: 360_000, rejected: 360_000 });
    const bytes = statSync(report.rejectsFile ?? '').size;
    expect(bytes).toBeGreaterThan(60 * 1_048_576);
    expect(bytes).toBeLessThan(65 * 1_048_576);
    const last =
      readFileSync(report.rejectsFile ?? '', 'utf8')
        .trimEnd()
        .split('\n')
        .at(-1) ?? '';
    const count = JSON.parse(last);
    expect(count.written + count.omitted).toBe(360_000);
    expect(count.omitted).toBeGreaterThan(0);
  });

  it('gives the files in their order, whichever is read first', async () => {
    const sizes = [400, 1, 200, 3, 50, 7, 20, 2];
    const paths = sizes.map((size, index) => {
      return store.file(`f${index}.ndjson`, many(size, `web-${index}`));
    });
    const report = await store.ingest(paths);
    expect(report.files.map(({ counts }) => counts.stored)).toEqual(sizes);
    expect(report.files.map(({ path }) => path)).toEqual(paths);
  });

  it('removes what an interrupted ingest left behind a day ago', async () => {
    const { tableDir } = await store.dataset();
    const old = join(tableDir, '_staging', 'left');
    mkdirSync(old, { recursive: true });
    const dayBefore = testNow / 1_000_000 - 25 * 3600;
    utimesSync(old, dayBefore, dayBefore);
    const report = await store.ingest([store.file('a.ndjson', lines(5))]);
    expect(report.maintenance?.swept.removedCount).toBe(1);
    expect(existsSync(old)).toBe(false);
  });

  it('stores nothing of a file with a fault, and all of the others', async () => {
    const whole = gzipSync(lines(50));
    const cut = store.file('cut.ndjson.gz', whole.subarray(0, -3));
    const good = store.file('good.ndjson', lines(5));
    const report = await store.ingest([cut, good, join(store.dir, 'none.ndjson')]);
    expect(report.files.map(({ errorClass }) => errorClass)).toEqual([
      'compressed_truncated',
      null,
      'not_found',
    ]);
    expect(report.totals).toMatchObject({ read: 5, stored: 5 });
    const partial = await store.ingest([cut], { allowPartial: true });
    expect(partial.totals).toMatchObject({ read: 50, stored: 50 });
    expect(partial.files[0]?.errorClass).toBe('compressed_truncated');
  });

  it('tells the kinds of unreadable inputs apart', async () => {
    const report = await store.ingest([
      store.file('empty.ndjson', ''),
      store.dir,
      store.file('wide.ndjson', Buffer.from('\ufeff{"a":1}\n', 'utf16le')),
      store.file('garbage', Buffer.from(Array.from({ length: 4000 }, (_, i) => (i * 7919) % 256))),
    ]);
    expect(report.files.map(({ errorClass }) => errorClass)).toEqual([
      'empty',
      'not_regular_file',
      'encoding',
      'format',
    ]);
  });

  it('leaves the store as it was when it is aborted', async () => {
    const path = store.file('a.ndjson', lines(50));
    const { tableDir, snapshot } = await store.dataset();
    const controller = new AbortController();
    controller.abort();
    await expect(store.ingest([path], {}, { signal: controller.signal })).rejects.toThrow();
    expect((await store.dataset()).snapshot.version).toBe(snapshot.version);
    const staging = join(tableDir, '_staging');
    expect(existsSync(staging) ? readdirSync(staging) : []).toEqual([]);
  });

  it('counts and stores nothing on a dry run', async () => {
    const path = store.file('a.ndjson', `${lines(5)}{"bad\n`);
    const report = await store.ingest([path], { dryRun: true });
    expect(report).toMatchObject({ snapshotVersion: null, rejectsFile: null, dryRun: true });
    expect(report.totals).toMatchObject({ read: 6, stored: 5, rejected: 1 });
    expect(await store.rows('*')).toEqual([]);
  });

  it('stops at too many rejects, with the rejects kept', async () => {
    const path = store.file('a.ndjson', `${lines(5)}{"bad\n`);
    const none = store.ingest([path], { maxRejects: { kind: 'count', count: 0 } });
    await expect(none).rejects.toMatchObject({ code: 'CC2009' });
    const share = store.ingest([path], { maxRejects: { kind: 'share', share: 0.2 } });
    expect((await share).totals.stored).toBe(5);
  });

  it('adds the columns that were given', async () => {
    const line = '1.2.3.4 - - [16/Apr/2020:14:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "curl"\n';
    const path = store.file('access.log', line);
    const source = { path, set: new Map([['host', 'web-7']]), stdin: null };
    const report = await store.ingest([source], { set: new Map([['version', 'abc']]) });
    expect(report.totals).toMatchObject({ read: 1, stored: 1 });
    expect(await store.rows('host', 'version', 'status')).toEqual([['web-7', 'abc', '200']]);
  });

  it('reads standard input', async () => {
    async function* stdin() {
      yield Buffer.from(lines(3).slice(0, 50));
      yield Buffer.from(lines(3).slice(50));
    }
    const report = await store.ingest([{ path: '-', set: new Map(), stdin: stdin() }]);
    expect(report.totals).toMatchObject({ read: 3, stored: 3 });
  });

  it('keeps the header of a table that grew', async () => {
    const path = store.file('a.csv', 'time,host\n2020-04-16T14:00:00Z,a\n');
    await store.ingest([path]);
    appendFileSync(path, '2020-04-16T14:00:01Z,b\n');
    expect((await store.ingest([path])).totals).toMatchObject({ stored: 1, duplicates: 1 });
    expect(await store.rows('host')).toEqual([['a'], ['b']]);
  });

  it('reads JSON arrays element by element', async () => {
    const events = [0, 1, 2].map((second) => JSON.parse(event(second)));
    const path = store.file('a.json', JSON.stringify(events, null, 2));
    const report = await store.ingest([path]);
    expect(report.files[0]).toMatchObject({ format: 'json', counts: { read: 3, stored: 3 } });
    const cut = store.file('b.json', JSON.stringify(events).slice(0, -1));
    expect((await store.ingest([cut])).files[0]?.errorClass).toBe('format');
  });

  it('puts whole numbers and decimals of one key into one column', async () => {
    const values = [1, 2.5, 3, 4];
    const path = store.file('a.ndjson', values.map((took, at) => event(at, { took })).join(''));
    expect((await store.ingest([path])).extras).toEqual([]);
    expect(await store.rows('took')).toEqual([[1], [2.5], [3], [4]]);
  });
});
