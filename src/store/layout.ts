/** Where things lie in a store: `STORE/<dataset>/` is a Delta table; names starting with `_` are
 * ours and hidden from every Delta reader. */
import { join } from 'node:path';
import { Fault } from '../base/fault.js';
import { randomId } from '../base/hash.js';
import { makeDirectory } from '../delta/durable.js';

const datasetPattern = /^[a-z0-9][a-z0-9._-]{0,63}$/;
const stagingName = '_staging';
const rejectsName = '_rejects';
const quarantineName = '_quarantine';

/** **Faults** CC1003. A name never leaves the store directory. */
export function assertDatasetName(name: string): void {
  if (datasetPattern.test(name)) return;
  throw new Fault('CC1003', {
    name: '--dataset',
    problem: `expected 1 to 64 of a-z 0-9 . _ - starting with a letter or digit, found ${name}`,
    command: 'coldcase',
  });
}

export function isDatasetName(name: string): boolean {
  return datasetPattern.test(name);
}

export function tableDirOf(storeDir: string, dataset: string): string {
  assertDatasetName(dataset);
  return join(storeDir, dataset);
}

export function stagingRoot(tableDir: string): string {
  return join(tableDir, stagingName);
}

export function rejectsDir(tableDir: string): string {
  return join(tableDir, rejectsName);
}

/** Damaged files that are no part of the table any more. */
export function quarantineDir(tableDir: string): string {
  return join(tableDir, quarantineName);
}

/** A new private directory for the staged rows of one ingest. **Faults** CC5001, CC5005. */
export async function makeStagingDir(tableDir: string): Promise<string> {
  const dir = join(stagingRoot(tableDir), randomId());
  await makeDirectory(dir);
  return dir;
}

/** The private directory for rejects files. **Faults** CC5001, CC5005. */
export async function makeRejectsDir(tableDir: string): Promise<string> {
  const dir = rejectsDir(tableDir);
  await makeDirectory(dir);
  return dir;
}
