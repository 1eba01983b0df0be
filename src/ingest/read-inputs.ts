/**
 * Reads the inputs of one ingest: how each is read is decided in their order, so that later ones
 * mean the same by a column; the reading itself overlaps. What comes out is in their order again.
 */
import { present } from '../base/assert.js';
import { faultsOf } from '../base/fault.js';
import type { Roles } from '../event/role.js';
import type { Dataset } from '../store/dataset.js';
import { mergeRoles } from '../store/settings.js';
import { growthCandidates, mayBeStartOf, sourceKnown } from '../store/sources.js';
import { classOfFault } from './file-fault.js';
import { type FileContext, type IngestedFile, planFile, stageFile } from './ingest-file.js';
import { type Input, type InputSource, prepareInput, startsWith } from './input.js';
import type { IngestPorts, IngestRequest } from './pipeline.js';
import { type FileReport, noRecords } from './receipt.js';

/** What one ingest knows of the inputs before. */
interface Before {
  /** Of the dataset and of the files before. */
  roles: Roles;
  /** Without their rejects, of which there may be too many to keep. */
  readonly inputs: { readonly input: Input; readonly result: Promise<IngestedFile> }[];
}

/** How many inputs are read at the same time; while one waits for the disk another is parsed. */
const overlap = 4;

/** **Faults** of the disk and the store; those of single files are in their reports. */
export async function* readInputs(
  request: IngestRequest,
  ports: IngestPorts,
  stagingDir: string,
): AsyncGenerator<IngestedFile> {
  const before: Before = { roles: ports.dataset.roles, inputs: [] };
  const running: Promise<IngestedFile>[] = [];
  try {
    for (const [index, source] of request.sources.entries()) {
      ports.signal.throwIfAborted();
      const turn: Turn = { request, ports, stagingDir, source, index, before };
      running.push((await beginInput(turn)).result);
      while (running.length >= overlap) yield await next(running);
    }
    while (running.length > 0) yield await next(running);
  } finally {
    await Promise.allSettled(running);
  }
}

async function next(running: Promise<IngestedFile>[]): Promise<IngestedFile> {
  const [first] = running;
  const file = await present(first, 'an input is being read');
  running.shift();
  return file;
}

interface Turn {
  readonly request: IngestRequest;
  readonly ports: IngestPorts;
  readonly stagingDir: string;
  readonly source: InputSource;
  readonly index: number;
  readonly before: Before;
}

/** Decides how an input is read and starts reading it, or finds that it is stored already. */
async function beginInput(turn: Turn): Promise<{ readonly result: Promise<IngestedFile> }> {
  const { request, ports, source, before } = turn;
  const { signal } = ports;
  let input: Input | null = null;
  const failed = (error: unknown): IngestedFile => {
    signal.throwIfAborted();
    return faultOnly(source.path, input, error);
  };
  try {
    input = await openInput(turn);
    const again = request.force ? null : await knownAgain(ports.dataset, input, before);
    if (again !== null) return { result: Promise.resolve(again) };
    const context = contextOf(turn, input.bytes);
    const plan = await planFile(input, context, before.roles);
    const longer = request.force ? null : await longerBefore(input, before);
    const staged = stageFile(input, plan, context).catch(failed);
    const result =
      longer === null ? staged : staged.then((file) => allDuplicates(file, longer.path));
    const remembered = result.then((file) => ({ ...file, rejects: [] }));
    remembered.catch(() => undefined);
    before.roles = mergeRoles(before.roles, plan.roles);
    before.inputs.push({ input, result: remembered });
    return { result };
  } catch (error) {
    return { result: Promise.resolve(failed(error)) };
  }
}

function contextOf(
  { request, ports, stagingDir, source, index }: Turn,
  fileBytes: number,
): FileContext {
  let readBytes = 0;
  const place = { path: source.path, fileIndex: index, fileCount: request.sources.length };
  return {
    request,
    stagingDir,
    index,
    now: ports.clock.now(),
    readers: ports.readers,
    signal: ports.signal,
    progress(bytes) {
      readBytes += bytes;
      ports.progress({ ...place, fileBytes, readBytes, writing: false });
    },
  };
}

/** An input with the stored or earlier content that it continues. */
async function openInput({ request, ports, stagingDir, source, index, before }: Turn) {
  const { dataset, signal } = ports;
  const { input, startSha256 } = await prepareInput(source, index, {
    stagingDir,
    signal,
    candidates: (file) =>
      request.force
        ? []
        : [
            ...growthCandidates(dataset.snapshot, file),
            ...before.inputs
              .map((other) => other.input)
              .filter((other) => other.head === file.head && mayStart(other, file)),
          ],
  });
  if (startSha256 === null) return input;
  const stored = sourceKnown(dataset.snapshot, startSha256);
  const earlier = before.inputs.find((other) => other.input.sha256 === startSha256);
  const grownFrom = stored ?? (await earlier?.result)?.source ?? null;
  return { ...input, grownFrom };
}

function mayStart(start: Input, file: Pick<Input, 'bytes' | 'pathHash'>): boolean {
  return mayBeStartOf({ ...start, readCount: 1, tail: { kind: 'whole' } }, file);
}

/** What an input comes to whose bytes were stored before or by this ingest; null for others. */
async function knownAgain(
  dataset: Dataset,
  input: Input,
  before: Before,
): Promise<IngestedFile | null> {
  const stored = sourceKnown(dataset.snapshot, input.sha256);
  if (stored !== null) return duplicatesOf(input, stored.readCount, []);
  const twin = before.inputs.find((other) => other.input.sha256 === input.sha256);
  const report = (await twin?.result)?.report;
  if (report === undefined || report.counts.stored === 0) return null;
  return duplicatesOf(input, report.counts.read, [
    `the same bytes as ${report.path}; its records count once`,
  ]);
}

/** The input before that starts with all of this one and was stored, or null. */
async function longerBefore(input: Input, { inputs }: Before): Promise<Input | null> {
  for (const { input: other, result } of inputs) {
    if (other.head !== input.head || !mayStart(input, other)) continue;
    if (!(await startsWith(other, input))) continue;
    if ((await result).report.fault === null) return other;
  }
  return null;
}

/** What was read is a part of what another input gives. */
function allDuplicates(read: IngestedFile, longer: string): IngestedFile {
  const { counts } = read.report;
  const none = { ...noRecords, blank: counts.blank };
  const report = {
    ...read.report,
    counts: { ...none, read: counts.read, duplicates: counts.read },
    notes: [...read.report.notes, `the start of ${longer}; its records count once`],
  };
  return { ...read, report: { ...report, span: null }, file: [], rejects: [], source: null };
}

function duplicatesOf(input: Input, readCount: number, notes: readonly string[]): IngestedFile {
  const counts = { ...noRecords, read: readCount, duplicates: readCount };
  const report = emptyReport(input.path, { sha256: input.sha256, counts, notes });
  return { report, file: [], rejects: [], source: null, roles: {}, bad: null, input };
}

function faultOnly(path: string, input: Input | null, error: unknown): IngestedFile {
  const fault = faultsOf(error)[0];
  const errorClass = fault === undefined ? null : classOfFault(fault);
  if (fault === undefined || errorClass === null || errorClass === 'disk_full') throw error;
  const report = emptyReport(path, { sha256: input?.sha256 ?? null, fault, errorClass });
  return { report, file: [], rejects: [], source: null, roles: {}, bad: null, input };
}

function emptyReport(path: string, known: Partial<FileReport>): FileReport {
  return Object.freeze({
    path,
    format: null,
    why: '',
    roles: [],
    notes: [],
    labels: [],
    sha256: null,
    counts: noRecords,
    span: null,
    skippedBytes: 0,
    fault: null,
    errorClass: null,
    ...known,
  });
}
