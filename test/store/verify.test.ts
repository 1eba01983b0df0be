import { createHash } from 'node:crypto';
import { appendFile, readdir, readFile, rm, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lastCheckpointText, writeCheckpoint } from '../../src/delta/checkpoint.js';
import { commitPath, logDir } from '../../src/delta/log.js';
import { openInspector } from '../../src/engine/duckdb/inspect.js';
import { compactTask } from '../../src/store/compaction.js';
import { planCompaction } from '../../src/store/compaction-plan.js';
import { type Dataset, openDataset } from '../../src/store/dataset.js';
import { checkSidecars } from '../../src/store/verify-sidecars.js';
import { append, ask, day, newDataset, noAbort, sha, stage, writer } from './staged.js';
import { busyStore, check, codesOf, flip, limits, nowMs, store } from './whole-store.js';

describe('verify', () => {
  it('says of a whole store what was looked at', async () => {
    const found = await check(await store());
    expect(codesOf(found)).toEqual([]);
    expect(found).toMatchObject({
      log: { commits: { first: 0, last: 4, count: 5 }, checkpointCount: 1 },
      rowCount: 120,
      holdCount: 1,
      expiredHoldCount: 1,
      rejects: { checkedCount: 1, uncheckedCount: 0 },
    });
    expect(found.dataset?.snapshot.files.length).toBe(6);
  });

  it('names a missing and a damaged data file, their days, rows and sources', async () => {
    const dataset = await store();
    const [first, second, ...others] = dataset.snapshot.files;
    if (first === undefined || second === undefined) throw new Error('too few files');
    await unlink(join(dataset.tableDir, first.path));
    await flip(join(dataset.tableDir, second.path), 60);
    const found = await check(dataset);
    expect(codesOf(found)).toEqual(['CC4022', 'CC4023']);
    expect(found.damages[0]).toMatchObject({ path: first.path, date: '2020-04-16', rowCount: 24 });
    for (const { sources } of found.damages) {
      expect(sources.length).toBe(1);
      expect(sources[0]?.path).toMatch(/^\/logs\/part-\d\.ndjson$/);
    }
    expect(codesOf(await check(dataset, true))).toEqual(['CC4022']);
    await appendFile(join(dataset.tableDir, others[0]?.path ?? ''), 'x');
    expect(codesOf(await check(dataset, true))).toEqual(['CC4022', 'CC4023']);
  });

  it('knows the sources of a merged file when the log is gone', async () => {
    const before = await store();
    const [task] = planCompaction(before.snapshot.files, { nowMs, all: true });
    if (task === undefined) throw new Error('nothing to merge');
    const { dataset } = await compactTask(before, task, { writer, nowMs }, noAbort);
    await writeCheckpoint(dataset.tableDir, writer, nowMs);
    for (let version = 0; version < dataset.snapshot.version; version += 1) {
      await unlink(commitPath(dataset.tableDir, version));
    }
    expect(codesOf(await check(dataset))).toEqual([]);
    const merged = dataset.snapshot.files.find(({ path }) => path.includes('/c-'));
    await rm(join(dataset.tableDir, merged?.path ?? ''));
    const [damage] = (await check(dataset)).damages;
    expect(damage?.sources.map(({ sha256, path }) => [sha256, path])).toEqual(
      [0, 1, 2].map((n) => [sha(String(n)), null]),
    );
  });

  it('sees a commit that is missing, and reads on from the checkpoint behind it', async () => {
    const dataset = await store();
    await unlink(commitPath(dataset.tableDir, 1));
    const found = await check(dataset);
    expect(found.damages.map(({ fault }) => fault.message)).toEqual([
      'log entry _delta_log/00000000000000000001.json: it is missing',
    ]);
    expect(found.dataset?.snapshot.files.length).toBe(6);
    await unlink(commitPath(dataset.tableDir, 3));
    const lost = await check(dataset);
    expect(codesOf(lost)).toEqual(['CC4020', 'CC4020']);
    expect(lost.dataset).toBeNull();
  });

  it('adds up what an ingest read', async () => {
    const dataset = await newDataset();
    const staged = [await stage([{ label: 'a', type: 'integer' }], [{ ts: day, values: [1] }])];
    const report = { read: '5', stored: '1', rejected: '1', duplicates: '2' };
    const sums = await append(dataset, { staged, report });
    const wrong = { read: '4', stored: '2', rejected: '1', duplicates: '1' };
    await append(sums.dataset, { staged: [...staged], batch: 'b2', report: wrong });
    expect((await check(dataset)).damages.map(({ fault }) => fault.message)).toEqual([
      'version 1 does not add up: 5 records read, 4 accounted for',
      'version 2 does not add up: 2 records stored, 1 rows in its data files',
    ]);
  });

  it('is not misled by a log entry that was written anew', async () => {
    const dataset = await store();
    const path = commitPath(dataset.tableDir, 2);
    const text = await readFile(path, 'utf8');
    await rm(path);
    await writeFile(path, text.replace('"read":"42"', '"read":"43"'));
    expect(codesOf(await check(dataset))).toContain('CC4020');
  });

  it('compares every checksum that a checkpoint has', async () => {
    const dataset = await store();
    const [name] = (await readdir(logDir(dataset.tableDir))).filter((one) =>
      one.endsWith('.checkpoint.parquet'),
    );
    const path = join(logDir(dataset.tableDir), name ?? '');
    const bytes = await readFile(path);
    for (const key of ['', '.files', '.transactions']) {
      const sum = new RegExp(`coldcase\\.sha256${key}[^a-z.]{2}[0-9a-f]{64}`);
      const found = sum.exec(bytes.toString('latin1'));
      const changed = Buffer.from(bytes);
      const last = (found?.index ?? bytes.length) + (found?.[0].length ?? 0) - 1;
      changed[last] = (changed[last] ?? 0) ^ 1;
      await writeFile(path, changed);
      expect(codesOf(await check(dataset)), key).toEqual(['CC4021']);
    }
  });

  it('takes a checkpoint that says something else for damaged', async () => {
    const dataset = await store();
    const pointer = join(logDir(dataset.tableDir), '_last_checkpoint');
    const said = JSON.parse(await readFile(pointer, 'utf8'));
    expect(lastCheckpointText({ version: 2, size: 3, sizeInBytes: 4, numOfAddFiles: 5 })).toBe(
      '{"version":2,"size":3,"sizeInBytes":4,"numOfAddFiles":5,"checksum":"' +
        createHash('md5')
          .update('"numOfAddFiles"=5,"size"=3,"sizeInBytes"=4,"version"=2')
          .digest('hex') +
        '"}',
    );
    await writeFile(pointer, JSON.stringify({ ...said, version: 77 }));
    expect((await check(dataset)).damages[0]?.fault.message).toContain(
      'its checksum does not match',
    );
    await writeFile(pointer, JSON.stringify({ version: 77 }));
    expect((await check(dataset)).damages[0]?.fault.message).toContain('which has no checkpoint');
    await unlink(pointer);
    expect((await check(dataset)).damages, 'killed behind the first checkpoint').toEqual([]);
    await writeCheckpoint(dataset.tableDir, writer, nowMs);
    expect((await check(dataset)).damages).toEqual([]);
    await unlink(pointer);
    expect((await check(dataset)).damages[0]?.fault.message).toContain('it is missing');
  });
});

const flipsPerFile = Number(process.env.COLDCASE_FLIPS ?? 4);

describe('one flipped byte', () => {
  /** Everything a reader could see. */
  async function seen(dataset: Dataset): Promise<string> {
    const { snapshot, schema } = await openDataset(dataset, writer);
    const rows = await ask(dataset, '*', 'ORDER BY ALL');
    const { files, transactions, ...rest } = snapshot;
    // A checkpoint calls no file new; the commits before it do.
    const bare = files.map(({ dataChange: _, ...file }) => file);
    return JSON.stringify([rest, bare, [...(transactions?.values() ?? [])], schema, rows]);
  }

  async function filesOf(tableDir: string): Promise<readonly string[]> {
    const entries = await readdir(tableDir, { withFileTypes: true, recursive: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
  }

  /** Both ends, and so many places between them. */
  function placesIn(bytes: number, count: number): readonly number[] {
    const ends = [0, 3, bytes - 1, bytes - 5, bytes - 9];
    const step = bytes / (count + 1);
    const between = Array.from({ length: count }, (_, n) => Math.floor((n + 1) * step));
    return [...new Set([...ends, ...between])].filter((at) => at >= 0 && at < bytes);
  }

  it('is found in every kind of file, or changes nothing anybody reads', {
    timeout: 3_600_000,
  }, async () => {
    const dataset = await store();
    const files = await filesOf(dataset.tableDir);
    const kinds = files.map((path) =>
      path.replace(/^.*\//, '').replace(/^(a-)?[\da-f-]{20,}/, '$1N'),
    );
    expect(new Set(kinds)).toEqual(
      new Set([
        'N.json',
        'N.checkpoint.parquet',
        '_last_checkpoint',
        'a-N.parquet',
        'N.ndjson',
        'N.ndjson.sha256',
      ]),
    );
    const whole = await seen(dataset);
    const counts = { found: 0, harmless: 0, refusedByQuery: 0, sameAnswer: 0, otherAnswer: 0 };
    for (const path of files) {
      const { length } = await readFile(path);
      for (const [index, at] of placesIn(length, flipsPerFile).entries()) {
        const bit = 1 << (index % 8);
        await flip(path, at, bit);
        const { damages } = await check(dataset);
        if (damages.length > 0) {
          counts.found += 1;
          // A question reads files without their checksums: what it would say of this one.
          const answer = await seen(dataset).catch(() => null);
          if (answer === null) counts.refusedByQuery += 1;
          else counts[answer === whole ? 'sameAnswer' : 'otherAnswer'] += 1;
          const isData = path.endsWith('.parquet') && !path.includes('checkpoint');
          expect(isData || answer === null || answer === whole, `${path} at ${at}`).toBe(true);
        } else {
          counts.harmless += 1;
          expect(path, `byte ${at} of ${path} was flipped unseen`).toMatch(
            /checkpoint\.parquet$|\.json$/,
          );
          expect(await seen(dataset), `byte ${at} of ${path}`).toBe(whole);
        }
        await flip(path, at, bit);
      }
    }
    expect(codesOf(await check(dataset))).toEqual([]);
    expect(await seen(dataset)).toBe(whole);
    expect(counts.found).toBeGreaterThan(files.length * 8);
    expect(counts.harmless).toBeLessThan(counts.found / 10);
    process.stdout.write(`flipped bytes: ${JSON.stringify(counts)}\n`);
  });

  it('is found in every sidecar', async () => {
    const dataset = await busyStore();
    const files = (await filesOf(dataset.tableDir)).filter((path) =>
      /\/_(rollup|fingerprint|census)\//.test(path),
    );
    const kinds = files.map((path) => path.replace(/^.*\/_(\w+)\/.*\.(\w+)$/, '$1 $2'));
    expect(kinds).toEqual(['census gz', 'fingerprint bloom', 'rollup parquet', 'rollup parquet']);
    const inspector = await openInspector(limits);
    const damages = async () => {
      const say = () => undefined;
      const asked = { dataset, inspector, damaged: new Set<string>(), say, signal: noAbort };
      return (await checkSidecars(asked)).damages.map(({ path }) => path);
    };
    expect(await damages()).toEqual([]);
    let count = 0;
    for (const path of files) {
      const { length } = await readFile(path);
      for (const [index, at] of placesIn(length, Math.floor(flipsPerFile / 4)).entries()) {
        const bit = 1 << (index % 8);
        await flip(path, at, bit);
        const found = await damages();
        const said = path.slice(dataset.tableDir.length + 1);
        // When a gzip file was made and on which system, nobody reads.
        const isRead = !path.endsWith('.gz') || at < 4 || at > 9;
        expect(found, `byte ${at} of ${said}`).toEqual(isRead ? [said] : []);
        count += 1;
        await flip(path, at, bit);
      }
    }
    await inspector.close();
    process.stdout.write(`flipped bytes of sidecars: ${count}, each found\n`);
  });
});
