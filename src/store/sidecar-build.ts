/** Makes the sidecars that are missing, newest days first: those are asked about most. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writing } from '../delta/durable.js';
import { parseStats } from '../delta/stats.js';
import { type Census, censusName, encodeCensus, listCensus } from './census.js';
import { isOwnFile } from './data-file.js';
import type { Dataset } from './dataset.js';
import {
  type Fingerprints,
  fingerprintName,
  listFingerprints,
  makeFingerprints,
} from './fingerprint.js';
import type { DataFileWriter, SidecarMaker } from './ports.js';
import { listRollups, noRollupName, type Rollups, rollupName } from './rollup.js';
import { placeSidecars, sidecarStem } from './sidecar.js';
import { checksumOf } from './verify-files.js';

/** What data files with fewer rows cost is their opening; they are merged soon anyway. */
const leastRows = 20_000;

export interface SidecarWork {
  readonly writer: Pick<DataFileWriter, 'openSidecars'>;
  /** Rows of data files looked at, at most; one file is always. */
  readonly budgetRows: number;
  readonly say: (done: number, all: number) => void;
  readonly signal: AbortSignal;
}

export interface SidecarsMade {
  /** Data files that have rollups now, files of fingerprints, and of a census. */
  readonly rollupCount: number;
  readonly fingerprintCount: number;
  readonly censusCount: number;
}

interface DataFileOf {
  readonly path: string;
  readonly rowCount: number;
}

interface Missing {
  readonly rollups: Rollups | null;
  readonly fingerprints: readonly Fingerprints[];
  readonly census: Census;
  readonly files: readonly DataFileOf[];
}

/** Data files that lack a sidecar they may be worth. Those of other tools are left alone: what the
 * log says of them is a hint. */
export async function missingSidecars(dataset: Dataset): Promise<Missing> {
  const rollups = await listRollups(dataset);
  const fingerprints = await listFingerprints(dataset);
  const census = await listCensus(dataset);
  const files = dataset.snapshot.files.flatMap((file): DataFileOf[] => {
    const rowCount = isOwnFile(file) ? (parseStats(file.stats)?.numRecords ?? 0) : 0;
    if (rowCount < leastRows) return [];
    const stem = sidecarStem(file.path);
    const isRolled = rollups?.byStem.has(stem) ?? true;
    const isMarked = fingerprints.every(({ stems }) => stems.has(stem));
    return isRolled && isMarked && census.stems.has(stem) ? [] : [{ path: file.path, rowCount }];
  });
  return { rollups, fingerprints, census, files: files.sort((a, b) => (a.path < b.path ? 1 : -1)) };
}

/** **Faults** CC4003, CC4006, CC5001, CC5002, CC5003, CC5005. */
export async function buildSidecars(dataset: Dataset, work: SidecarWork): Promise<SidecarsMade> {
  const missing = await missingSidecars(dataset);
  if (missing.files.length === 0) return { rollupCount: 0, fingerprintCount: 0, censusCount: 0 };
  const maker = await work.writer.openSidecars();
  try {
    return await buildMissing(dataset, missing, maker, work);
  } finally {
    await maker.close();
  }
}

async function buildMissing(
  dataset: Dataset,
  { rollups, fingerprints, census, files }: Missing,
  maker: SidecarMaker,
  work: SidecarWork,
): Promise<SidecarsMade> {
  const made = { rollupCount: 0, fingerprintCount: 0, censusCount: 0 };
  const making = { maker, signal: work.signal };
  let lookedAt = 0;
  for (const [index, file] of files.entries()) {
    lookedAt += file.rowCount;
    if (index > 0 && lookedAt > work.budgetRows) break;
    work.say(index, files.length);
    work.signal.throwIfAborted();
    const stem = sidecarStem(file.path);
    if (rollups !== null && !rollups.byStem.has(stem)) {
      if (await buildRollups(dataset, rollups, file, making)) made.rollupCount += 1;
    }
    for (const one of fingerprints.filter(({ stems }) => !stems.has(stem))) {
      await buildFingerprints(dataset, one, file, making);
      made.fingerprintCount += 1;
    }
    if (!census.stems.has(stem)) {
      await buildCensus(dataset, census, file, making);
      made.censusCount += 1;
    }
  }
  return made;
}

interface Making {
  readonly maker: SidecarMaker;
  readonly signal: AbortSignal;
}

/** Whether any was worth it. */
async function buildRollups(
  { tableDir }: Dataset,
  { dir, definition }: Rollups,
  { path, rowCount }: DataFileOf,
  { maker, signal }: Making,
): Promise<boolean> {
  let isMade = false;
  await placeSidecars(dir, async (temporary) => {
    const request = { path: join(tableDir, path), rowCount, definition };
    const steps = await maker.rollUp(request, temporary, signal);
    isMade = steps.length > 0;
    if (isMade) {
      const named = new Map<string, string>();
      for (const step of [...steps].reverse()) {
        const sha256 = await checksumOf(temporary(step), signal);
        named.set(temporary(step), rollupName(path, step, sha256));
      }
      return named;
    }
    // An empty file says that it was tried.
    await writing(temporary(0), () => writeFile(temporary(0), ''));
    return new Map([[temporary(0), noRollupName(path)]]);
  });
  return isMade;
}

async function buildCensus(
  { tableDir }: Dataset,
  { dir }: Census,
  { path }: DataFileOf,
  { maker, signal }: Making,
): Promise<void> {
  const columns = await maker.census([join(tableDir, path)], signal);
  await placeSidecars(dir, async (temporary) => {
    const bytes = await encodeCensus(columns);
    await writing(temporary(0), () => writeFile(temporary(0), bytes));
    return new Map([[temporary(0), censusName(path)]]);
  });
}

async function buildFingerprints(
  { tableDir }: Dataset,
  { dir, column }: Fingerprints,
  { path }: DataFileOf,
  { maker, signal }: Making,
): Promise<void> {
  const { lows, highs } = await maker.valueHashes(join(tableDir, path), column.name, signal);
  await placeSidecars(dir, async (temporary) => {
    const bytes = makeFingerprints(lows, highs);
    await writing(temporary(0), () => writeFile(temporary(0), bytes));
    return new Map([[temporary(0), fingerprintName(path)]]);
  });
}
