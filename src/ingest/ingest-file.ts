/** One input from its plan to its staged rows and its part of the report. */
import { join } from 'node:path';
import { Fault, faultsOf } from '../base/fault.js';
import type { Roles } from '../event/role.js';
import type { StagedFile } from '../store/ports.js';
import type { SourceRecord, SourceTail } from '../store/sources.js';
import type { Micros } from '../time/instant.js';
import { type Dialect, growsByLines, needsStart } from './dialect.js';
import { classOfFault, fileFault } from './file-fault.js';
import { planTail, type Tail } from './growth.js';
import type { Input } from './input.js';
import type { InputReaders } from './input-readers.js';
import { type InputOptions, type InputPlan, planInput } from './plan-input.js';
import type { FileReport, RecordCounts, Rejected } from './receipt.js';
import type { StageOutcome, StageRequest } from './stage-input.js';
import { defaultTimeLimits } from './timestamp.js';

export interface IngestedFile {
  readonly report: FileReport;
  /** In the order of the input; empty when it stored nothing. */
  readonly file: readonly StagedFile[];
  readonly rejects: readonly Rejected[];
  /** Null when there is nothing to remember. */
  readonly source: SourceRecord | null;
  readonly roles: Roles;
  /** What its statuses say of a failed event, where they are none of HTTP's. */
  readonly bad: string | null;
  /** Null when the input could not even be looked at. */
  readonly input: Input | null;
}

export interface FileContext {
  readonly request: InputOptions & { readonly allowPartial: boolean };
  readonly stagingDir: string;
  readonly index: number;
  readonly now: Micros;
  readonly readers: InputReaders;
  readonly signal: AbortSignal;
  readonly progress: (rawBytes: number) => void;
}

/** Decides how a file is read. **Faults** of the input, with their class. */
export async function planFile(
  input: Input,
  { request, now, readers, signal }: FileContext,
  roles: Roles,
): Promise<InputPlan> {
  return await planInput(input, request, { roles, now }, (sample) =>
    readers.sample(sample, signal),
  );
}

/** Reads a file to staged rows. **Faults** of the input, with their class, and of the disk. */
export async function stageFile(
  input: Input,
  plan: InputPlan,
  context: FileContext,
): Promise<IngestedFile> {
  const { request, readers, signal } = context;
  signal.throwIfAborted();
  const tail = await tailOf(input, plan);
  const outcome = await readers.stage(
    stageRequest(input, plan, tail, context),
    signal,
    context.progress,
  );
  return fileOf({ input, plan, tail, outcome, allowPartial: request.allowPartial });
}

/** Only lines can be added to a file; all other formats are read as a whole. */
async function tailOf(input: Input, { dialect }: InputPlan): Promise<Tail | null> {
  const known = input.grownFrom;
  return known === null || !growsByLines(dialect)
    ? null
    : await planTail(input, known, needsStart(dialect));
}

function stageRequest(
  input: Input,
  plan: InputPlan,
  tail: Tail | null,
  { request, stagingDir, index, now }: FileContext,
): StageRequest {
  return {
    path: input.path,
    localPath: input.localPath,
    compression: input.compression,
    dialect: tail === null || tail.rawStart === 0 ? plan.dialect : withHeader(plan),
    limits: request.limits,
    decodeLimits: request.decodeLimits,
    stage: {
      path: join(stagingDir, `${index}.parquet`),
      timeLabels: plan.roles.time ?? [],
      weightLabels: plan.roles.weight ?? [],
      units: plan.units,
      lengths: plan.lengths,
      set: plan.set,
      earliest: defaultTimeLimits.earliest,
      latest: now + defaultTimeLimits.ahead,
    },
    rawStart: tail?.rawStart ?? 0,
    rawEnd: input.bytes,
    start: tail?.start ?? { line: 1, byteOffset: 0 },
    skipRecords: tail?.skipRecords ?? 0,
    allowPartial: request.allowPartial,
  };
}

/** The header of a table stands at its start, which is not read again. */
function withHeader({ dialect, header }: InputPlan): Dialect {
  const table = dialect.format === 'csv' || dialect.format === 'tsv';
  return table && header !== null ? { ...dialect, columns: header } : dialect;
}

interface Read {
  readonly input: Input;
  readonly plan: InputPlan;
  readonly tail: Tail | null;
  readonly outcome: StageOutcome;
  readonly allowPartial: boolean;
}

function fileOf({ input, plan, tail, outcome, allowPartial }: Read): IngestedFile {
  const fault = outcome.fault === null ? null : asFileFault(outcome.fault, input.path);
  if (fault !== null && !allowPartial) throw fault;
  const counts = countsOf(outcome, tail);
  const span = outcome.rows === 0 ? null : { first: outcome.minTs, last: outcome.maxTs };
  const report: FileReport = Object.freeze({
    path: input.path,
    format: plan.dialect.format,
    why: plan.why,
    roles: plan.choices,
    notes: plan.notes,
    labels: [...new Set([...plan.labels, ...storedLabels(outcome)])],
    sha256: input.sha256,
    counts,
    span,
    skippedBytes: tail?.rawStart ?? 0,
    fault: fault === null ? null : partial(fault, outcome.rows),
    errorClass: fault === null ? null : classOfFault(fault),
  });
  const { sha256, bytes, pathHash } = input;
  const source = { sha256, bytes, readCount: counts.read, pathHash, tail: endOf(outcome) };
  return {
    report,
    file: outcome.files,
    rejects: [...(tail?.continuation ? [tail.continuation] : []), ...outcome.rejects.rejects],
    source: outcome.rows > 0 ? source : null,
    roles: plan.roles,
    bad: plan.bad,
    input,
  };
}

function storedLabels({ files }: StageOutcome): readonly string[] {
  return files.flatMap(({ columns }) => columns.map(({ label }) => label));
}

/** The fault of a file whose readable start is kept says so. */
function partial(fault: Fault, rows: number): Fault {
  if (rows === 0) return fault;
  const at = fault.at === null ? {} : { at: fault.at };
  const hint = `its readable start was kept: ${rows} records; repair it for the rest`;
  return new Fault(fault.code, fault.params, { ...at, hint, cause: fault });
}

/** A fault with a class is the file's; anything else is not ours to report as one. */
function asFileFault(error: unknown, path: string): Fault {
  const fault = faultsOf(error)[0];
  if (fault === undefined) throw error;
  if (fault.code === 'CC5001' || fault.code === 'CC5005') throw fault;
  return classOfFault(fault) === null
    ? fileFault('format', path, fault.message, { cause: fault })
    : fault;
}

function countsOf({ rows, rejects }: StageOutcome, tail: Tail | null): RecordCounts {
  const reasons = { ...rejects.reasons };
  let { rejected } = rejects;
  if (tail?.continuation) {
    const { reason } = tail.continuation;
    reasons[reason] = (reasons[reason] ?? 0) + 1;
    rejected += 1;
  }
  const duplicates = tail?.duplicates ?? 0;
  return Object.freeze({
    read: rows + rejected + duplicates,
    stored: rows,
    rejected,
    duplicates,
    blank: rejects.blank,
    warnings: 0,
    reasons: Object.freeze(reasons),
  });
}

function endOf({ openLine, openLineStored }: StageOutcome): SourceTail {
  if (openLine === null) return { kind: 'whole' };
  return { kind: 'open', lineStart: openLine, stored: openLineStored };
}
