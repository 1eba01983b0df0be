/**
 * Runs one file into a fresh store and collects all that can be seen: through the library, which is
 * fast, or through the program, which also shows the exit code.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createInputReaders } from '../../src/ingest/input-readers.js';
import { ingest } from '../../src/ingest/pipeline.js';
import { openOrInitDataset } from '../../src/store/dataset.js';
import { sharedReader, sharedWriter } from '../engine/shared-engine.js';
import { plainRequest } from '../ingest/plain-request.js';
import type { Cell, InputCase } from './case.js';

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const childEntry = new URL('../../dist/foreign-child.js', import.meta.url);

/** The receipt as the input rules fix it. */
export interface Summary {
  readonly read: number;
  readonly stored: number;
  readonly rejected: number;
  readonly duplicates: number;
  readonly blank: number;
  readonly reasons: Readonly<Record<string, number>>;
  readonly error_class: string | null;
  readonly rejects_file: string | null;
}

/** A line of the rejects file. */
export interface RejectLine {
  readonly source: string;
  readonly line: number;
  readonly byte_offset: number;
  readonly byte_length: number;
  readonly reason: string;
  readonly message: string;
  readonly raw_b64: string;
  readonly sha256: string;
}

export interface Outcome {
  readonly exit: number | null;
  readonly summary: Summary;
  readonly rejects: readonly RejectLine[];
  readonly stderr: string;
}

/** A directory of its own with the file of a case in it. */
export async function withCase<T>(
  input: Pick<InputCase, 'file' | 'bytes'>,
  use: (path: string, storeDir: string) => Promise<T>,
): Promise<T> {
  const dir = mkdtempSync(join(tmpdir(), 'inputs-'));
  try {
    const path = join(dir, input.file);
    writeFileSync(path, await input.bytes());
    return await use(path, join(dir, 'store'));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

const writer = sharedWriter(1);
const connect = sharedReader();

/** 2020-11-01: after the events of the corpus, and before what it calls the future. */
const nowMs = Date.UTC(2020, 10, 1);

/** One ingest through the library. */
export async function ingestByLibrary(
  path: string,
  storeDir: string,
  format: InputCase['format'],
): Promise<Pick<Outcome, 'summary' | 'rejects'>> {
  const dataset = await openOrInitDataset({ storeDir, name: 'events' }, writer, nowMs);
  const { files, totals, rejectsFile } = await ingest(
    {
      ...plainRequest,
      sources: [{ path, set: new Map(), stdin: null }],
      format,
      columnCap: 3000,
    },
    {
      dataset,
      writer,
      readers: createInputReaders({ workerEntry: null, childEntry, workers: 1 }),
      clock: { now: () => nowMs * 1000 },
      signal: new AbortController().signal,
      progress: () => {},
    },
  );
  const { read, stored, rejected, duplicates, blank, reasons } = totals;
  const errorClass = files[0]?.errorClass ?? null;
  const counts = { read, stored, rejected, duplicates, blank, reasons };
  const summary = { ...counts, error_class: errorClass, rejects_file: rejectsFile };
  return { summary, rejects: rejectsIn(rejectsFile) };
}

/** One `coldcase ingest`. `more` are further arguments; the input format is among them. */
export async function ingestByProgram(
  path: string,
  storeDir: string,
  more: readonly string[],
): Promise<Outcome> {
  const args = [cli, 'ingest', path, '--store', storeDir, '--json', ...more];
  const { exit, stdout, stderr } = await run(args);
  const summary: Summary = JSON.parse(stdout);
  return { exit, summary, rejects: rejectsIn(summary.rejects_file), stderr };
}

function rejectsIn(path: string | null): readonly RejectLine[] {
  const text = path === null ? '' : readFileSync(path, 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): RejectLine => JSON.parse(line));
}

function run(
  args: readonly string[],
): Promise<{ exit: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (exit) => resolve({ exit, stdout, stderr }));
  });
}

/** Rows of the data files in order of time; `extra` is spread as `extra:label`. */
export async function storedRows(storeDir: string): Promise<readonly Record<string, Cell>[]> {
  const files = readdirSync(storeDir, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.includes('date=') && name.endsWith('.parquet'))
    .map((name) => join(storeDir, name));
  if (files.length === 0) return [];
  const connection = await connect();
  try {
    const names = files.map((file) => `'${file.replaceAll("'", "''")}'`).join(', ');
    const reader = await connection.runAndReadAll(
      `SELECT * REPLACE (epoch_us(ts) AS ts, to_json(extra)::VARCHAR AS extra)
       FROM read_parquet([${names}], union_by_name = true) ORDER BY ts`,
    );
    return reader.getRowObjectsJS().map((row) => plainRow(row));
  } finally {
    connection.closeSync();
  }
}

function plainRow(row: Readonly<Record<string, unknown>>): Record<string, Cell> {
  const cells: Record<string, Cell> = Object.create(null);
  for (const [name, value] of Object.entries(row)) {
    if (name === 'extra') {
      const extra: Record<string, string> = JSON.parse(String(value ?? '{}')) ?? {};
      for (const [label, text] of Object.entries(extra)) cells[`extra:${label}`] = text;
    } else if (typeof value === 'object' && value !== null) {
      cells[name] = String(value);
    } else if (typeof value !== 'undefined') {
      cells[name] = cellOf(value);
    }
  }
  return cells;
}

function cellOf(value: unknown): Cell {
  const plain = ['string', 'number', 'bigint', 'boolean'].includes(typeof value);
  return plain || value === null ? (value as Cell) : String(value);
}
