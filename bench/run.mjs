// Measures coldcase against peers in the same run and prints ratios as Markdown tables.
// `npm run bench` runs all questions on one million events; `npm run bench -- --events 5000000
// --runs 9 ingest breakdown` chooses. `--write` puts the tables into docs/performance.md.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { breakdown } from './breakdown.mjs';
import { ingest } from './ingest.mjs';
import { memory } from './memory.mjs';
import { scan } from './scan.mjs';
import { startup } from './startup.mjs';

const questions = { startup, ingest, breakdown, memory, scan };
const root = fileURLToPath(new URL('..', import.meta.url));
const options = { events: 1_000_000, runs: 7, write: false, names: [] };
for (let index = 2; index < process.argv.length; index += 1) {
  const word = process.argv[index];
  if (word === '--events') options.events = Number(process.argv[++index]);
  else if (word === '--runs') options.runs = Number(process.argv[++index]);
  else if (word === '--write') options.write = true;
  else options.names.push(word);
}

const dir = mkdtempSync(join(tmpdir(), 'coldcase-bench-'));
const node = process.execPath;
const context = {
  dir,
  events: options.events,
  runs: options.runs,
  node,
  cli: [node, join(root, 'dist', 'cli.js')],
  duckdb: [node, join(root, 'bench', 'duckdb-sql.mjs')],
  store: join(dir, 'store'),
  logs: join(dir, 'logs'),
};

/** One table; ratios below 1 mean that coldcase is faster. */
function tableOf({ title, rows }) {
  const lines = rows.map(
    ({ what, oursMs, peer, peerMs, ratio, target }) =>
      `| ${what} | ${oursMs.toFixed(0)} | ${peer} | ${peerMs.toFixed(0)} | ${ratio.toFixed(2)} | ${target} |`,
  );
  return [
    `### ${title}`,
    '',
    '| what | coldcase ms | peer | peer ms | ratio | target |',
    '|---|---|---|---|---|---|',
    ...lines,
  ].join('\n');
}

try {
  console.error(`making ${options.events} events in ${dir}`);
  execFileSync(
    node,
    [
      context.cli[1],
      'demo',
      context.store,
      '--events',
      String(options.events),
      '--logs',
      context.logs,
      '--quiet',
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const names = options.names.length > 0 ? options.names : Object.keys(questions);
  const tables = [];
  for (const name of names) {
    console.error(`measuring ${name}`);
    tables.push(tableOf(await questions[name](context)));
  }
  const cpu = cpus()[0]?.model ?? 'unknown processor';
  const machine = `${availableParallelism()} cores (${cpu}), ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}, ${options.events.toLocaleString('en')} events, median of ${options.runs} interleaved runs of whole processes.`;
  const text = `${machine}\n\n${tables.join('\n\n')}\n`;
  console.log(text);
  if (options.write) {
    const page = join(root, 'docs', 'performance.md');
    const marks = /(<!-- measured -->\n)[\s\S]*(<!-- end -->)/;
    writeFileSync(page, readFileSync(page, 'utf8').replace(marks, `$1\n${text}\n$2`));
  }
} finally {
  rmSync(dir, { recursive: true, force: true });
}
