/** A dataset: one Delta table in a store, with what coldcase knows about its columns. */
import { readdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Fault } from '../base/fault.js';
import { randomId } from '../base/hash.js';
import { suggest } from '../base/suggest.js';
import type { CommitActions, CommitInfo, Metadata, Snapshot } from '../delta/action.js';
import { commit } from '../delta/commit.js';
import { makeDirectory, syncParent } from '../delta/durable.js';
import { encodeCommit } from '../delta/encode.js';
import { listLog, logDir, putIfAbsent } from '../delta/log.js';
import type { CheckpointFiles, CheckpointParts } from '../delta/ports.js';
import { ownProtocol } from '../delta/protocol.js';
import { loadSnapshot, refreshSnapshot } from '../delta/snapshot.js';
import { type Column, type Schema, systemColumns } from '../event/column.js';
import type { Roles } from '../event/role.js';
import { isDatasetName, tableDirOf } from './layout.js';
import {
  configurationOf,
  currentFormat,
  defaultSettings,
  formatKey,
  type Settings,
  settingsOf,
} from './settings.js';
import { schemaOf, systemFields, withColumns } from './table-schema.js';

/** **Invariant** belongs to one snapshot and never changes. */
export interface Dataset {
  readonly storeDir: string;
  readonly name: string;
  readonly tableDir: string;
  readonly snapshot: Snapshot;
  readonly schema: Schema;
  readonly roles: Roles;
  /** The expression that says an event failed, as typed. */
  readonly bad: string;
  readonly keepDays: number;
  /** What rollups tell apart: roles, or columns by their label. */
  readonly rollup: readonly string[];
}

export interface DatasetPlace {
  readonly storeDir: string;
  readonly name: string;
}

/** Makes an empty dataset. **Faults** CC1003, CC4005 it exists, CC5001, CC5005. */
export async function initDataset(place: DatasetPlace, nowMs: number): Promise<void> {
  const tableDir = tableDirOf(place.storeDir, place.name);
  const listing = await listLog(tableDir);
  const taken = new Fault('CC4005', { path: tableDir });
  if (listing !== null && (listing.commits.length > 0 || listing.checkpoints.length > 0)) {
    throw taken;
  }
  await makeDirectory(logDir(tableDir));
  const metadata: Metadata = {
    id: randomId(),
    name: place.name,
    fields: systemFields,
    partitionColumns: [systemColumns.date],
    configuration: configurationOf(defaultSettings, []),
    createdTime: nowMs,
  };
  const actions: CommitActions = {
    commitInfo: infoOf('INIT', nowMs, {}),
    protocol: ownProtocol,
    metadata,
    transactions: [],
    adds: [],
    removes: [],
  };
  if (!(await putIfAbsent(tableDir, 0, encodeCommit(actions)))) throw taken;
  // An earlier try that was cut off may have made these directories without syncing them.
  for (const dir of [tableDir, place.storeDir, dirname(resolve(place.storeDir))]) {
    await syncParent(dir);
  }
}

/** The newest version of a dataset; `files` alone for whoever needs not know what was ingested.
 * **Faults** CC1003, CC4001 there is none, CC4002, CC4003. */
export async function openDataset(
  place: DatasetPlace,
  checkpoints: CheckpointFiles,
  parts: CheckpointParts = 'live',
): Promise<Dataset> {
  const snapshot = await loadSnapshot(tableDirOf(place.storeDir, place.name), checkpoints, parts);
  if (snapshot === null) throw await noDataset(place);
  return datasetOf(place, snapshot);
}

/** Of a store that has others, the hint names them. */
async function noDataset({ storeDir, name }: DatasetPlace): Promise<Fault> {
  const others = await listDatasets(storeDir);
  const near = suggest(name, others);
  const known = `its datasets: ${others.join(', ')}; name one with --dataset`;
  const hint = near === null ? known : `did you mean --dataset ${near}?`;
  const params = { path: storeDir, dataset: name };
  return new Fault('CC4001', params, others.length === 0 ? {} : { hint });
}

/** Opens a dataset, and makes it first where there is none. **Faults** as both. */
export async function openOrInitDataset(
  place: DatasetPlace,
  checkpoints: CheckpointFiles,
  nowMs: number,
): Promise<Dataset> {
  try {
    return await openDataset(place, checkpoints);
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'CC4001') throw error;
  }
  try {
    await initDataset(place, nowMs);
  } catch (error) {
    // Another process made it between our two looks.
    if (!(error instanceof Fault) || error.code !== 'CC4005') throw error;
  }
  return openDataset(place, checkpoints);
}

/** The same dataset at the newest version. **Faults** CC4002, CC4003. */
export async function refreshDataset(dataset: Dataset): Promise<Dataset> {
  const snapshot = await refreshSnapshot(dataset.snapshot);
  return snapshot === dataset.snapshot ? dataset : datasetOf(dataset, snapshot);
}

/** A snapshot seen as a dataset. **Faults** CC4002 for a table that coldcase did not make. */
export function datasetOf({ storeDir, name }: DatasetPlace, snapshot: Snapshot): Dataset {
  const { tableDir, metadata } = snapshot;
  const format = metadata.configuration[formatKey];
  if (format !== currentFormat) {
    const feature = format === undefined ? 'a table without coldcase.format' : `format ${format}`;
    throw new Fault('CC4002', { path: tableDir, feature });
  }
  const schema = schemaOf(metadata.fields);
  const settings = settingsOf(metadata.configuration);
  return Object.freeze({ storeDir, name, tableDir, snapshot, schema, ...settings });
}

/** Names of the datasets of a store, sorted; empty when there is no such directory. */
export async function listDatasets(storeDir: string): Promise<readonly string[]> {
  const entries = await readdir(storeDir, { withFileTypes: true }).catch(() => []);
  const names = entries
    .filter((entry) => entry.isDirectory() && isDatasetName(entry.name))
    .map(({ name }) => name)
    .sort();
  const found: string[] = [];
  for (const name of names) {
    if ((await listLog(tableDirOf(storeDir, name))) !== null) found.push(name);
  }
  return found;
}

/** Table metadata with more columns and other settings; what others put there stays. */
export function evolveMetadata(
  dataset: Dataset,
  newColumns: readonly Column[],
  settings: Settings,
): Metadata {
  const { metadata } = dataset.snapshot;
  const schema = [...dataset.schema, ...newColumns];
  return Object.freeze({
    ...metadata,
    fields: withColumns(metadata.fields, newColumns),
    configuration: { ...metadata.configuration, ...configurationOf(settings, schema) },
  });
}

const maxSettingsTries = 20;

/** Changes settings, as one commit. **Faults** CC4002, CC4004. */
export async function changeSettings(
  dataset: Dataset,
  change: Partial<Settings>,
  nowMs: number,
): Promise<Dataset> {
  const next = (current: Dataset): Metadata => {
    const { roles, bad, keepDays, rollup } = current;
    return evolveMetadata(current, [], { roles, bad, keepDays, rollup, ...change });
  };
  return await changeMetadata(dataset, next, nowMs);
}

/** Changes what the table says of itself, made anew from each newer version that comes between.
 * **Faults** CC4002, CC4004, those of `next`. */
export async function changeMetadata(
  dataset: Dataset,
  next: (current: Dataset) => Metadata,
  nowMs: number,
): Promise<Dataset> {
  let current = await refreshDataset(dataset);
  for (let tries = 0; tries < maxSettingsTries; tries += 1) {
    const outcome = await commit({
      snapshot: current.snapshot,
      actions: {
        commitInfo: infoOf('SET TBLPROPERTIES', nowMs, {}),
        protocol: null,
        metadata: next(current),
        transactions: [],
        adds: [],
        removes: [],
      },
      overlaps: async () => false,
    });
    current = datasetOf(current, outcome.snapshot);
    if (outcome.kind === 'committed') return current;
  }
  throw new Fault('CC4004', { reason: 'its settings changed', tries: maxSettingsTries });
}

export function infoOf(
  operation: string,
  timestamp: number,
  operationParameters: CommitInfo['operationParameters'],
): CommitInfo {
  return Object.freeze({ timestamp, operation, engineInfo: 'coldcase', operationParameters });
}
