// Bundles the CLI, its worker and child entries, and the library; writes the type declarations.
// DuckDB's bindings and Arrow stay outside the bundle and are loaded by the command that needs them.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename } from 'node:path';
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
  external: ['@duckdb/node-bindings', 'apache-arrow', '@resvg/resvg-js'],
  chunkNames: 'chunks/[name]-[hash]',
  legalComments: 'linked',
  banner: {
    js: "import { createRequire as coldcaseRequire } from 'node:module'; const require = coldcaseRequire(import.meta.url);",
  },
  logLevel: 'warning',
};
// A program is one file, since every file costs a start about a millisecond, and a small one, since
// every 100 kB cost it three: the entry answers `--help` alone, each command that asks a store has a
// program of its own without the rest, and packages that most questions need not lie aside.
const whole = {
  ...common,
  splitting: false,
  chunkNames: undefined,
  minifyWhitespace: true,
  minifySyntax: true,
};
const vendors = ['@duckdb/node-api', '@duckdb/node-bindings', 'yaml', 'chrono-node/en'];
const vendorFile = (name) => `vendor/${name.replace(/\W+/g, '-').replace(/^-/, '')}`;
const vendorsAside = {
  name: 'vendors-aside',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /./ }, ({ path, importer }) =>
      vendors.includes(path) && importer.startsWith(`${root}src`)
        ? { path, namespace: 'vendor' }
        : undefined,
    );
    onLoad({ filter: /./, namespace: 'vendor' }, ({ path }) => ({
      contents: `module.exports = require('./${vendorFile(path)}.cjs');`,
    }));
    onResolve({ filter: /./, namespace: 'vendor' }, ({ path }) => ({ path, external: true }));
  },
};
/** The library of this machine at once: finding out its libc costs a start 10 ms and is seldom needed. */
const machineLibrary = {
  name: 'machine-library',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@duckdb\/node-bindings$/ }, ({ path, namespace }) =>
      namespace === 'machine' ? { path, external: true } : { path, namespace: 'machine' },
    );
    onLoad({ filter: /./, namespace: 'machine' }, ({ path }) => ({
      contents: `
        const { platform, arch } = process;
        try {
          const near = require('node:module').createRequire(require.resolve('${path}'));
          module.exports = near(\`${path}-\${platform}-\${arch}/duckdb.node\`);
        } catch {
          module.exports = require('${path}');
        }`,
    }));
  },
};
await build({
  ...whole,
  format: 'cjs',
  banner: {},
  external: whole.external.filter((name) => name !== '@duckdb/node-bindings'),
  plugins: [machineLibrary],
  entryPoints: Object.fromEntries(vendors.map((name) => [vendorFile(name), name])),
  outExtension: { '.js': '.cjs' },
});
await build({ ...whole, entryPoints: { cli: 'src/cli/main.ts' }, external: ['./program*'] });
/** Commander starts programs of its own with it, which ours has none of; it loads a tenth of Node. */
const withoutChildren = {
  name: 'without-children',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:child_process$/ }, ({ path, importer }) =>
      importer.includes('/commander/') ? { path, namespace: 'absent' } : undefined,
    );
    onLoad({ filter: /./, namespace: 'absent' }, () => ({ contents: 'module.exports = {};' }));
  },
};
const complete = { complete: 'src/cli/completion/answer.ts' };
await build({ ...whole, entryPoints: complete, plugins: [vendorsAside] });
await build({
  ...whole,
  entryPoints: { program: 'src/cli/program.ts' },
  plugins: [vendorsAside, withoutChildren],
});

// The program of one command: what the others need, and what few calls need, is not in it.
const { storeCommands } = await import(await bundled('src/cli/store-commands.ts'));
const { leftOutModules } = await import(await bundled('src/cli/lean-program.ts'));
for (const name of storeCommands) {
  const alone = {
    name: 'one-command',
    setup({ onResolve }) {
      onResolve({ filter: /./ }, ({ path, kind }) => {
        const isOther = path.startsWith('./commands/') && path !== `./commands/${name}.js`;
        const isElsewhere = isOther || leftOutModules.includes(basename(path));
        return kind === 'dynamic-import' && isElsewhere ? { path, external: true } : undefined;
      });
    },
  };
  const entryPoints = { [`program-${name}`]: 'src/cli/program.ts' };
  await build({ ...whole, entryPoints, plugins: [alone, vendorsAside, withoutChildren] });
}
await build({
  ...common,
  entryPoints: {
    index: 'src/index.ts',
    'ingest-worker': 'src/ingest/worker.ts',
    'foreign-child': 'src/cli/foreign-child.ts',
    'sql-child': 'src/cli/sql-child.ts',
  },
});
chmodSync(`${out}/cli.js`, 0o755);

// The letters of pictures, so that they are there on a machine without fonts; their licence too.
mkdirSync(`${out}/fonts`);
for (const file of ['ttf/DejaVuSans.ttf', 'ttf/DejaVuSans-Bold.ttf', 'LICENSE']) {
  copyFileSync(`node_modules/dejavu-fonts-ttf/${file}`, `${out}/fonts/${basename(file)}`);
}

// The manual page and what a TAB reads are made from the commands.
const { manPage } = await import(await bundled('src/cli/man-page.ts'));
writeFileSync(`${out}/coldcase.1`, await manPage());
const { programShape } = await import(await bundled('src/cli/completion/make-shape.ts'));
writeFileSync(`${out}/completion.json`, JSON.stringify(await programShape()));
rmSync(`${out}/build`, { recursive: true });

/** A module of ours that the build itself runs. */
async function bundled(entry) {
  const outfile = `${out}/build/${basename(entry, '.ts')}.js`;
  await build({ ...whole, outdir: undefined, entryPoints: [entry], outfile });
  return new URL(`../${outfile}`, import.meta.url).href;
}

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
