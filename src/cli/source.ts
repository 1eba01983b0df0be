/**
 * "A store or files": what a command reads. Files are ingested into a private store first, so both
 * give the same answer by the same road; the private store goes when the process ends.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Note } from '../query/result.js';
import { type Dataset, openDataset } from '../store/dataset.js';
import { statusOf } from '../store/status.js';
import type { TimeRange } from '../time/range.js';
import type { Invocation } from './command.js';
import { keptCheckpoints } from './lazy-engine.js';

export interface Source {
  readonly dataset: Dataset;
  /** What people call it: the store's directory, or the files as typed. */
  readonly name: string;
  /** First to just behind the last event; null when there is none. */
  readonly span: TimeRange | null;
  /** The rule that says an event failed, and the expression's origin for a fault in it. */
  readonly bad: string;
  readonly notes: readonly Note[];
}

/** Opens the files named, else the store. **Faults** CC4001, those of the ingest of files. */
export async function openSource(invocation: Invocation): Promise<Source> {
  return invocation.words.length > 0 ? openFiles(invocation) : openStore(invocation);
}

async function openStore({ settings, atExit }: Invocation): Promise<Source> {
  const place = { storeDir: settings.store, name: settings.dataset };
  const dataset = await openDataset(place, keptCheckpoints(settings, atExit));
  return sourceOf(dataset, { name: settings.store, bad: settings.bad, notes: [] });
}

async function openFiles(invocation: Invocation): Promise<Source> {
  const { settings, words, atExit } = invocation;
  const storeDir = mkdtempSync(join(tmpdir(), 'coldcase-files-'));
  atExit(() => rmSync(storeDir, { recursive: true, force: true }));
  const { ingestFiles } = await import('./ingest-files.js');
  const { dataset, notes } = await ingestFiles(invocation, { storeDir, name: 'events' });
  return sourceOf(dataset, { name: words.join(' '), bad: settings.bad, notes });
}

function sourceOf(
  dataset: Dataset,
  given: { readonly name: string; readonly bad: string | null; readonly notes: readonly Note[] },
): Source {
  const { span } = statusOf(dataset);
  return { dataset, name: given.name, span, bad: given.bad ?? dataset.bad, notes: given.notes };
}
