/** The floors of the house: a folder imports only from lower floors; type imports count. */
export const floors: Readonly<Record<string, number>> = {
  base: 0,
  event: 1,
  time: 2,
  expression: 3,
  sql: 4,
  delta: 5,
  store: 6,
  query: 7,
  engine: 8,
  ingest: 8,
  forensics: 9,
  demo: 9,
  render: 10,
  cli: 11,
  'index.ts': 12,
};

/** Outside packages have one home each. `node:` modules are free. */
export const packageHomes: Readonly<Record<string, readonly string[]>> = {
  '@duckdb/node-api': ['engine'],
  '@duckdb/node-bindings': ['engine'],
  '@resvg/resvg-js': ['render/png.ts'],
  'apache-arrow': ['ingest', 'render'],
  commander: ['cli'],
  '@date-fns/tz': ['time/calendar.ts'],
  'chrono-node': ['time/calendar.ts'],
  fzstd: ['ingest'],
  valibot: ['cli'],
  yaml: ['cli'],
};
