/** Loads DuckDB when a command first needs it: it costs as much as the rest of a start. */
export type Duckdb = typeof import('./native.js');

/** **Units** about 40 ms of a cold start, bundled; nothing the second time. */
export function loadDuckdb(): Promise<Duckdb> {
  return import('./native.js');
}
