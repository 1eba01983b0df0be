/** Reads one text input to its end, in this thread: decoded bytes to staged rows and rejects. */
import { assert } from '../base/assert.js';
import type { StagedFile } from '../store/ports.js';
import type { Micros } from '../time/instant.js';
import { type DecodeLimits, decode } from './decompress.js';
import type { Compression } from './detect.js';
import { createReader, type Dialect, isColumnar, type ReaderSinks } from './dialect.js';
import type { LineReader } from './lines.js';
import { lendRange, readRange } from './read-range.js';
import type { StreamStart } from './readers/ndjson.js';
import type { RecordLimits, RecordPlace } from './record.js';
import { addReject, createRejectList, type RejectList } from './reject-sink.js';
import { createRowStage, type RowStage, type StagedRows } from './row-stage.js';
import type { RowProblem, StageOptions } from './stage-options.js';

/** A part of an input, and how to read it. Plain data, so that it can be sent to a worker. */
export interface StageRequest {
  /** For messages, and where the bytes are. */
  readonly path: string;
  readonly localPath: string;
  readonly compression: Compression;
  readonly dialect: Dialect;
  readonly limits: RecordLimits;
  readonly decodeLimits: DecodeLimits;
  readonly stage: StageOptions;
  /** The raw bytes to read, half-open, and what stands there. */
  readonly rawStart: number;
  readonly rawEnd: number;
  readonly start: StreamStart;
  /** Records that are stored already; they are neither kept nor counted. */
  readonly skipRecords: number;
  /** Keeps what was read before a fault. */
  readonly allowPartial: boolean;
}

/** What became of the records of a part. */
export interface StageOutcome {
  readonly files: readonly StagedFile[];
  readonly rows: number;
  readonly minTs: Micros;
  readonly maxTs: Micros;
  readonly rejects: RejectList;
  /** What stopped the reading before the end; what was read is in `file` when that is allowed. */
  readonly fault: unknown;
  readonly decodedBytes: number;
  /** Where a last line without an end starts, null for none, and whether it became a row. */
  readonly openLine: number | null;
  readonly openLineStored: boolean;
}

/** Reads a part, in this thread or elsewhere. */
export type PartReader = (
  request: StageRequest,
  signal: AbortSignal,
  progress: (rawBytes: number) => void,
) => Promise<StageOutcome>;

/** Reads a part. Faults of the input are in the outcome; those of the disk are thrown. */
export async function stageInput(
  request: StageRequest,
  signal: AbortSignal,
  progress: (rawBytes: number) => void,
): Promise<StageOutcome> {
  const part = openPart(request);
  let fault: unknown = null;
  try {
    await readPart(request, part, signal, progress);
  } catch (error) {
    fault = error;
  }
  if (signal.aborted || (fault !== null && !request.allowPartial)) {
    part.rows.abandon();
    signal.throwIfAborted();
    return outcomeOf(part, { file: null, rows: 0, minTs: 0, maxTs: 0 }, fault);
  }
  return outcomeOf(part, part.rows.finish(), fault);
}

/** One part while it is read. */
interface PartState {
  readonly rows: RowStage;
  readonly rejects: RejectList;
  readonly start: StreamStart;
  decodedBytes: number;
  /** Where the last physical line starts, in decoded bytes of the part. */
  lastLine: number;
  lastStored: boolean;
}

interface Part extends PartState {
  readonly reader: LineReader;
}

function openPart(request: StageRequest): Part {
  const { dialect, path, limits, start } = request;
  assert(!isColumnar(dialect), 'columnar inputs are read elsewhere');
  const state: PartState = {
    rows: createRowStage(request.stage),
    rejects: createRejectList(),
    start,
    decodedBytes: 0,
    lastLine: 0,
    lastStored: false,
  };
  const reader = createReader(dialect, { path, limits, start }, sinksOf(state, request));
  return Object.assign(state, { reader });
}

/** Where records go: to the rows, to the rejects, or nowhere while there are some to be skipped. */
function sinksOf(part: PartState, { path, skipRecords }: StageRequest): ReaderSinks {
  let skip = skipRecords;
  function isSkipped(): boolean {
    if (skip === 0) return false;
    skip -= 1;
    return true;
  }
  function refuse(place: RecordPlace, problem: RowProblem): void {
    part.lastStored = false;
    if (!isSkipped()) addReject(part.rejects, path, place, problem);
  }
  function blank(): void {
    if (skip === 0) part.rejects.blank += 1;
  }
  return {
    scanned: {
      event(scanner, bytes) {
        part.lastStored = true;
        return isSkipped() ? null : part.rows.addScanned(scanner, bytes);
      },
      reject: refuse,
      blank,
    },
    records: {
      record(place, labels, values) {
        part.lastStored = true;
        const problem = isSkipped() ? null : part.rows.addRecord(labels, values);
        if (problem !== null) refuse(place, problem);
      },
      reject: (place, reason, message) => refuse(place, { reason, message }),
      blank,
    },
  };
}

async function readPart(
  request: StageRequest,
  part: Part,
  signal: AbortSignal,
  progress: (rawBytes: number) => void,
): Promise<void> {
  const { path, localPath, compression, dialect, decodeLimits, rawStart, rawEnd } = request;
  // Only this reader keeps nothing of a chunk.
  const keepsNothing = dialect.format === 'ndjson' && compression === 'none';
  const read = keepsNothing ? lendRange : readRange;
  async function* source(): AsyncGenerator<Buffer> {
    for await (const chunk of read(localPath, rawStart, rawEnd)) {
      signal.throwIfAborted();
      progress(chunk.length);
      yield chunk;
    }
  }
  if (rawEnd <= rawStart) return;
  for await (const chunk of decode(source(), { path, compression, limits: decodeLimits })) {
    const newline = chunk.lastIndexOf(0x0a);
    if (newline >= 0) part.lastLine = part.decodedBytes + newline + 1;
    part.decodedBytes += chunk.length;
    part.reader.write(chunk);
  }
  part.reader.end();
}

function outcomeOf(part: Part, staged: StagedRows, fault: unknown): StageOutcome {
  const cut = part.reader.unterminated();
  const { file, rows, minTs, maxTs } = staged;
  return {
    files: file === null ? [] : [file],
    rows,
    minTs,
    maxTs,
    rejects: part.rejects,
    fault,
    decodedBytes: part.decodedBytes,
    openLine: cut ? part.start.byteOffset + part.lastLine : null,
    openLineStored: cut && part.lastStored,
  };
}
