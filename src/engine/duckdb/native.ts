/**
 * The one module that names DuckDB's package as a value. Loaded by `load.ts` alone: an `import()` of
 * the package itself gives a bundle nothing but `default`, since the package is CommonJS.
 */
export {
  BIGINT,
  BOOLEAN,
  DOUBLE,
  DuckDBInstance,
  DuckDBTimestampTZValue,
  DuckDBTypeId,
  HUGEINT,
  LIST,
  listValue,
  StatementType,
  TIMESTAMPTZ,
  VARCHAR,
} from '@duckdb/node-api';
