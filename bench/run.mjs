// Measures coldcase against peers in the same run and prints ratios as Markdown tables.
// `npm run bench` runs all questions on one million events; `npm run bench -- --events 5000000
// --runs 9 startup questions` chooses. `--write` puts the tables into docs/performance.md.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exports } from './exports.mjs';
import { ingest } from './ingest.mjs';
import { memory } from './memory.mjs';
import { questions } from './questions.mjs';
import { scan } from './scan.mjs';
import { startup } from './startup.mjs';

const parts = { startup, questions, exports, ingest, memory, scan };
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

/** One table; ratios below 1 mean that coldcase takes less. */
function tableOf({ title, unit = 'ms', rows }) {
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
  return [`### ${title}`, '', ...text].join('\n');
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
  const names = options.names.length > 0 ? options.names : Object.keys(parts);
  const tables = [];
  for (const name of names) {
    console.error(`measuring ${name}`);
    tables.push(...[parts[name](context)].flat().map(tableOf));
  }
  const cpu = cpus()[0]?.model ?? 'unknown processor';
  const machine = `${availableParallelism()} shared cores (${cpu}), ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}, ${options.events.toLocaleString('en')} events, median of ${options.runs} interleaved runs of whole processes.`;
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
