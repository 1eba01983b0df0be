// The questions of an investigation against the best SQL a hand writes for the same answer, on the
// same data files: on DuckDB, and on ClickHouse where test/peers has it installed.

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pair } from './measure.mjs';

const peers = fileURLToPath(new URL('../test/peers', import.meta.url));
const chdb = fileURLToPath(new URL('chdb-sql.mjs', import.meta.url));
const minute = 60_000_000;
const day = '2020-04-16';
const dayStart = Date.parse(day) * 1000;
// The demo store holds the 60 days that end on 2020-04-24.
const spanStart = Date.parse('2020-02-24') * 1000;

export function questions({ node, cli, duckdb, store, runs }) {
  const table = join(store, 'events');
  const files = readdirSync(table)
    .filter((name) => name.startsWith('date='))
    .flatMap((name) => readdirSync(join(table, name)).map((file) => join(table, name, file)));
  const hasPeer = existsSync(join(peers, 'node_modules', 'chdb'));
  if (!hasPeer)
    console.error('no ClickHouse: run node test/peers/run.mjs STORE once to install it');
  // Of few rows a file none are made; `compact` makes those that ingests left for later.
  const beside = join(table, '_rollup');
  const hasRollups =
    existsSync(beside) &&
    readdirSync(beside, { recursive: true }).some((name) => String(name).endsWith('.parquet'));
  const rows = asked(files, traceIn([...cli, 'query', '--store', store])).flatMap(
    ({ what, args, sql, clickhouse, rolled }) => {
      console.error(`  ${what}`);
      const full = [...cli, 'query', ...args, '--store', store, '--format', 'tsv'];
      // The hand reads rows, and so does what it is compared with.
      const ours = [...full, '--no-rollups'];
      const against = (own) => pair({ ours: own, peer: [...duckdb, sql], runs, header: 1 });
      const found = [{ what, peer: 'DuckDB', target: '≤ 1.15', ...against(ours) }];
      if (rolled === true && hasRollups) {
        const words = { what: `${what}, from rollups`, peer: 'DuckDB, from rows', target: '≤ 0.1' };
        found.push({ ...words, ...against(full) });
      }
      if (!hasPeer || clickhouse === undefined) return found;
      const peer = [node, chdb, peers, table, clickhouse];
      const other = { peer: 'ClickHouse', target: '≤ 1' };
      return [...found, { what, ...other, ...pair({ ours, peer, runs, header: 1 }) }];
    },
  );
  return { title: 'Questions', rows };
}

/** Some trace id of the store. */
function traceIn([node, ...query]) {
  const args = ['--by', 'trace', '--window', day, '--limit', '1', '--format', 'ndjson'];
  const [line] = execFileSync(node, [...query, ...args, '--quiet'], { encoding: 'utf8' }).split(
    '\n',
  );
  return Object.values(JSON.parse(line))[0];
}

/** Each with its answer in the same rows, those of empty buckets where ours has them. */
function asked(files, trace) {
  const from = (some) => `read_parquet([${some.map((file) => `'${file}'`)}], union_by_name = true)`;
  const all = from(files);
  const oneDay = from(files.filter((file) => file.includes(`date=${day}`)));
  const keys = ['host_name', 'service_version', 'http_response_status_code'];
  const [host] = keys;
  const hvs = ['--by', 'host,version,status'];
  const byClass = 'http_response_status_code // 100 AS class';
  const bucket = (micros) => `epoch_us(ts) // ${micros}`;
  const every = (source, micros, by, values) =>
    `SELECT ${bucket(micros)} AS b, ${by}, ${values} FROM ${source} GROUP BY ALL`;
  const chAll = "file('date=*/*.parquet', Parquet)";
  const chBucket = (micros) => `intDiv(toUnixTimestamp64Micro(ts), ${micros})`;
  const quantiles = ['--by', 'host', '--every', '1h', '--order', 'host'];
  const p = ['--calc', 'p50(duration),p95(duration),p99(duration)'];
  const list = 'quantile_cont(duration_ms, [0.5, 0.95, 0.99]) AS q';
  return [
    {
      what: 'a. count by host, version, status',
      rolled: true,
      args: hvs,
      sql: `SELECT ${keys}, sum(weight) AS n FROM ${all} GROUP BY ALL ORDER BY n DESC, ${keys}`,
      clickhouse: `SELECT ${keys}, sum(weight) AS n FROM ${chAll} GROUP BY ${keys} ORDER BY n DESC, ${keys}`,
    },
    {
      what: 'b1. the same by 5 minutes, one day, empty buckets filled in',
      args: [...hvs, '--every', '5m', '--window', day],
      sql: filled(every(oneDay, 5 * minute, keys, 'sum(weight) AS n'), {
        keys,
        buckets: { first: dayStart / (5 * minute), count: 288 },
        values: ['n'],
        order: 'sum(n) DESC',
      }),
    },
    {
      what: 'b60. the same, 60 days, what there is',
      args: [...hvs, '--every', '5m'],
      sql: `${every(all, 5 * minute, keys, 'sum(weight) AS n')} ORDER BY b, n DESC, ${keys}`,
      clickhouse: `SELECT ${chBucket(5 * minute)} AS b, ${keys}, sum(weight) AS n FROM ${chAll} GROUP BY b, ${keys} ORDER BY b, n DESC, ${keys}`,
    },
    {
      what: 'c. p50, p95, p99 of duration by host and hour, rows as stored',
      args: [...quantiles, ...p, '--usage'],
      sql: filled(every(all, 60 * minute, host, list), {
        keys: [host],
        buckets: { first: spanStart / (60 * minute), count: 1440 },
        values: ['q'],
        order: null,
      }),
    },
    {
      what: 'c. the same, weighted',
      args: [...quantiles, ...p],
      sql: filled(weightedQuantiles(all, host), {
        keys: [host],
        buckets: { first: spanStart / (60 * minute), count: 1440 },
        values: ['q50', 'q95', 'q99'],
        order: null,
      }),
    },
    {
      what: 'd. heatmap: day × power of duration',
      args: ['--calc', 'heatmap(duration)', '--every', '1d'],
      sql: `SELECT b, list({bin: bin, n: n} ORDER BY bin) FROM (SELECT ${bucket(1440 * minute)} AS b, floor(log10(duration_ms) * 8)::INTEGER AS bin, sum(weight) AS n FROM ${all} WHERE duration_ms > 0 GROUP BY ALL) GROUP BY b ORDER BY b`,
    },
    {
      what: 'e. one trace id',
      args: ['--by', 'host', '--where', `trace = ${trace}`],
      sql: `SELECT ${host}, sum(weight) AS n FROM ${all} WHERE trace_id = '${trace}' GROUP BY ALL ORDER BY n DESC`,
      clickhouse: `SELECT ${host}, sum(weight) AS n FROM ${chAll} WHERE trace_id = '${trace}' GROUP BY ${host} ORDER BY n DESC`,
    },
    {
      what: 'f. distinct customers by host',
      args: ['--by', 'host', '--calc', 'distinct(customer)'],
      sql: `SELECT ${host}, count(DISTINCT customer_id) AS n FROM ${all} GROUP BY ALL ORDER BY n DESC, ${host}`,
      clickhouse: `SELECT ${host}, uniqExact(customer_id) AS n FROM ${chAll} GROUP BY ${host} ORDER BY n DESC, ${host}`,
    },
    {
      what: 'h60. host × class of status × hour, empty buckets filled in',
      rolled: true,
      args: ['--by', 'host,status:class', '--every', '1h'],
      sql: filled(every(all, 60 * minute, `${host}, ${byClass}`, 'sum(weight) AS n'), {
        keys: [host, 'class'],
        buckets: { first: spanStart / (60 * minute), count: 1440 },
        values: ['n'],
        order: 'sum(n) DESC',
      }),
    },
    {
      what: 'h. host × class of status × minute, what there is',
      args: ['--by', 'host,status:class', '--every', '1m'],
      sql: `${every(all, minute, `${host}, ${byClass}`, 'sum(weight) AS n')} ORDER BY b, n DESC, ${host}, class`,
      clickhouse: `SELECT ${chBucket(minute)} AS b, ${host}, intDiv(http_response_status_code, 100) AS class, sum(weight) AS n FROM ${chAll} GROUP BY b, ${host}, class ORDER BY b, n DESC, ${host}, class`,
    },
  ];
}

/** Cells with a row for every group in every bucket. */
function filled(cells, { keys, buckets: { first, count }, values, order }) {
  const named = (alias) => keys.map((key) => `${alias}.${key}`);
  const same = keys.map((key) => `c.${key} IS NOT DISTINCT FROM g.${key}`).join(' AND ');
  const rank = order === null ? '' : `, ${order} AS rank`;
  const by = [...(order === null ? [] : ['g.rank DESC']), ...named('g')];
  return `WITH cells AS (${cells}), groups AS (SELECT ${keys}${rank.replace(' DESC', '')} FROM cells GROUP BY ${keys})
    SELECT t.b, ${named('g')}, ${values.map((value) => (value === 'n' ? 'coalesce(c.n, 0)' : `c.${value}`))}
    FROM (SELECT unnest(range(${first}, ${first + count})) AS b) AS t CROSS JOIN groups AS g
    LEFT JOIN cells AS c ON c.b = t.b AND ${same} ORDER BY t.b, ${by}`;
}

/** Exact: a row of weight w stands for w values. */
function weightedQuantiles(source, key) {
  const at = (quantile) => {
    const position = `(tw - 1) * ${quantile}`;
    const value = (rank) => `min(v) FILTER (cw > ${rank}(${position}))`;
    const way = `max(${position} - floor(${position}))`;
    return `${value('floor')} * (1 - ${way}) + ${value('ceil')} * ${way} AS q${quantile * 100}`;
  };
  return `SELECT b, ${key}, ${[0.5, 0.95, 0.99].map(at)} FROM (SELECT b, ${key}, v,
    sum(w) OVER (PARTITION BY b, ${key} ORDER BY v ROWS UNBOUNDED PRECEDING) AS cw, sum(w) OVER (PARTITION BY b, ${key}) AS tw
    FROM (SELECT ${`epoch_us(ts) // ${60 * minute}`} AS b, ${key}, duration_ms AS v, sum(weight) AS w
      FROM ${source} WHERE duration_ms IS NOT NULL GROUP BY ALL)) GROUP BY ALL`;
}
