/**
 * "A store or files": what a command reads. Files are ingested into a private store first, so both
 * give the same answer by the same road; the private store goes when the process ends.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Note } from '../query/result.js';
import type { NamedFormula } from '../query/spec.js';
import { type Dataset, openDataset } from '../store/dataset.js';
import { spanOf } from '../store/status.js';
import type { TimeRange } from '../time/range.js';
import type { Invocation } from './command.js';
import { keptCheckpoints } from './lazy-engine.js';
import { listOption, optionFault, textOption } from './option-values.js';
import type { Settings } from './settings.js';

/** The events a command is about. */
export interface Source {
  readonly dataset: Dataset;
  /** What people call it: the store's directory, or the files as typed. */
  readonly name: string;
  /** First to just behind the last event; null when there is none. */
  readonly span: TimeRange | null;
  /** The rule that says an event failed, and the expression's origin for a fault in it. */
  readonly bad: string;
  /** Calculated fields of the configuration. */
  readonly fields: readonly NamedFormula[];
  readonly notes: readonly Note[];
}

/** Opens the files named, else the store. **Faults** CC4001, those of the ingest of files. */
export async function openSource(invocation: Invocation): Promise<Source> {
  return invocation.words.length > 0 ? openFiles(invocation) : openStore(invocation);
}

async function openStore({ settings, atExit, values }: Invocation): Promise<Source> {
  refuseFileOptions(values);
  const place = { storeDir: settings.store, name: settings.dataset };
  const dataset = await openDataset(place, keptCheckpoints(settings, atExit), 'files');
  return sourceOf(dataset, settings, { name: settings.store, notes: [] });
}

/** A store keeps what its ingest was told, so here it would change nothing. **Faults** CC1003. */
function refuseFileOptions(values: Invocation['values']): void {
  const options = { inputFormat: 'input-format', pattern: 'pattern', map: 'map', set: 'set' };
  for (const [key, name] of Object.entries(options)) {
    const text = textOption(values, key) ?? listOption(values, key)[0];
    if (text === undefined) continue;
    const hint = `name files, or say it when they are kept: coldcase ingest … --${name}`;
    throw optionFault(name, text, { expected: 'files to read with it', hint });
  }
}

async function openFiles(invocation: Invocation): Promise<Source> {
  const { settings, words, atExit } = invocation;
  const storeDir = mkdtempSync(join(tmpdir(), 'coldcase-files-'));
  atExit(() => rmSync(storeDir, { recursive: true, force: true }));
  const { ingestFiles } = await import('./ingest-files.js');
  const { dataset, notes } = await ingestFiles(invocation, { storeDir, name: 'events' });
  return sourceOf(dataset, settings, { name: words.join(' '), notes });
}

function sourceOf(
  dataset: Dataset,
  settings: Settings,
  given: { readonly name: string; readonly notes: readonly Note[] },
): Source {
  const span = spanOf(dataset);
  const fields = settings.config.fields ?? [];
  return { dataset, span, bad: settings.bad ?? dataset.bad, fields, ...given };
}
