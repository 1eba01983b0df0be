/** Log actions to a checkpoint and back. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { transactionText } from '../../src/delta/transactions.js';
import { createDataFileWriter } from '../../src/engine/duckdb/data-files.js';
import { defaultLimits } from '../../src/engine/duckdb/open.js';
import { queryJson } from './staged-rows.js';

let dir = '';
const writer = createDataFileWriter(defaultLimits);
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'coldcase-test-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const actions = [
  { protocol: { minReaderVersion: 1, minWriterVersion: 2 } },
  {
    metaData: {
      id: 'f3',
      name: 'events',
      format: { provider: 'parquet', options: {} },
      schemaString: '{"type":"struct","fields":[{"name":"ü\\"x"}]}',
      partitionColumns: ['date'],
      configuration: { 'delta.checkpointInterval': '50' },
      createdTime: 1_587_000_000_000,
    },
  },
  { txn: { appId: 'a:1', version: 9_007_199_254_740_991, lastUpdated: 5 } },
  {
    add: {
      path: 'date=2020-04-16/a-1.parquet',
      partitionValues: { date: '2020-04-16' },
      size: 10,
      modificationTime: 1_587_000_000_000,
      dataChange: false,
      stats: '{"numRecords":3,"minValues":{"host":"a\\"b"}}',
      tags: { sha256: 'ff' },
    },
  },
  {
    add: {
      path: 'date=__HIVE_DEFAULT_PARTITION__/a-2.parquet',
      partitionValues: { date: null },
      size: 11,
      modificationTime: 1,
      dataChange: false,
    },
  },
];
const tombstone = {
  remove: {
    path: 'date=2020-04-15/a-0.parquet',
    deletionTimestamp: 7,
    dataChange: false,
    extendedFileMetadata: true,
    partitionValues: { date: '2020-04-15' },
    size: 9,
  },
};

/** Absent fields come back as nulls, which say the same. */
function withoutNulls(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, item: unknown) =>
      item === null && key !== 'date' ? undefined : item,
    ),
  );
}

const sums = { files: 'of files', live: 'of live', all: 'of all', transactions: null };

describe('checkpoints', () => {
  it('give the actions back, but for tombstones', async () => {
    const ndjson = join(dir, 'actions.ndjson');
    const checkpoint = join(dir, 'checkpoint.parquet');
    const lines = [...actions, tombstone].map((action) => `${JSON.stringify(action)}\n`);
    writeFileSync(ndjson, lines.join(''));
    expect(await writer.writeCheckpoint(ndjson, checkpoint, sums)).toBe(lines.length);
    const { actions: text, checksum } = await writer.readCheckpoint(checkpoint, 'live');
    expect(checksum).toBe('of live');
    const read = text.trimEnd().split('\n');
    expect(read.map((line) => withoutNulls(JSON.parse(line)))).toEqual(actions);
    const { actions: ofFiles } = await writer.readCheckpoint(checkpoint, 'files');
    const needed = actions.filter((action) => !('txn' in action));
    expect(needed.length).toBeLessThan(actions.length);
    expect(
      ofFiles
        .trimEnd()
        .split('\n')
        .map((line) => withoutNulls(JSON.parse(line))),
    ).toEqual(needed);
    const [removed] = await queryJson(
      `SELECT to_json(remove)::VARCHAR FROM '${checkpoint}' WHERE remove IS NOT NULL`,
    );
    expect(JSON.parse(JSON.parse(removed ?? '[]')[0])).toEqual(tombstone.remove);
  });

  it('give transactions apart, in the order they were written', async () => {
    const ndjson = join(dir, 'actions.ndjson');
    const checkpoint = join(dir, 'checkpoint.parquet');
    const transactions = Array.from({ length: 5_000 }, (_, index) => ({
      appId: index % 3 === 0 ? `of "others" ${index} é\t` : `a/${(index * 7919) % 5_000}`,
      version: index % 2 === 0 ? 1 : 9_007_199_254_740_991,
      lastUpdated: index,
    }));
    const lines = transactions.map((txn) => `${JSON.stringify({ txn })}\n`);
    writeFileSync(ndjson, `${JSON.stringify(actions[0])}\n${lines.join('')}`);
    await writer.writeCheckpoint(ndjson, checkpoint, { ...sums, transactions: 'of these' });
    const read = await writer.readCheckpoint(checkpoint, 'live');
    expect(withoutNulls(JSON.parse(read.actions))).toEqual(actions[0]);
    expect(read.checksum).toBe('of files');
    expect(read.transactions).toEqual({
      text: transactionText(transactions),
      checksum: 'of these',
    });
    const all = await writer.readCheckpoint(checkpoint, 'all');
    expect(all.transactions).toBeNull();
    expect(all.actions.match(/appId/g)).toHaveLength(transactions.length);
  });

  it('are read with actions missing and others unknown', async () => {
    const checkpoint = join(dir, 'foreign.parquet');
    await queryJson(
      `COPY (SELECT {'path': 'x', 'size': 1} AS add, NULL::STRUCT(domain VARCHAR) AS domainMetadata)
        TO '${checkpoint}' (FORMAT parquet)`,
    );
    const { actions: text, checksum } = await writer.readCheckpoint(checkpoint, 'live');
    expect(withoutNulls(JSON.parse(text))).toEqual({ add: { path: 'x', size: 1 } });
    expect(checksum).toBeNull();
  });

  it('are not left half written', async () => {
    const ndjson = join(dir, 'actions.ndjson');
    const checkpoint = join(dir, 'checkpoint.parquet');
    writeFileSync(ndjson, `${JSON.stringify(actions[0])}\n{"add":{"path":`);
    await expect(writer.writeCheckpoint(ndjson, checkpoint, sums)).rejects.toMatchObject({
      code: 'CC5002',
    });
    expect(existsSync(checkpoint)).toBe(false);
    await expect(writer.readCheckpoint(checkpoint, 'live')).rejects.toMatchObject({
      code: 'CC4006',
    });
    writeFileSync(checkpoint, 'PAR1');
    await expect(writer.readCheckpoint(checkpoint, 'live')).rejects.toMatchObject({
      code: 'CC4003',
    });
  });
});
