/** `coldcase version`: what is running, for bug reports. */
import { createRequire } from 'node:module';
import { linesBlock } from '../answer.js';
import type { CommandModule } from '../command.js';
import { coldcaseVersion, storeFormat } from '../version-number.js';

export const versionCommand: CommandModule = {
  name: 'version',
  words: '',
  summary: 'versions of coldcase, Node, DuckDB and the store format',
  examples: [],
  options: [],
  run: async () => {
    const facts = {
      coldcase: coldcaseVersion,
      node: process.version.slice(1),
      duckdb: duckdbVersion(),
      store_format: storeFormat,
      platform: `${process.platform}-${process.arch}`,
    };
    const entries = Object.entries(facts);
    return {
      blocks: [linesBlock(entries.map(([name, value]) => `${name.padEnd(14)}${value}`))],
      table: {
        columns: Object.keys(facts).map((key) => ({
          key,
          title: key,
          align: 'left',
          show: 'text',
        })),
        rows: [Object.values(facts)],
        seriesMax: null,
        footer: [],
      },
      document: facts,
      prose: true,
      notes: [],
      next: [],
      exitCode: 0,
    };
  },
};

/** Read from its manifest: loading the library itself costs 180 ms. */
function duckdbVersion(): string {
  const require = createRequire(import.meta.url);
  try {
    const manifest: unknown = require('@duckdb/node-api/package.json');
    if (typeof manifest === 'object' && manifest !== null && 'version' in manifest) {
      return String(manifest.version);
    }
  } catch {
    return 'not installed';
  }
  return 'unknown';
}
