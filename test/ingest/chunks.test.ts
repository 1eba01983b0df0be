import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createReader, type TextDialect } from '../../src/ingest/dialect.js';
import { fieldOf } from '../../src/ingest/field-value.js';
import { defaultLimits, type RecordLimits } from '../../src/ingest/record.js';
import { createRowStage } from '../../src/ingest/row-stage.js';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'coldcase-chunks-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const limits: RecordLimits = { ...defaultLimits, lineBytes: 60 };

/** All that a reader says about chunks of bytes. */
function readChunks(dialect: TextDialect, chunks: readonly Buffer[]): readonly unknown[] {
  const said: unknown[] = [];
  const reader = createReader(
    dialect,
    { path: 'x', limits, start: { line: 1, byteOffset: 0 } },
    {
      scanned: {
        event({ row, keys }, bytes) {
          const fields = Array.from({ length: row.count }, (_, index) => [
            keys.labels[row.label[index] ?? 0],
            fieldOf(row, index, bytes),
          ]);
          said.push(fields);
          return null;
        },
        reject({ line, byteOffset, raw, whole }, { reason }) {
          const sha256 = whole?.sha256 ?? createHash('sha256').update(raw).digest('hex');
          said.push([reason, line, byteOffset, whole?.byteLength ?? raw.length, sha256]);
        },
        blank: () => said.push('blank'),
      },
      records: { record: () => {}, reject: () => {}, blank: () => {} },
    },
  );
  for (const chunk of chunks) reader.write(Buffer.from(chunk));
  reader.end();
  return [...said, reader.unterminated()];
}

const lines = Buffer.concat([
  Buffer.from('\ufeff{"a":1,"b":"é\\n"}\r\n\n{"a":2}\n  \n{"bad\n'),
  Buffer.from('{"a":"'),
  Buffer.from('c328', 'hex'),
  Buffer.from(`"}\n{"long":"${'x'.repeat(70)}"}\n{"a":{"b":[1,{"c":2}]}}\r\n[1]\n{"last":true}`),
]);

const array = Buffer.from(
  `[ {"a":1,\n "b":"]}\\"\\\\"},\n  {"n":\n[1,2]} , 5, "x,y",\n{"bad":01},{"s":"raw\nline"},` +
    `{"long":"${'x'.repeat(70)}"},{"a":2}]\n`,
);

describe.each([
  ['JSON lines', { format: 'ndjson' } as const, lines, 8],
  ['a JSON array', { format: 'json' } as const, array, 8],
])('%s', (_name, dialect, bytes, count) => {
  const whole = readChunks(dialect, [bytes]);

  it('gives the same, wherever the bytes are cut in two', () => {
    expect(whole.filter((one) => one !== 'blank')).toHaveLength(count + 1);
    for (let at = 0; at <= bytes.length; at += 1) {
      const parts = [bytes.subarray(0, at), bytes.subarray(at)];
      expect(readChunks(dialect, parts), `cut at ${at}`).toEqual(whole);
    }
  });

  it('gives the same for any pieces', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 }), (sizes) => {
        const parts: Buffer[] = [];
        for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
          const size = sizes[turn % sizes.length] ?? 1;
          parts.push(bytes.subarray(at, at + size));
          at += size;
        }
        expect(readChunks(dialect, parts)).toEqual(whole);
      }),
      { seed: 20200416, numRuns: 200 },
    );
  });
});

describe('JSON lines', () => {
  it('are told apart by line, offset and reason', () => {
    expect(
      readChunks({ format: 'ndjson' }, [lines])
        .filter(Array.isArray)
        .map((one) => one.slice(0, 4)),
    ).toEqual([
      [
        ['a', 1],
        ['b', 'é\n'],
      ],
      [['a', 2]],
      ['json_syntax', 5, 35, 5],
      ['utf8', 6, 41, 10],
      ['too_large', 7, 52, 81],
      [['a.b', { kind: 'json', text: '[1,{"c":2}]' }]],
      ['not_object', 9, 159, 3],
      [['last', true]],
    ]);
  });
});

describe('a row', () => {
  const stage = () =>
    createRowStage({
      path: join(dir, `${Math.random()}.parquet`),
      timeLabels: ['ts', 'time'],
      weightLabels: ['rate'],
      units: new Map(),
      lengths: new Set(),
      set: new Map(),
      earliest: 946_684_800_000_000,
      latest: 1_600_000_000_000_000,
    });

  const good = '2020-04-16T14:00:00Z';

  it.each([
    ['ts_missing', ['x'], ['y']],
    ['ts_missing', ['ts'], [null]],
    ['ts_missing', ['ts'], ['']],
    ['ts_invalid', ['ts'], ['infinity']],
    ['ts_invalid', ['ts'], ['now']],
    ['ts_invalid', ['ts'], [true]],
    ['ts_invalid', ['ts'], ['2021-02-30T00:00:00Z']],
    ['ts_range', ['ts'], ['1999-12-31T23:59:59Z']],
    ['ts_range', ['ts'], ['2031-01-01T00:00:00Z']],
    ['sample_rate', ['ts', 'rate'], [good, 0]],
    ['sample_rate', ['ts', 'rate'], [good, 1.5]],
    ['sample_rate', ['ts', 'rate'], [good, 'x']],
    ['sample_rate', ['ts', 'rate'], [good, false]],
  ] as const)('is refused with %s for %j of %j', (reason, labels, values) => {
    const rows = stage();
    expect(rows.addRecord(labels, values)?.reason).toBe(reason);
    expect(rows.finish().file).toBeNull();
  });

  it('keeps what its time and columns cannot hold', () => {
    const rows = stage();
    expect(rows.addRecord(['ts', 'a'], ['2020-04-16T14:00:00.123456789Z', 1])).toBeNull();
    expect(rows.addRecord(['time', 'a'], [1587045600.5, 'one'])).toBeNull();
    expect(rows.addRecord(['ts', 'rate'], [good, null])).toBeNull();
    const { file, minTs, maxTs } = rows.finish();
    expect([minTs, maxTs]).toEqual([1587045600000000, 1587045600500000]);
    expect(file?.extraLabels).toEqual([{ label: 'ts', type: 'string', valueCount: 1 }]);
    expect(file?.columns.map(({ label, type, valueCount }) => [label, type, valueCount])).toEqual([
      ['a', 'integer', 1],
      ['a', 'string', 1],
      ['time', 'number', 1],
    ]);
  });
});
