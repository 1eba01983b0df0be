/**
 * Large inputs of JSON lines are cut at line ends and read by several workers. Where the cuts lie
 * depends on the number of workers, what is stored does not: parts are joined in their order, and
 * lines are counted on from part to part.
 */
import { type InTurn, turns } from '../base/turns.js';
import { type Crew, createCrew } from './crew.js';
import { lendRange } from './read-range.js';
import { recordReasons } from './receipt.js';
import { createRejectList, isFull, type RejectList } from './reject-sink.js';
import {
  type PartReader,
  type StageOutcome,
  type StageRequest,
  stageInput,
} from './stage-input.js';

export interface PoolOptions {
  /** The built entry of a worker; null to read everything in this thread. */
  readonly workerEntry: URL | null;
  readonly workers: number;
  /** Bytes a worker must get at least: starting one costs about 60 ms, as much as 10 MB. */
  readonly minPartBytes: number;
}

export const defaultMinPartBytes = 16 * 1_048_576;

/**
 * A reader of text inputs that uses workers where they pay: several for a large input, one for an
 * input that would wait for another.
 */
export function createPool(options: PoolOptions): PartReader {
  const { workerEntry } = options;
  const inTurn = turns(options.workers);
  const crew = workerEntry === null ? null : createCrew(workerEntry);
  let reading = 0;

  async function read(...[request, signal, progress]: Parameters<PartReader>) {
    const count = partCount(request, options);
    if (crew === null || count < (reading === 1 ? 2 : 1)) {
      return await stageInput(request, signal, progress);
    }
    const parts = await cutAtLines(request, count);
    const run = { crew, inTurn, signal, progress };
    return joinOutcomes(await runAll(parts, run), request);
  }

  return async (request, signal, progress) => {
    reading += 1;
    try {
      return await read(request, signal, progress);
    } finally {
      reading -= 1;
      if (reading === 0) await crew?.dismiss();
    }
  };
}

/** Into how many parts an input may be cut; 0 when it is not worth a worker. */
function partCount({ rawStart, rawEnd, dialect, compression }: StageRequest, options: PoolOptions) {
  const worth = Math.floor((rawEnd - rawStart) / options.minPartBytes);
  const cuttable = dialect.format === 'ndjson' && compression === 'none';
  return Math.min(worth, cuttable ? options.workers : 1);
}

/** Parts of about the same size that start at the start of a line. */
async function cutAtLines(request: StageRequest, count: number): Promise<readonly StageRequest[]> {
  const { rawStart, rawEnd, localPath } = request;
  const cuts = [rawStart];
  for (let index = 1; index < count; index += 1) {
    const wanted = rawStart + Math.floor(((rawEnd - rawStart) * index) / count);
    const cut = await nextLine(localPath, Math.max(wanted, cuts.at(-1) ?? 0), rawEnd);
    if (cut < rawEnd && cut > (cuts.at(-1) ?? 0)) cuts.push(cut);
  }
  return cuts.map((start, index) => ({
    ...request,
    rawStart: start,
    rawEnd: cuts[index + 1] ?? rawEnd,
    // Lines of later parts are counted from 1 and moved when the parts are joined.
    start: { line: index === 0 ? request.start.line : 1, byteOffset: start },
    stage: { ...request.stage, path: request.stage.path.replace(/(\.parquet)?$/, `-${index}$1`) },
  }));
}

async function nextLine(path: string, from: number, end: number): Promise<number> {
  let at = from;
  for await (const chunk of lendRange(path, from, end)) {
    const newline = chunk.indexOf(0x0a);
    if (newline >= 0) return at + newline + 1;
    at += chunk.length;
  }
  return end;
}

interface Run {
  readonly crew: Crew;
  readonly inTurn: InTurn;
  readonly signal: AbortSignal;
  readonly progress: (rawBytes: number) => void;
}

async function runAll(parts: readonly StageRequest[], run: Run): Promise<readonly StageOutcome[]> {
  run.signal.throwIfAborted();
  // One that fails stops the others, as an abort from outside does.
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  run.signal.addEventListener('abort', stop, { once: true });
  const outcomes = parts.map(async (part) => {
    try {
      return await run.inTurn(() => run.crew.read(part, stopping.signal, run.progress));
    } catch (error) {
      stop();
      throw error;
    }
  });
  const settled = await Promise.allSettled(outcomes);
  run.signal.removeEventListener('abort', stop);
  run.signal.throwIfAborted();
  const failed = settled.find((one) => one.status === 'rejected' && !isAbort(one.reason));
  if (failed?.status === 'rejected') throw failed.reason;
  return await Promise.all(outcomes);
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

/** The parts as one outcome. Behind a fault only what came before it counts. */
function joinOutcomes(outcomes: readonly StageOutcome[], { start }: StageRequest): StageOutcome {
  const faulty = outcomes.findIndex(({ fault }) => fault !== null);
  const used = faulty < 0 ? outcomes : outcomes.slice(0, faulty + 1);
  const rejects = createRejectList();
  let line = start.line;
  for (const [index, outcome] of used.entries()) {
    addRejects(rejects, outcome.rejects, index === 0 ? 0 : line - 1);
    line += outcome.rows + outcome.rejects.rejected + outcome.rejects.blank;
  }
  const last = used.at(-1);
  const filled = used.filter(({ rows }) => rows > 0);
  return {
    files: used.flatMap(({ files }) => files),
    rows: used.reduce((sum, { rows }) => sum + rows, 0),
    minTs: Math.min(...filled.map(({ minTs }) => minTs)),
    maxTs: Math.max(...filled.map(({ maxTs }) => maxTs)),
    rejects,
    fault: last?.fault ?? null,
    decodedBytes: used.reduce((sum, { decodedBytes }) => sum + decodedBytes, 0),
    openLine: last?.openLine ?? null,
    openLineStored: last?.openLineStored ?? false,
  };
}

function addRejects(into: RejectList, from: RejectList, linesBefore: number): void {
  for (const reject of isFull(into) ? [] : from.rejects) {
    into.rejects.push({ ...reject, line: reject.line + linesBefore });
  }
  for (const reason of recordReasons) {
    const count = from.reasons[reason] ?? 0;
    if (count > 0) into.reasons[reason] = (into.reasons[reason] ?? 0) + count;
  }
  into.rejected += from.rejected;
  into.blank += from.blank;
  into.bytes += from.bytes;
}
