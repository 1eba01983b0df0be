/** Files that grow whose lines are understood only by those before them. */
import { appendFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createScratchStore, type ScratchStore } from './scratch-store.js';

let store: ScratchStore;
beforeEach(() => {
  store = createScratchStore();
});
afterEach(() => store.remove());

const fields = '#Version: 1.0\n#Fields: date time s-ip sc-status\n';
const row = (second: number) => `2020-04-16 14:00:0${second} 10.0.0.1 20${second}\n`;

describe('growth of a W3C log', () => {
  it.each<[string, string, string, object]>([
    ['whole lines', fields + row(1), row(2), { read: 2, stored: 1, duplicates: 1 }],
    ['a header that was cut', fields.slice(0, -20), fields.slice(-20) + row(1), { stored: 1 }],
    [
      'a header of its own, after other columns',
      fields + row(1) + row(2),
      `#Fields: time date sc-status\n14:00:03 2020-04-16 203\nbad\n`,
      { read: 4, stored: 1, rejected: 1, duplicates: 2 },
    ],
    [
      'behind a header below the start',
      `${fields}${row(1)}#Fields: time date sc-status\n`,
      '14:00:03 2020-04-16 203\n',
      { read: 2, stored: 1, duplicates: 1 },
    ],
    [
      'a directive that was cut',
      `${fields}${row(1)}#Da`,
      `te: 2020-04-16\n${row(2)}`,
      { read: 2, stored: 1, rejected: 0, duplicates: 1 },
    ],
    [
      'a record that was cut and refused',
      fields + row(1) + row(2).slice(0, 20),
      row(2).slice(20) + row(3),
      { read: 3, stored: 2, rejected: 0, duplicates: 1 },
    ],
    [
      'a record that was stored without its end',
      fields + row(1) + row(2).trimEnd(),
      `\n${row(3)}`,
      { read: 3, stored: 1, rejected: 0, duplicates: 2 },
    ],
    [
      'a record that was stored and went on',
      fields + row(1) + row(2).trimEnd(),
      `0\n${row(3)}`,
      { read: 4, stored: 1, rejected: 1, duplicates: 2 },
    ],
  ])('reads %s', async (_, start, more, expected) => {
    const path = store.file('u_ex.log', start);
    await store.ingest([path]);
    appendFileSync(path, more);
    expect((await store.ingest([path])).totals).toMatchObject(expected);
  });

  it('reads a member added to a .gz', async () => {
    const path = store.file('u_ex.log.gz', gzipSync(fields + row(1)));
    await store.ingest([path]);
    appendFileSync(path, gzipSync(row(2)));
    expect((await store.ingest([path])).totals).toMatchObject({ stored: 1, duplicates: 1 });
  });
});

const start = '2020-04-16T14:00:0';
const cri = (second: number, tag: string, text: string, stream = 'stdout') =>
  `${start}${second}Z ${stream} ${tag} ${text}\n`;

describe('growth of the log of a container', () => {
  it.each<[string, string, string, object]>([
    [
      'the rest of a line that was cut into parts',
      cri(1, 'F', 'one') + cri(2, 'P', 'tw'),
      cri(2, 'F', 'o') + cri(3, 'F', 'three'),
      { read: 3, stored: 2, rejected: 0, duplicates: 1 },
    ],
    [
      'the rest of two streams',
      cri(1, 'F', 'one') + cri(2, 'P', 'tw') + cri(3, 'P', 'err', 'stderr'),
      cri(3, 'F', 'or', 'stderr') + cri(2, 'F', 'o'),
      { read: 3, stored: 2, rejected: 0, duplicates: 1 },
    ],
    [
      'the rest of a line behind a part',
      cri(1, 'F', 'one') + cri(2, 'P', 'tw') + cri(2, 'F', 'o').slice(0, 12),
      cri(2, 'F', 'o').slice(12),
      { read: 2, stored: 1, rejected: 0, duplicates: 1 },
    ],
    [
      'what follows a line stored without its end',
      cri(1, 'F', 'one') + cri(2, 'F', 'two').trimEnd(),
      `\n${cri(3, 'F', 'three')}`,
      { read: 3, stored: 1, rejected: 0, duplicates: 2 },
    ],
  ])('reads %s', async (_, before, more, expected) => {
    const path = store.file('0.log', before);
    await store.ingest([path]);
    appendFileSync(path, more);
    expect((await store.ingest([path])).totals).toMatchObject(expected);
    const words = (await store.rows('message')).flat();
    expect(words).toEqual(['error', 'one', 'three', 'two'].filter((word) => words.includes(word)));
    expect(words.length).toBeGreaterThan(1);
  });
});

describe('growth of a file of requests', () => {
  const request = (...times: readonly string[]) =>
    JSON.stringify({
      resourceLogs: [
        { scopeLogs: [{ logRecords: times.map((timeUnixNano) => ({ timeUnixNano })) }] },
      ],
    });
  const [one, two, bad] = ['1587046320000000000', '1587046321000000000', '7'];

  it.each<[string, string, string, object]>([
    ['lines', `${request(one, two)}\n`, request(one), { read: 3, stored: 1, duplicates: 2 }],
    [
      'the rest of a request that was cut',
      `${request(one)}\n${request(two, two).slice(0, 60)}`,
      `${request(two, two).slice(60)}\n`,
      { read: 3, stored: 2, rejected: 0, duplicates: 1 },
    ],
    [
      'lines behind a request without its end, whose last record was refused',
      request(one, bad),
      `\n${request(two)}\n`,
      { read: 3, stored: 1, rejected: 0, duplicates: 2 },
    ],
  ])('reads %s', async (_, before, more, expected) => {
    const path = store.file('logs.json', before);
    await store.ingest([path]);
    appendFileSync(path, more);
    expect((await store.ingest([path])).totals).toMatchObject(expected);
  });
});
