/** The lines of the corpus through the JSON reader, cut into chunks of any size. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createNdjsonReader } from '../../src/ingest/readers/ndjson.js';
import { defaultLimits } from '../../src/ingest/record.js';
import { createRowStage } from '../../src/ingest/row-stage.js';
import type { ExpectedReject, InputCase } from './case.js';
import { casesByTopic } from './cases.js';

const dir = mkdtempSync(join(tmpdir(), 'chunks-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
let files = 0;

const plain = Object.values(casesByTopic)
  .flat()
  .filter((input) => input.format === 'ndjson' && !input.file.endsWith('.gz'))
  .filter(({ expected }) => expected.errorClass === null);

interface Seen {
  readonly rejects: ExpectedReject[];
  stored: number;
  blank: number;
}

async function readInChunks(input: InputCase, chunkBytes: number): Promise<Seen> {
  const seen: Seen = { rejects: [], stored: 0, blank: 0 };
  files += 1;
  const stage = createRowStage({
    path: join(dir, `${files}.parquet`),
    timeLabels: ['timestamp'],
    weightLabels: ['SampleRate', 'samplerate'],
    units: new Map(),
    lengths: new Set(),
    set: new Map(),
    earliest: Date.UTC(2000, 0, 1) * 1000,
    latest: Date.UTC(2021, 0, 1) * 1000,
  });
  const reader = createNdjsonReader(defaultLimits, {
    event: (scanner, bytes) => stage.addScanned(scanner, bytes),
    reject: ({ line, byteOffset, raw }, { reason }) => {
      const start = Buffer.from(raw.subarray(0, 65_536));
      seen.rejects.push({ line, byteOffset, reason, raw: start });
    },
    blank: () => {
      seen.blank += 1;
    },
  });
  const bytes = await input.bytes();
  // A long line in short chunks shows nothing new and takes long.
  const step = bytes.length > 1_000_000 ? Math.max(chunkBytes, 65_536) : chunkBytes;
  for (let at = 0; at < bytes.length; at += step) {
    reader.write(bytes.subarray(at, at + step));
  }
  reader.end();
  seen.stored = stage.finish().rows;
  return seen;
}

describe.each([61, 16_777_216])('in chunks of %d bytes', (chunkBytes) => {
  it.each(plain.map((input) => [input.name, input] as const))('%s', async (_name, input) => {
    const { stored, blank, rejected, rejects } = input.expected;
    const seen = await readInChunks(input, chunkBytes);
    expect([seen.stored, seen.blank, seen.rejects.length]).toEqual([stored, blank, rejected]);
    const wanted = rejects.map((reject) => ({ ...reject, raw: reject.raw.subarray(0, 65_536) }));
    if (rejects.length > 0) expect(seen.rejects).toEqual(wanted);
  });
});
