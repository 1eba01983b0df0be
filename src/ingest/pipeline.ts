/**
 * One ingest: inputs to staged rows, staged rows to one commit, and a report in which every record
 * is accounted for. Until the commit nothing is to be seen; an abort or a fault leaves the store as
 * it was, but for the rejects file.
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Fault } from '../base/fault.js';
import type { Roles } from '../event/role.js';
import { type AppendOutcome, appendBatch } from '../store/append.js';
import type { Dataset } from '../store/dataset.js';
import { makeRejectsDir, makeStagingDir } from '../store/layout.js';
import { checksumPath } from '../store/ledger.js';
import { type MaintenanceReport, maintain } from '../store/maintenance.js';
import type { DataFileWriter } from '../store/ports.js';
import { mergeRoles } from '../store/settings.js';
import { type SourceRecord, sourceKnown, sourcePathsKey } from '../store/sources.js';
import type { Clock } from '../time/clock.js';
import { checkMap } from './check-map.js';
import type { IngestedFile } from './ingest-file.js';
import { type InputSource, startsWith } from './input.js';
import type { InputReaders } from './input-readers.js';
import type { InputOptions } from './plan-input.js';
import { readInputs } from './read-inputs.js';
import { assertLaw, type IngestReport, sumCounts } from './receipt.js';
import { createRejectsFile, type RejectsFile } from './rejects.js';

/** How many rejects are too many: so many, or this share of the records read. */
export type RejectLimit =
  | { readonly kind: 'count'; readonly count: number }
  | { readonly kind: 'share'; readonly share: number };

export interface IngestRequest extends InputOptions {
  readonly sources: readonly InputSource[];
  /** Null for no limit. */
  readonly maxRejects: RejectLimit | null;
  /** Keeps what was read before a fault of a file. */
  readonly allowPartial: boolean;
  /** Reads and counts everything, stores nothing. */
  readonly dryRun: boolean;
  /** Stores content again that is stored already. */
  readonly force: boolean;
  readonly columnCap: number;
  /** Merges some small data files behind the commit. */
  readonly merge: boolean;
}

export interface IngestPorts {
  readonly dataset: Dataset;
  readonly writer: DataFileWriter;
  readonly readers: InputReaders;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly progress: (progress: IngestProgress) => void;
}

/** **Units** bytes as given, before decompression. */
export interface IngestProgress {
  readonly path: string;
  readonly fileBytes: number;
  readonly readBytes: number;
  readonly fileIndex: number;
  readonly fileCount: number;
  /** All inputs are read; the store writes its files. */
  readonly writing: boolean;
}

/** Another writer may store some of the same content first; then all is looked up again. */
const maxTries = 5;

/**
 * **Faults** CC1201 a mapped column that no input has, CC2009 too many rejects, CC4002, CC4004,
 * CC5001, CC5003, CC5005; those of single files are in the report.
 */
export async function ingest(request: IngestRequest, ports: IngestPorts): Promise<IngestReport> {
  let { dataset } = ports;
  for (let tries = 0; tries < maxTries; tries += 1) {
    const outcome = await tryIngest(request, { ...ports, dataset });
    if (outcome.kind === 'done') return outcome.report;
    dataset = outcome.dataset;
  }
  throw new Fault('CC4004', { reason: 'it stored the same content', tries: maxTries });
}

type TryOutcome =
  | { readonly kind: 'done'; readonly report: IngestReport }
  | { readonly kind: 'again'; readonly dataset: Dataset };

async function tryIngest(request: IngestRequest, ports: IngestPorts): Promise<TryOutcome> {
  const stagingDir = request.dryRun
    ? await mkdtemp(join(tmpdir(), 'coldcase-dry-run-'))
    : await makeStagingDir(ports.dataset.tableDir);
  const rejects = createRejectsFile(stagingDir);
  try {
    const files: IngestedFile[] = [];
    for await (const file of readInputs(request, ports, stagingDir)) {
      if (!request.dryRun) rejects.add(file.rejects);
      files.push({ ...file, rejects: file.rejects.slice(0, 1) });
    }
    ports.signal.throwIfAborted();
    return await store(request, ports, files, rejects);
  } finally {
    rejects.close();
    // By now the ingest is stored or refused; what cannot be removed is swept up a day later.
    await rm(stagingDir, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** Keeps the rejects, checks their number, and commits what was staged. */
async function store(
  request: IngestRequest,
  ports: IngestPorts,
  files: readonly IngestedFile[],
  rejects: RejectsFile,
): Promise<TryOutcome> {
  for (const { report } of files) assertLaw(report.counts);
  const reports = files.map(({ report }) => report);
  checkMap(request.map, reports);
  const totals = sumCounts(files.map(({ report }) => report.counts));
  assertLaw(totals);
  const batch = randomUUID();
  const rejectsFile = totals.rejected > 0 && !request.dryRun ? await keepRejects() : null;
  checkRejects(request.maxRejects, totals, rejectsFile);
  const outcome =
    request.dryRun || totals.stored === 0 ? null : await commitFiles(request, ports, files, batch);
  if (outcome?.kind === 'overlap') {
    if (rejectsFile !== null) {
      for (const path of [rejectsFile, checksumPath(rejectsFile)]) {
        await rm(path, { force: true }).catch(() => undefined);
      }
    }
    return { kind: 'again', dataset: outcome.dataset };
  }
  const firstReject = files.flatMap((file) => file.rejects)[0] ?? null;
  const base = { files: reports, totals, rejectsFile, firstReject, batch };
  const maintenance = outcome === null ? null : await maintainAfter(outcome, request, ports);
  return { kind: 'done', report: reportOf({ ...base, maintenance }, outcome, request.dryRun) };

  async function keepRejects(): Promise<string> {
    const dir = await makeRejectsDir(ports.dataset.tableDir);
    const path = join(dir, `${batch}.ndjson`);
    rejects.finish(path, totals.rejected);
    return path;
  }
}

async function maintainAfter(
  { dataset }: { readonly dataset: Dataset },
  request: IngestRequest,
  { writer, clock, signal }: IngestPorts,
): Promise<MaintenanceReport> {
  const nowMs = Math.floor(clock.now() / 1000);
  return await maintain(dataset, { writer, nowMs, merge: request.merge }, signal);
}

function checkRejects(
  limit: RejectLimit | null,
  { read, rejected }: { readonly read: number; readonly rejected: number },
  rejectsFile: string | null,
): void {
  if (limit === null) return;
  const allowed = limit.kind === 'count' ? limit.count : limit.share * read;
  if (rejected <= allowed) return;
  const shown = limit.kind === 'count' ? String(limit.count) : `${limit.share * 100}%`;
  const params = { rejected, read, allowed: shown, rejectsFile: rejectsFile ?? 'no file' };
  throw new Fault('CC2009', params);
}

async function commitFiles(
  request: IngestRequest,
  ports: IngestPorts,
  files: readonly IngestedFile[],
  batch: string,
): Promise<AppendOutcome> {
  const { dataset, writer, clock, signal } = ports;
  const last = files.at(-1)?.report.path ?? '';
  const place = { path: last, fileIndex: files.length, fileCount: files.length };
  ports.progress({ ...place, fileBytes: 0, readBytes: 0, writing: true });
  const totals = sumCounts(files.map(({ report }) => report.counts));
  const inputs = new Map(files.flatMap(({ input }) => (input ? [[input.sha256, input]] : [])));
  return await appendBatch(
    {
      dataset,
      batch,
      ingestedAt: clock.now(),
      staged: files.flatMap(({ file }) => file),
      rowCount: totals.stored,
      sources: request.force
        ? unknownOnly(dataset, files)
        : files.flatMap(({ source }) => source ?? []),
      roles: files.reduce<Roles>((roles, file) => mergeRoles(roles, file.roles), {}),
      bad: files.find(({ bad }) => bad !== null)?.bad ?? null,
      columnCap: request.columnCap,
      report: ledgerOf(totals, files),
      async startsWith(source, start) {
        const input = inputs.get(source.sha256);
        return input !== undefined && (await startsWith(input, start));
      },
    },
    writer,
    signal,
  );
}

/** Paths of sources kept in one commit at most; each takes some hundred bytes. Chosen by us. */
const maxLedgerPaths = 200;

/** What the log keeps of an ingest: its counts, and the paths of its sources by their hashes. */
function ledgerOf(
  totals: ReturnType<typeof sumCounts>,
  files: readonly IngestedFile[],
): Readonly<Record<string, string>> {
  const { read, stored, rejected, duplicates } = totals;
  const paths = files
    .flatMap(({ source, report }) => (source === null ? [] : [[source.sha256, report.path]]))
    .slice(0, maxLedgerPaths);
  const counts = Object.entries({ read, stored, rejected, duplicates });
  return {
    ...Object.fromEntries(counts.map(([name, count]) => [name, String(count)])),
    [sourcePathsKey]: JSON.stringify(Object.fromEntries(paths)),
  };
}

/** Content that is stored again on purpose has its transaction already. */
function unknownOnly(dataset: Dataset, files: readonly IngestedFile[]): readonly SourceRecord[] {
  const sources = new Map<string, SourceRecord>();
  for (const { source } of files) {
    if (source !== null && sourceKnown(dataset.snapshot, source.sha256) === null) {
      sources.set(source.sha256, source);
    }
  }
  return [...sources.values()];
}

function reportOf(
  base: Pick<
    IngestReport,
    'files' | 'totals' | 'rejectsFile' | 'firstReject' | 'batch' | 'maintenance'
  >,
  outcome: Extract<AppendOutcome, { kind: 'committed' }> | null,
  dryRun: boolean,
): IngestReport {
  const spans = base.files.flatMap(({ span }) => span ?? []);
  const span =
    spans.length === 0
      ? null
      : {
          first: spans.reduce((least, { first }) => Math.min(least, first), Number.MAX_VALUE),
          last: spans.reduce((most, { last }) => Math.max(most, last), 0),
        };
  return Object.freeze({
    ...base,
    span,
    newColumns: outcome?.newColumns ?? [],
    extras: outcome?.extras ?? [],
    snapshotVersion: outcome?.dataset.snapshot.version ?? null,
    fileCount: outcome?.fileCount ?? 0,
    fileBytes: outcome?.fileBytes ?? 0,
    dryRun,
    lateFault: outcome?.checkpointFault ?? base.maintenance?.fault ?? null,
  });
}
