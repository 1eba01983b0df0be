/** The library: open a store or make one, ingest into it, ask it, find who disagreed. */
export { Fault, Faults } from './base/fault.js';
export { querySourceOf } from './cli/query-source.js';
export { createDataFileWriter } from './engine/duckdb/data-files.js';
export { openQueryEngine, type QueryEngineOptions } from './engine/duckdb/execute.js';
export { defaultLimits as defaultEngineLimits, type EngineLimits } from './engine/duckdb/open.js';
export type { Column, ColumnType, Schema } from './event/column.js';
export type { RoleName, Roles } from './event/role.js';
export type { VersionReport } from './forensics/version-report.js';
export { searchVersions, type VersionAnswer } from './forensics/version-search.js';
export { defaultDecodeLimits } from './ingest/decompress.js';
export { createInputReaders, type InputReaderOptions } from './ingest/input-readers.js';
export { type IngestPorts, type IngestRequest, ingest } from './ingest/pipeline.js';
export type { IngestReport } from './ingest/receipt.js';
export { defaultLimits as defaultRecordLimits } from './ingest/record.js';
export { expandSources } from './ingest/sources.js';
export { runQuery } from './query/execute.js';
export type { Cell, Engine, QuerySource } from './query/ports.js';
export type { Note, Result } from './query/result.js';
export { type QuerySpec, querySpec } from './query/spec.js';
export { noTexts, parseSpec, type SpecTexts } from './query/spec-text.js';
export {
  changeSettings,
  type Dataset,
  initDataset,
  openDataset,
  openOrInitDataset,
} from './store/dataset.js';
export { type DatasetStatus, statusOf } from './store/status.js';
export { systemClock } from './time/clock.js';
export type { TimeRange } from './time/range.js';
