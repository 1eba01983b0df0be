/** A store of its own for each test, the real writer behind it, and its rows read back. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InputSource } from '../../src/ingest/input.js';
import { createInputReaders, type InputReaders } from '../../src/ingest/input-readers.js';
import { type IngestRequest, ingest } from '../../src/ingest/pipeline.js';
import type { IngestReport } from '../../src/ingest/receipt.js';
import { type Dataset, openOrInitDataset } from '../../src/store/dataset.js';
import { sharedReader, sharedWriter } from '../engine/shared-engine.js';
import { plainRequest } from './plain-request.js';

const writer = sharedWriter(2);
const connect = sharedReader();

const inThisThread = createInputReaders({ workerEntry: null, childEntry: null, workers: 1 });

/** 2020-04-20, four days after the events of the tests. */
export const testNow = Date.UTC(2020, 3, 20) * 1000;

export interface ScratchStore {
  readonly dir: string;
  readonly file: (name: string, content: string | Uint8Array) => string;
  readonly ingest: (
    paths: readonly (string | InputSource)[],
    options?: Partial<IngestRequest>,
    more?: { readonly signal?: AbortSignal; readonly readers?: InputReaders },
  ) => Promise<IngestReport>;
  readonly dataset: () => Promise<Dataset>;
  /** All rows, as the given SQL expressions, in order of the expressions. */
  readonly rows: (...expressions: readonly string[]) => Promise<readonly (readonly unknown[])[]>;
  readonly remove: () => void;
}

export function createScratchStore(): ScratchStore {
  const dir = mkdtempSync(join(tmpdir(), 'coldcase-ingest-'));
  const place = { storeDir: join(dir, 'store'), name: 'events' };
  const dataset = () => openOrInitDataset(place, writer, testNow / 1000);
  return {
    dir,
    dataset,
    file(name, content) {
      const path = join(dir, name);
      writeFileSync(path, content);
      return path;
    },
    async ingest(paths, options = {}, more = {}) {
      const sources = paths.map((path) =>
        typeof path === 'string' ? { path, set: new Map(), stdin: null } : path,
      );
      return await ingest(
        { ...plainRequest, ...options, sources },
        {
          dataset: await dataset(),
          writer,
          readers: more.readers ?? inThisThread,
          clock: { now: () => testNow },
          signal: more.signal ?? new AbortController().signal,
          progress: () => {},
        },
      );
    },
    async rows(...expressions) {
      const { snapshot, tableDir } = await dataset();
      const paths = [...snapshot.files.values()].map(({ path }) => `'${join(tableDir, path)}'`);
      if (paths.length === 0) return [];
      const connection = await connect();
      const source = `read_parquet([${paths.join(',')}], union_by_name = true)`;
      const list = expressions.join(', ');
      const result = await connection.runAndReadAll(`SELECT ${list} FROM ${source} ORDER BY ALL`);
      connection.closeSync();
      return result.getRowsJson();
    },
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}
