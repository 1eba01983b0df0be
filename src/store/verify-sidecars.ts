/** Compares sidecars with the rows they stand for. What is missing is no damage: rows are read. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault, faultsOf } from '../base/fault.js';
import { errorCode } from '../delta/durable.js';
import { censusName, censusText, listCensus, readCensusText } from './census.js';
import { type Damage, plainDamage } from './damage.js';
import { isOwnFile } from './data-file.js';
import type { Dataset } from './dataset.js';
import { fingerprintName, listFingerprints, makeFingerprints } from './fingerprint.js';
import type { FileInspector } from './ports.js';
import { isAsNamed, listRollups } from './rollup.js';
import { sidecarStem } from './sidecar.js';
import { checksumOf } from './verify-files.js';

export interface SidecarsRequest {
  readonly dataset: Dataset;
  readonly inspector: Pick<FileInspector, 'rollupMatches' | 'valueHashes' | 'census'>;
  /** Paths of data files that are damaged themselves. */
  readonly damaged: ReadonlySet<string>;
  readonly say: (done: number, all: number) => void;
  readonly signal: AbortSignal;
}

export interface SidecarsCheck {
  readonly checkedCount: number;
  /** CC4028; paths relative to the table. */
  readonly damages: readonly Damage[];
}

/** A sidecar and whether it says what its rows do. */
interface Check {
  readonly path: string;
  readonly isSame: () => Promise<boolean>;
}

export async function checkSidecars(request: SidecarsRequest): Promise<SidecarsCheck> {
  const { dataset, say, signal } = request;
  const checks = [
    ...(await rollupChecks(request)),
    ...(await fingerprintChecks(request)),
    ...(await censusChecks(request)),
  ];
  const damages: Damage[] = [];
  for (const [index, { path, isSame }] of checks.entries()) {
    signal.throwIfAborted();
    say(index, checks.length);
    const reason = await problemOf(isSame, signal);
    if (reason === null) continue;
    const shown = path.slice(dataset.tableDir.length + 1);
    damages.push(plainDamage(new Fault('CC4028', { path: shown, reason }), shown));
  }
  return { checkedCount: checks.length, damages };
}

function dataPaths({ dataset, damaged }: SidecarsRequest): readonly string[] {
  const { tableDir, snapshot } = dataset;
  const files = snapshot.files.filter((file) => isOwnFile(file) && !damaged.has(file.path));
  return files.map(({ path }) => join(tableDir, path));
}

async function rollupChecks(request: SidecarsRequest): Promise<readonly Check[]> {
  const { dataset, inspector, signal } = request;
  const rollups = await listRollups(dataset);
  if (rollups === null) return [];
  const { definition, byStem } = rollups;
  return dataPaths(request).flatMap((path) =>
    (byStem.get(sidecarStem(path)) ?? []).map((rollup) => {
      const pair = { path, rollup: rollup.path, stepMicros: rollup.stepMicros, definition };
      const isSame = async () =>
        isAsNamed(rollup, await checksumOf(rollup.path, signal)) &&
        (await inspector.rollupMatches(pair, signal));
      return { path: rollup.path, isSame };
    }),
  );
}

async function fingerprintChecks(request: SidecarsRequest): Promise<readonly Check[]> {
  const { dataset, inspector, signal } = request;
  const fingerprints = await listFingerprints(dataset);
  return fingerprints.flatMap(({ column, dir, stems }) =>
    dataPaths(request)
      .filter((path) => stems.has(sidecarStem(path)))
      .map((of) => {
        const path = join(dir, fingerprintName(of));
        const isSame = async (): Promise<boolean> => {
          const { lows, highs } = await inspector.valueHashes(of, column.name, signal);
          return makeFingerprints(lows, highs).equals(await readFile(path));
        };
        return { path, isSame };
      }),
  );
}

async function censusChecks(request: SidecarsRequest): Promise<readonly Check[]> {
  const { dataset, inspector, signal } = request;
  const { dir, stems } = await listCensus(dataset);
  return dataPaths(request)
    .filter((path) => stems.has(sidecarStem(path)))
    .map((of) => {
      const path = join(dir, censusName(of));
      const isSame = async (): Promise<boolean> =>
        censusText(await inspector.census([of], signal)) === (await textOf(path));
      return { path, isSame };
    });
}

/** Null for one that is no whole gzip file. */
async function textOf(path: string): Promise<string | null> {
  try {
    return await readCensusText(path);
  } catch (error) {
    if (errorCode(error) !== null) throw error;
    return null;
  }
}

async function problemOf(isSame: Check['isSame'], signal: AbortSignal): Promise<string | null> {
  try {
    return (await isSame()) ? null : 'it does not say what the rows of its data file do';
  } catch (error) {
    signal.throwIfAborted();
    const [fault] = faultsOf(error);
    // Another process may have taken it away with its data file.
    if (fault?.code === 'CC4006' || errorCode(error) === 'ENOENT') return null;
    if (fault === undefined) throw error;
    return String(fault.params.reason ?? fault.message);
  }
}
