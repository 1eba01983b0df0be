/** What is wrong with a store, and what can be done about it. */
import { Fault } from '../base/fault.js';
import type { AddFile } from '../delta/action.js';
import { parseStats } from '../delta/stats.js';
import { systemColumns } from '../event/column.js';
import { ingestTimes } from './data-file.js';
import { type SourceRecord, sourcesIngestedIn } from './sources.js';

/** A source that brought rows of a lost file, or may have. */
export interface LostSource {
  readonly sha256: string;
  readonly bytes: number;
  /** Null when the log that said so is cleaned up. */
  readonly path: string | null;
}

export interface Damage {
  readonly fault: Fault;
  /** Relative to the table; null when it is not one file's. */
  readonly path: string | null;
  /** The UTC day concerned; null when it is not one day's. */
  readonly date: string | null;
  /** Rows that cannot be trusted; null when they are not known. */
  readonly rowCount: number | null;
  readonly sources: readonly LostSource[];
}

/** What can be said of sources: those the table knows, and their paths by hash. */
export interface KnownSources {
  readonly records: readonly { readonly source: SourceRecord; readonly storedMs: number }[];
  readonly paths: ReadonlyMap<string, string>;
}

export function plainDamage(fault: Fault, path: string | null): Damage {
  return Object.freeze({ fault, path, date: null, rowCount: null, sources: [] });
}

export function dateOf(file: AddFile): string | null {
  return file.partitionValues[systemColumns.date] ?? null;
}

/** Damage of a data file: CC4022 where it is missing, else CC4023 or CC4024. */
export function fileDamage(
  file: AddFile,
  what: { readonly code: 'CC4022' | 'CC4023' | 'CC4024'; readonly reason: string },
  known: KnownSources,
): Damage {
  const rowCount = parseStats(file.stats)?.numRecords ?? null;
  const params = { path: file.path, rows: rowCount ?? 'unknown', reason: what.reason };
  return Object.freeze({
    fault: new Fault(what.code, params),
    path: file.path,
    date: dateOf(file),
    rowCount,
    sources: sourcesOfFile(file, known),
  });
}

/** Sources that brought rows of a file, or may have: those ingested at the same time. */
export function sourcesOfFile(file: AddFile, known: KnownSources): readonly LostSource[] {
  const times = ingestTimes(file);
  if (times === null) return [];
  return sourcesIngestedIn(known.records, times).map(({ sha256, bytes }) =>
    Object.freeze({ sha256, bytes, path: known.paths.get(sha256) ?? null }),
  );
}
