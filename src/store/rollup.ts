/**
 * Rollups: the sidecar of a data file that counts its rows by time and by what its columns of a few
 * roles hold. A row of one stands for all rows of the file that are alike; integers only, so that
 * sums of rows and sums of rollups are the same bytes.
 */
import { join } from 'node:path';
import { shortHash } from '../base/hash.js';
import type { Column } from '../event/column.js';
import { isRoleName } from '../event/role.js';
import { type Micros, microsPerMinute } from '../time/instant.js';
import type { Dataset } from './dataset.js';
import { sidecarDir, sidecarNames, sidecarStem } from './sidecar.js';

/** What a rollup tells apart: cells by these columns, with the values of one more summed up. */
export interface RollupDefinition {
  /** Columns of text, integers and booleans, as they are stored. */
  readonly columns: readonly Column[];
  /** A number of which sum, smallest and largest are kept; null where no column is one. */
  readonly measure: Column | null;
}

/** What columns of a rollup are called; no column of data has such a name. */
export const rollupNames = {
  /** How many rows it stands for. */
  rows: '#rows',
  /** The sum of `weight * (weight - 1)`, which intervals are made of. */
  surplus: '#surplus',
  /** The last instant; `ts` is the first. */
  last: '#last',
  least: '#least',
  most: '#most',
  /** The weighted sum of the measure; decimals as whole numbers of 2^-40. */
  sum: '#sum',
} as const;

/** How long the time of a cell may be, narrowest first: each a whole number of those before it. */
export const rollupSteps: readonly Micros[] = [1, 5, 15, 60, 1440].map(
  (minutes) => minutes * microsPerMinute,
);

/** Rows that a cell must stand for on average. Measured: docs/store-format.md. */
export const leastShrink = 15;

/** What the rollups of a dataset tell apart, by its settings. Null where no column is of these. */
export function rollupDefinition(dataset: Dataset): RollupDefinition | null {
  const { schema, roles, rollup } = dataset;
  const labels = new Set(rollup.flatMap((name) => labelsOf(dataset, name)));
  const columns = schema.filter(({ label, type }) => labels.has(label) && isKey(type));
  if (columns.length === 0) return null;
  const durations = schema.filter(({ label }) => roles.duration?.includes(label) ?? false);
  const [only = null] = durations;
  const isOne = durations.length === 1 && (only?.type === 'integer' || only?.type === 'number');
  return Object.freeze({ columns, measure: isOne ? only : null });
}

/** A role before a column of the same name, as everywhere. */
function labelsOf({ roles }: Dataset, name: string): readonly string[] {
  return (isRoleName(name) ? roles[name] : undefined) ?? [name];
}

/** Names of the settings that are no role and no column a rollup could tell apart. */
export function unusedRollupNames(dataset: Dataset): readonly string[] {
  const keys = new Set(rollupDefinition(dataset)?.columns.map(({ label }) => label));
  return dataset.rollup.filter((name) => !labelsOf(dataset, name).some((label) => keys.has(label)));
}

/** Decimals are no keys: two that are equal may be written differently. */
function isKey(type: Column['type']): boolean {
  return type === 'string' || type === 'integer' || type === 'boolean';
}

/** The same for the same definition; another for any other. */
function addressOf({ columns, measure }: RollupDefinition): string {
  const part = ({ name, type }: Column) => [name, type];
  const said = [1, columns.map(part), measure && part(measure), rollupSteps, leastShrink];
  return shortHash(JSON.stringify(said));
}

/** Where the rollups of a dataset lie below `_rollup`; null where it has none. */
export function rollupAddress(dataset: Dataset): string | null {
  const definition = rollupDefinition(dataset);
  return definition && addressOf(definition);
}

/** `STEPm-CHECKSUM`; the SHA-256 of its bytes, shortened. */
export function rollupName(dataPath: string, stepMicros: Micros, sha256: string): string {
  const minutes = stepMicros / microsPerMinute;
  return `${sidecarStem(dataPath)}.${minutes}m-${sha256.slice(0, checksumLength)}.parquet`;
}

/** Says that no step shrinks the file enough. */
export function noRollupName(dataPath: string): string {
  return `${sidecarStem(dataPath)}.none`;
}

const checksumLength = 16;
const namePattern = /\.(\d{1,4})m(?:-([0-9a-f]{16}))?\.parquet$/;

/** Whether a file of this SHA-256 has the bytes that its name says. */
export function isAsNamed({ checksum }: Rollup, sha256: string): boolean {
  return checksum === null || sha256.startsWith(checksum);
}

export interface Rollup {
  /** Absolute. */
  readonly path: string;
  readonly stepMicros: Micros;
  /** The start of the SHA-256 of its bytes; null for one of an earlier version. */
  readonly checksum: string | null;
}

/** The rollups there are, and which files none is worth making for. */
export interface Rollups {
  readonly definition: RollupDefinition;
  readonly dir: string;
  /** By the stem of the data file, narrowest first; empty: none is worth it. */
  readonly byStem: ReadonlyMap<string, readonly Rollup[]>;
}

/** What lies beside the data files of a dataset. Null where nothing can be rolled up. */
export async function listRollups(dataset: Dataset): Promise<Rollups | null> {
  const definition = rollupDefinition(dataset);
  if (definition === null) return null;
  const dir = sidecarDir(dataset.tableDir, 'rollup', addressOf(definition));
  const byStem = new Map<string, readonly Rollup[]>();
  for (const [stem, names] of await sidecarNames(dir)) {
    const found = names.flatMap((name): Rollup[] => {
      const [, minutes = 0, checksum = null] = namePattern.exec(name) ?? [];
      const stepMicros = Number(minutes) * microsPerMinute;
      if (!rollupSteps.includes(stepMicros)) return [];
      return [{ path: join(dir, name), stepMicros, checksum }];
    });
    byStem.set(
      stem,
      found.sort((a, b) => a.stepMicros - b.stepMicros),
    );
  }
  return { definition, dir, byStem };
}
