/** A dataset as a query sees it: files with what the log knows of them, so that few are opened. */
import { join } from 'node:path';
import type { AddFile, DeltaStats } from '../delta/action.js';
import { parseStats, timestampMicros } from '../delta/stats.js';
import { systemColumns } from '../event/column.js';
import type { QueryFile, QuerySource } from '../query/ports.js';
import type { NamedFormula } from '../query/spec.js';
import { extraLabelsOf, isOwnFile, layoutOfFile } from '../store/data-file.js';
import type { Dataset } from '../store/dataset.js';
import { type Fingerprints, mayHoldValue } from '../store/fingerprint.js';
import { gapsOf } from '../store/gap.js';
import type { Rollups } from '../store/rollup.js';
import { sidecarStem } from '../store/sidecar.js';

/** The same files with what lies beside them. */
export function withSidecars(
  source: QuerySource,
  rollups: Rollups | null,
  fingerprints: readonly Fingerprints[],
): QuerySource {
  const files =
    fingerprints.length === 0
      ? source.files
      : source.files.map((file) => ({
          ...file,
          mayHoldText: (column: string, value: string) =>
            mayHoldValue(fingerprints, file.path, { column, value }),
        }));
  if (rollups === null) return { ...source, files };
  const { definition, byStem } = rollups;
  const names = definition.columns.map(({ name }) => name);
  return {
    ...source,
    files: files.map((file) => {
      return { ...file, rollups: byStem.get(sidecarStem(file.path)) ?? [] };
    }),
    rollups: { names, measure: definition.measure },
  };
}

/** **Invariant** what another tool wrote is not trusted: its files are always read. */
export function querySourceOf(
  dataset: Dataset,
  name: string,
  fields: readonly NamedFormula[] = [],
): QuerySource {
  return {
    name,
    dataset: dataset.name,
    version: dataset.snapshot.version,
    schema: dataset.schema,
    roles: dataset.roles,
    fields,
    files: dataset.snapshot.files.map((file) => queryFile(dataset.tableDir, file)),
    lost: gapsOf(dataset).map(({ window, rowCount }) => ({ window, rowCount })),
  };
}

function queryFile(tableDir: string, file: AddFile): QueryFile {
  const own = isOwnFile(file);
  const stats = parseStats(file.stats);
  return {
    path: join(tableDir, file.path),
    date: file.partitionValues[systemColumns.date] ?? '',
    rows: stats?.numRecords ?? 0,
    minTs: own ? boundOf(stats, 'min') : null,
    maxTs: own ? boundOf(stats, 'max') : null,
    extraLabels: extraLabelsOf(file),
    maxWeight: own ? weightOf(stats) : null,
    layout: layoutOfFile(file),
    stats: own ? stats : null,
  };
}

function boundOf(stats: DeltaStats | null, side: 'min' | 'max'): number | null {
  const values = side === 'min' ? stats?.minValues : stats?.maxValues;
  const value = values?.[systemColumns.ts];
  return typeof value === 'string' ? timestampMicros(value, side) : null;
}

function weightOf(stats: DeltaStats | null): number | null {
  const value = stats?.maxValues[systemColumns.weight];
  return typeof value === 'number' ? value : null;
}
