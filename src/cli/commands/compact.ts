/** `coldcase compact`: few large data files instead of many small ones, and no old ones. */
import { writeCheckpoint } from '../../delta/checkpoint.js';
import { cleanLog } from '../../delta/log-cleanup.js';
import { plural } from '../../render/number.js';
import type { Table, TableColumn } from '../../render/table.js';
import { compactTask } from '../../store/compaction.js';
import { type CompactionTask, planCompaction } from '../../store/compaction-plan.js';
import { isOwnFile } from '../../store/data-file.js';
import { changeSettings, type Dataset, openDataset } from '../../store/dataset.js';
import type { SweepResult } from '../../store/leftovers.js';
import type { DataFileWriter } from '../../store/ports.js';
import { unusedRollupNames } from '../../store/rollup.js';
import { defaultSettings } from '../../store/settings.js';
import { buildSidecars, missingSidecars } from '../../store/sidecar-build.js';
import { sweep } from '../../store/sweep.js';
import { vacuum } from '../../store/vacuum.js';
import { type Answer, linesBlock } from '../answer.js';
import type { CommandModule, Invocation } from '../command.js';
import { limitsOf, openWriter } from '../lazy-engine.js';
import { flagOption } from '../option-values.js';
import { presentMs } from '../present-time.js';
import { formatBytes } from '../size.js';

export const compactCommand: CommandModule = {
  name: 'compact',
  words: '',
  summary: 'merge small data files, remove what no version names',
  examples: [
    ['coldcase compact', 'about one file a day; answers stay the same'],
    ['coldcase compact --dry-run', 'what it would do'],
  ],
  options: [{ flags: '--dry-run', help: 'say what would be done, change nothing' }],
  run: compact,
};

interface Done {
  readonly dataset: Dataset;
  readonly tasks: readonly CompactionTask[];
  /** Bytes each task became; null for one that another writer overtook or that was not done. */
  readonly bytesAfter: readonly (number | null)[];
  /** Rollups and fingerprints made; in a dry run data files that lack some. */
  readonly sidecarCount: number;
  readonly vacuumed: SweepResult;
  readonly logEntriesRemoved: number;
  /** What rollups told apart until now. */
  readonly rollupBefore: readonly string[];
  readonly dryRun: boolean;
}

async function compact(invocation: Invocation): Promise<Answer> {
  const { settings, values, signal } = invocation;
  const writer = await openWriter(limitsOf(settings));
  const place = { storeDir: settings.store, name: settings.dataset };
  const opened = await openDataset(place, writer, 'files');
  const nowMs = await presentMs(invocation);
  const dryRun = flagOption(values, 'dryRun') ?? false;
  const before = await withRollup(opened, settings.config.rollup, { nowMs, dryRun });
  const context = { rollupBefore: opened.rollup, dryRun };
  const tasks = planCompaction(before.snapshot.files, { nowMs, all: true });
  const time = { nowMs, graceMs: null, dryRun };
  if (dryRun) {
    const vacuumed = await vacuum(before, writer, time);
    const bytesAfter = tasks.map(() => null);
    const { files } = await missingSidecars(before);
    const none = { sidecarCount: files.length, logEntriesRemoved: 0 };
    return answerOf({ dataset: before, tasks, bytesAfter, vacuumed, ...none, ...context });
  }
  const merged = await mergeAll(invocation, { dataset: before, tasks, writer, nowMs });
  signal.throwIfAborted();
  await sweep(merged.dataset, { nowMs, graceMs: null });
  if (merged.bytesAfter.some((bytes) => bytes !== null)) {
    await writeCheckpoint(before.tableDir, writer, nowMs);
  }
  const made = await buildSidecars(merged.dataset, {
    writer,
    budgetRows: Number.POSITIVE_INFINITY,
    say: (done, all) => invocation.progress.say(`made sidecars of ${done} of ${all} data files`),
    signal,
  });
  const sidecarCount = made.rollupCount + made.fingerprintCount + made.censusCount;
  const logEntriesRemoved = await cleanLog(merged.dataset.snapshot, writer, nowMs);
  const vacuumed = await vacuum(merged.dataset, writer, time);
  return answerOf({ ...merged, tasks, sidecarCount, vacuumed, logEntriesRemoved, ...context });
}

/** What a config says of rollups is what the store says from now on. */
async function withRollup(
  dataset: Dataset,
  rollup: readonly string[] | undefined,
  { nowMs, dryRun }: { readonly nowMs: number; readonly dryRun: boolean },
): Promise<Dataset> {
  if (rollup === undefined || isSame(rollup, dataset.rollup)) return dataset;
  return dryRun ? { ...dataset, rollup } : await changeSettings(dataset, { rollup }, nowMs);
}

function isSame(left: readonly string[], right: readonly string[]): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

interface MergeAll {
  readonly dataset: Dataset;
  readonly tasks: readonly CompactionTask[];
  readonly writer: DataFileWriter;
  readonly nowMs: number;
}

/** Each merge is a commit of its own, so what is done when somebody stops it stays done. */
async function mergeAll(
  { progress, signal }: Invocation,
  { dataset: before, tasks, writer, nowMs }: MergeAll,
): Promise<Pick<Done, 'dataset' | 'bytesAfter'>> {
  let dataset = before;
  const bytesAfter: (number | null)[] = [];
  for (const [index, task] of tasks.entries()) {
    const far = `merged ${index} of ${tasks.length} groups of data files`;
    progress.say(`${far}, ${task.date}`, `${far}; those stay merged`);
    const outcome = await compactTask(dataset, task, { writer, nowMs }, signal);
    dataset = outcome.dataset;
    bytesAfter.push(outcome.kind === 'committed' ? outcome.fileBytes : null);
  }
  return { dataset, bytesAfter };
}

function answerOf(done: Done): Answer {
  const { tasks, bytesAfter, vacuumed, logEntriesRemoved, dryRun, dataset } = done;
  return {
    blocks: [linesBlock(linesOf(done))],
    table: tableOf(done),
    document: {
      dry_run: dryRun,
      version: dataset.snapshot.version,
      rows: tasks.map((task, index) => ({
        date: task.date,
        files: task.files.length,
        rows: task.rowCount,
        bytes: task.fileBytes,
        bytes_after: bytesAfter[index] ?? null,
      })),
      rollup: [...dataset.rollup],
      sidecars: done.sidecarCount,
      removed_files: vacuumed.removedCount,
      removed_bytes: vacuumed.removedBytes,
      removed_log_entries: logEntriesRemoved,
    },
    prose: true,
    notes: [...foreignNotes(dataset), ...rollupNotes(dataset)],
    next: [],
    exitCode: 0,
  };
}

function linesOf(done: Done) {
  const { tasks, bytesAfter, sidecarCount, vacuumed, logEntriesRemoved, dryRun } = done;
  const isDone = (index: number) => dryRun || bytesAfter[index] !== null;
  const merged = tasks.filter((_, index) => isDone(index));
  const count = merged.reduce((sum, { files }) => sum + files.length, 0);
  const bytes = merged.reduce((sum, { fileBytes }) => sum + fileBytes, 0);
  const after = bytesAfter.reduce<number>((sum, size) => sum + (size ?? 0), 0);
  const became = dryRun ? '' : ` → ${formatBytes(after)}`;
  const days = plural(new Set(merged.map(({ date }) => date)).size, 'day');
  const files = `${plural(count, 'small data file')} of ${days}`;
  const text = `${files} into ${merged.length}, ${formatBytes(bytes)}${became}`;
  const overtaken = tasks.length - merged.length;
  const nothing = 'no small data files to merge';
  return [
    count === 0 ? nothing : `${dryRun ? 'would merge' : 'merged'} ${text}`,
    ...(overtaken === 0 ? [] : [`left ${plural(overtaken, 'group')} that another writer changed`]),
    ...rollupLine(done),
    ...sidecarLine(sidecarCount, dryRun),
    ...removedLine(vacuumed, dryRun),
    ...(logEntriesRemoved === 0
      ? []
      : [`removed ${plural(logEntriesRemoved, 'old file')} of the log`]),
  ];
}

function rollupLine({ dataset: { rollup }, rollupBefore, dryRun }: Done): readonly string[] {
  if (isSame(rollup, rollupBefore)) return [];
  const now = `${rollup.join(', ')} instead of ${rollupBefore.join(', ')}`;
  return [`rollups ${dryRun ? 'would ' : ''}tell apart ${now}`];
}

/** Names that are typed wrong, or that no event has yet. */
function rollupNotes(dataset: Dataset): Answer['notes'] {
  if (dataset.snapshot.files.length === 0 || isSame(dataset.rollup, defaultSettings.rollup)) {
    return [];
  }
  return unusedRollupNames(dataset).map((name) => {
    const text = `rollup: no role or column ${name} of texts, integers or booleans`;
    return { level: 'warning', code: 'rollup', text };
  });
}

function sidecarLine(count: number, dryRun: boolean): readonly string[] {
  if (count === 0) return [];
  const would = `would make sidecars of ${plural(count, 'data file')}`;
  return [dryRun ? would : `made ${plural(count, 'sidecar')}`];
}

function removedLine({ removedCount, removedBytes }: SweepResult, dryRun: boolean) {
  if (removedCount === 0) return [];
  const files = `${plural(removedCount, 'data file')} no version names any more`;
  return [`${dryRun ? 'would remove' : 'removed'} ${files}, ${formatBytes(removedBytes)}`];
}

function foreignNotes({ snapshot }: Dataset): Answer['notes'] {
  const count = snapshot.files.filter((file) => !isOwnFile(file)).length;
  if (count === 0) return [];
  const text = `${plural(count, 'data file')} of another tool left as they are`;
  return [{ level: 'info', code: 'foreign_files', text }];
}

function tableOf({ tasks, bytesAfter }: Done): Table {
  const count = (key: string): TableColumn => ({ key, title: key, align: 'right', show: 'count' });
  return {
    columns: [
      { key: 'date', title: 'date', align: 'left', show: 'text' },
      ...['files', 'rows', 'bytes', 'bytes_after'].map(count),
    ],
    rows: tasks.map(({ date, files, rowCount, fileBytes }, index) => {
      return [date, files.length, rowCount, fileBytes, bytesAfter[index] ?? null];
    }),
    seriesMax: null,
    footer: [],
  };
}
