/**
 * The one module that names DuckDB's package as a value. Loaded by `load.ts` alone: `import()` of
 * the package itself gives a bundle nothing but `default`, since the package is CommonJS.
 */
export {
  BIGINT,
  BOOLEAN,
  DOUBLE,
  DuckDBBlobValue,
  DuckDBDataChunk,
  DuckDBInstance,
  DuckDBListVector,
  DuckDBStructType,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBTypeId,
  LIST,
  listValue,
  StatementType,
  TIMESTAMPTZ,
  VARCHAR,
} from '@duckdb/node-api';
/** What the package is made of: memory of the engine, without an object for each value. */
export { default as bindings } from '@duckdb/node-bindings';
