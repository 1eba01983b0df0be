// Asks ClickHouse (chDB) and coldcase the same question of one store and compares the rows.
//   node test/peers/run.mjs STORE [--by host,version,status]
// The peers are installed here, on demand; the project itself does not need them.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { installPeers } from './install.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const cli = join(here, '..', '..', 'dist', 'cli.js');
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { by: { type: 'string', default: 'host,version,status' } },
});
const [store] = positionals;
if (store === undefined) {
  console.error('usage: node test/peers/run.mjs STORE [--by host,version,status]');
  process.exit(2);
}

installPeers();
const { query } = await import('chdb');
// chDB reads only below the directory it is started in.
const storeDir = resolve(store);
process.chdir(storeDir);

const tableDir = join(storeDir, 'events');
const breakdowns = values.by.split(',');
const peer = askClickHouse(tableDir, breakdowns);
const own = askColdcase(storeDir, breakdowns);
const differences = compare(own, peer);
for (const line of differences.slice(0, 20)) console.error(line);
console.log(
  `${own.size} groups from coldcase, ${peer.size} from ClickHouse, ${differences.length} differ`,
);
process.exit(differences.length === 0 && own.size > 0 ? 0 : 1);

/** Groups as JSON text of their keys, each with its count. */
function askClickHouse(dir, names) {
  const metadata = newestMetadata(dir);
  const keys = names.map((name, index) => `${columnsOf(metadata, name)} AS k${index}`);
  const groups = names.map((_, index) => `k${index}`).join(', ');
  const text = query(
    `SELECT ${keys.join(', ')}, sum(weight) AS n FROM deltaLakeLocal('${escapeText(dir)}')
      GROUP BY ${groups}`,
    'JSONCompactEachRow',
  );
  const rows = text
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  return new Map(
    rows.map((row) => [JSON.stringify(row.slice(0, -1).map(asText)), Number(row.at(-1))]),
  );
}

function askColdcase(path, names) {
  const args = ['query', '--store', path, '--by', names.join(','), '--calc', 'count'];
  const text = execFileSync(process.execPath, [cli, ...args, '--format', 'json'], {
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
  const { columns, rows } = JSON.parse(text);
  const keysOf = (kind) => columns.filter((column) => column.kind === kind).map(({ key }) => key);
  const [count] = keysOf('calculation');
  return new Map(
    rows.map((row) => [
      JSON.stringify(keysOf('breakdown').map((key) => asText(row[key]))),
      row[count],
    ]),
  );
}

function asText(value) {
  return value === null ? null : String(value);
}

function compare(left, right) {
  const keys = new Set([...left.keys(), ...right.keys()]);
  return [...keys]
    .filter((key) => left.get(key) !== right.get(key))
    .map((key) => `${key}: coldcase ${left.get(key)}, ClickHouse ${right.get(key)}`);
}

/** The newest `metaData` of the log; of its newest checkpoint where the commits are cleaned up. */
function newestMetadata(dir) {
  const log = join(dir, '_delta_log');
  const commits = readdirSync(log)
    .filter((name) => /^\d{20}\.json$/.test(name))
    .sort();
  const lines = commits.flatMap((name) => readFileSync(join(log, name), 'utf8').split('\n'));
  const found = lines.filter(Boolean).map((line) => JSON.parse(line).metaData);
  return found.filter((metadata) => metadata !== undefined).at(-1) ?? checkpointMetadata(log);
}

function checkpointMetadata(log) {
  const newest = readdirSync(log)
    .filter((name) => /^\d{20}\.checkpoint\.parquet$/.test(name))
    .sort()
    .at(-1);
  const text = query(
    `SELECT metaData.schemaString, metaData.configuration['coldcase.roles']
      FROM file('${escapeText(join(log, newest))}', Parquet)
      WHERE metaData.schemaString IS NOT NULL AND metaData.schemaString != ''`,
    'JSONCompactEachRow',
  );
  const [schemaString, roles] = JSON.parse(text.trim().split('\n')[0]);
  return { schemaString, configuration: { 'coldcase.roles': roles } };
}

/** A role or a label as stored columns; of a role the first that has a value. */
function columnsOf({ schemaString, configuration }, name) {
  const roles = JSON.parse(configuration['coldcase.roles'] ?? '{}');
  const labels = roles[name] ?? [name];
  const stored = JSON.parse(schemaString)
    .fields.filter(({ metadata }) => labels.includes(metadata['coldcase.name']))
    .sort(
      (a, b) =>
        labels.indexOf(a.metadata['coldcase.name']) - labels.indexOf(b.metadata['coldcase.name']),
    )
    .map((field) => `"${field.name}"`);
  if (stored.length === 0) throw new Error(`no column for ${name}`);
  return stored.length === 1 ? stored[0] : `coalesce(${stored.join(', ')})`;
}

function escapeText(text) {
  return text.replaceAll('\\', '\\\\').replaceAll("'", "\\'");
}
