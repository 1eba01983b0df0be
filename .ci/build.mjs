// Bundles the CLI, its worker and child entries, and the library; writes the type declarations.
// DuckDB's bindings and Arrow stay outside the bundle and are loaded by the command that needs them.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);
// Built aside and swapped in, so that a process running from `dist/` never sees half a build.
const out = `dist.${process.pid}.tmp`;

const common = {
  outdir: out,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  external: ['@duckdb/node-bindings', 'apache-arrow'],
  chunkNames: 'chunks/[name]-[hash]',
  legalComments: 'linked',
  banner: {
    js: "import { createRequire as coldcaseRequire } from 'node:module'; const require = coldcaseRequire(import.meta.url);",
  },
  logLevel: 'warning',
};
// The program is one file, since every file costs a start about a millisecond; its entry is a small
// one that answers `--help` alone.
const whole = {
  ...common,
  splitting: false,
  chunkNames: undefined,
  minifyWhitespace: true,
  minifySyntax: true,
};
await build({ ...whole, entryPoints: { cli: 'src/cli/main.ts' }, external: ['./program.js'] });
await build({ ...whole, entryPoints: { program: 'src/cli/program.ts' } });
await build({
  ...common,
  entryPoints: {
    index: 'src/index.ts',
    'ingest-worker': 'src/ingest/worker.ts',
    'foreign-child': 'src/cli/foreign-child.ts',
  },
});
chmodSync(`${out}/cli.js`, 0o755);

// The manual page is made from the commands, by a bundle that is not shipped.
const maker = `${out}/man-page.js`;
await build({
  ...whole,
  outdir: undefined,
  entryPoints: ['src/cli/man-page.ts'],
  outfile: maker,
});
const { manPage } = await import(new URL(`../${maker}`, import.meta.url).href);
writeFileSync(`${out}/coldcase.1`, await manPage());
rmSync(maker);

const types = spawnSync(
  process.execPath,
  ['node_modules/typescript/bin/tsc', '-p', '.ci/tsconfig.build.json', '--outDir', `${out}/types`],
  { stdio: 'inherit' },
);
const old = `dist.${process.pid}.old.tmp`;
if (existsSync('dist')) renameSync('dist', old);
renameSync(out, 'dist');
rmSync(old, { recursive: true, force: true });
process.exit(types.status ?? 1);
