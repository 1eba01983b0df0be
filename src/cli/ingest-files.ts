/** Files where a store may stand: ingested into a private store, and what was left out is said. */
import { present } from '../base/assert.js';
import { Fault, throwAll } from '../base/fault.js';
import type { IngestReport } from '../ingest/receipt.js';
import type { Note } from '../query/result.js';
import { formatCount } from '../render/number.js';
import {
  changeSettings,
  type Dataset,
  type DatasetPlace,
  initDataset,
  openDataset,
} from '../store/dataset.js';
import type { Invocation } from './command.js';
import { fileChoices } from './file-choices.js';
import { inputsOf, runIngest } from './ingest-run.js';
import { lazyCheckpoints, limitsOf } from './lazy-engine.js';
import { rolesOf } from './role-options.js';

/** Files as a dataset of their own. */
export interface IngestedFiles {
  readonly dataset: Dataset;
  readonly notes: readonly Note[];
}

/** **Faults** of every file that cannot be read: an answer from half of the files is none. */
export async function ingestFiles(
  invocation: Invocation,
  place: DatasetPlace,
): Promise<IngestedFiles> {
  const { settings, values, words, clock, progress } = invocation;
  const choices = fileChoices(values);
  const inputs = inputsOf(words, choices.sourcePattern);
  throwAll(inputs.faults);
  const nowMs = Math.floor(clock.now() / 1000);
  await initDataset(place, nowMs);
  const checkpoints = lazyCheckpoints(limitsOf(settings));
  const empty = await openDataset(place, checkpoints);
  const roles = rolesOf(settings.config.roles ?? {});
  const asked = await changeSettings(empty, { roles }, nowMs);
  const report = await runIngest(invocation, asked, inputs.sources, choices);
  progress.clear();
  throwAll(report.files.flatMap(({ fault }) => fault ?? []));
  if (report.totals.rejected > 0 && report.totals.stored === 0) throw nothingRead(report);
  return { dataset: await openDataset(place, checkpoints), notes: notesOf(report) };
}

/** All records were refused: for want of a time, with what it may be, or else with the first. */
function nothingRead({ files, totals, firstReject }: IngestReport): Fault {
  const reasons = reasonsText(totals);
  const untimed = files.find(({ counts, roles }) => {
    const named = roles.some(({ role }) => role === 'time');
    return counts.reasons.ts_missing !== undefined && !named;
  });
  const rejected = formatCount(totals.rejected);
  if (untimed !== undefined && totals.reasons.ts_missing === totals.rejected) {
    const { path, labels } = untimed;
    const candidates = labels.join(', ');
    const what = `all ${rejected} records were rejected: ${reasons}`;
    const hint = `${what}; name it with --map time=COLUMN; candidates: ${candidates}`;
    return new Fault('CC2101', { path, role: 'time', candidates, class: 'ts_missing' }, { hint });
  }
  const first = present(firstReject, 'a rejected record');
  const { source: path, line, message: problem } = first;
  return new Fault('CC2010', { rejected, reasons, path, line, problem });
}

function reasonsText({ reasons }: IngestReport['totals']): string {
  return Object.entries(reasons)
    .map(([reason, count]) => `${formatCount(count)} ${reason}`)
    .join(', ');
}

function notesOf({ totals, files }: IngestReport): readonly Note[] {
  const notes: Note[] = files.flatMap(({ path, notes: own }) =>
    own.map((text): Note => ({ level: 'info', code: 'input', text: `${path}: ${text}` })),
  );
  if (totals.rejected > 0) {
    const reasons = reasonsText(totals);
    const counts = `${formatCount(totals.rejected)} of ${formatCount(totals.read)}`;
    const text = `${counts} records were rejected: ${reasons}; coldcase ingest shows them`;
    notes.push({ level: 'warning', code: 'rejected', text });
  }
  return notes;
}
