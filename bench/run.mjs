// Measures coldcase against peers in the same run and prints ratios as Markdown tables.
// `npm run bench` runs all parts on one million events; `npm run bench -- --events 10000000
// --runs 3 --data DIR startup questions` chooses, and keeps the data set for the next time. `--write`
// puts the tables into docs/performance.md; those of parts that were not run stay.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exports } from './exports.mjs';
import { ingest } from './ingest.mjs';
import { memory } from './memory.mjs';
import { withTables } from './page.mjs';
import { questions } from './questions.mjs';
import { scan } from './scan.mjs';
import { startup } from './startup.mjs';

const parts = { startup, questions, exports, ingest, memory, scan };
const root = fileURLToPath(new URL('..', import.meta.url));
const options = { events: 1_000_000, runs: 7, write: false, data: null, names: [] };
for (let index = 2; index < process.argv.length; index += 1) {
  const word = process.argv[index];
  if (word === '--events') options.events = Number(process.argv[++index]);
  else if (word === '--runs') options.runs = Number(process.argv[++index]);
  else if (word === '--data') options.data = process.argv[++index];
  else if (word === '--write') options.write = true;
  else if (word in parts) options.names.push(word);
  else usage(word);
}
if (!(options.events >= 1) || !(options.runs >= 1)) usage('a count below one');

function usage(word) {
  const known = Object.keys(parts).join(' ');
  console.error(
    `not known: ${word}\nnpm run bench -- [--events N] [--runs N] [--data DIR] [--write] [${known}]`,
  );
  process.exit(2);
}

const dir = mkdtempSync(join(tmpdir(), 'coldcase-bench-'));
const data = options.data ?? dir;
const names = options.names.length > 0 ? options.names : Object.keys(parts);
// The logs are several times as large as the store.
const needsLogs = names.includes('ingest') || names.includes('memory');
const node = process.execPath;
const context = {
  dir,
  events: options.events,
  runs: options.runs,
  node,
  cli: [node, join(root, 'dist', 'cli.js')],
  duckdb: [node, join(root, 'bench', 'duckdb-sql.mjs')],
  store: join(data, 'store'),
  logs: join(data, 'logs'),
};

/** One table; ratios below 1 mean that coldcase takes less. */
function tableOf({ title, unit = 'ms', rows, runs = options.runs }) {
  const hasCpu = rows.some(({ cpuRatio }) => cpuRatio !== undefined);
  const head = [
    'what',
    `coldcase ${unit}`,
    'peer',
    `peer ${unit}`,
    'ratio',
    ...(hasCpu ? ['ratio of CPU'] : []),
    'target',
  ];
  const lines = rows.map(({ what, oursMs, peer, peerMs, ratio, cpuRatio, target }) => {
    const cpu = hasCpu ? [cpuRatio.toFixed(2)] : [];
    return [what, oursMs.toFixed(0), peer, peerMs.toFixed(0), ratio.toFixed(2), ...cpu, target];
  });
  const text = [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`);
  return { title, text: `${howOf(runs)}\n\n${text.join('\n')}` };
}

function howOf(runs) {
  const cpu = cpus()[0]?.model ?? 'unknown processor';
  const machine = `${availableParallelism()} shared cores (${cpu}), ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
  const counted = runs === 1 ? 'one run' : `median of ${runs} interleaved runs`;
  return `${machine}, ${options.events.toLocaleString('en')} events, ${counted} of whole processes.`;
}

function makeData() {
  if (existsSync(context.store) && (!needsLogs || existsSync(context.logs))) return;
  console.error(`making ${options.events} events in ${data}`);
  rmSync(context.store, { recursive: true, force: true });
  const logs = needsLogs ? ['--logs', context.logs] : [];
  const args = ['demo', context.store, '--events', String(options.events), ...logs, '--quiet'];
  execFileSync(node, [context.cli[1], ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
}

try {
  makeData();
  const tables = [];
  for (const name of names) {
    console.error(`measuring ${name}`);
    tables.push(...[parts[name](context)].flat().map(tableOf));
  }
  for (const { title, text } of tables) console.log(`### ${title}\n\n${text}\n`);
  if (options.write) {
    const page = join(root, 'docs', 'performance.md');
    writeFileSync(page, withTables(readFileSync(page, 'utf8'), tables));
  }
} finally {
  rmSync(dir, { recursive: true, force: true });
}
