/** The small dataset all cases ask: three days, the second without events from 06:00 to 18:00. */
import type { Schema } from '../../src/event/column.js';
import type { Roles } from '../../src/event/role.js';
import type { PlainFile, PlainRow, PlainValue } from '../oracle/rows.js';

export const caseSchema: Schema = [
  { name: 'host_name', label: 'host.name', type: 'string', unit: null },
  { name: 'build', label: 'build', type: 'string', unit: null },
  { name: 'status', label: 'http.status', type: 'integer', unit: null },
  { name: 'url', label: 'url', type: 'string', unit: null },
  { name: 'duration_ms', label: 'duration_ms', type: 'number', unit: 'ms' },
  { name: 'bytes', label: 'bytes', type: 'integer', unit: null },
  { name: 'cached', label: 'cached', type: 'boolean', unit: null },
  { name: 'trace_id', label: 'trace.trace_id', type: 'string', unit: null },
  { name: 'span_id', label: 'trace.span_id', type: 'string', unit: null },
  { name: 'parent_id', label: 'trace.parent_id', type: 'string', unit: null },
];

export const caseRoles: Roles = {
  host: ['host.name'],
  version: ['build'],
  status: ['http.status'],
  route: ['url'],
  duration: ['duration_ms'],
  trace: ['trace.trace_id'],
  span: ['trace.span_id'],
  parent: ['trace.parent_id'],
};

const start = Date.parse('2020-04-16T00:00:00Z') * 1000;
const hour = 3_600_000_000;

type Line = readonly [
  hours: number,
  host: string | null,
  build: string | null,
  status: number | null,
  url: string | null,
  durationMs: number | null,
  bytes: number | null,
  cached: boolean | null,
  weight?: number,
  extra?: Readonly<Record<string, string>>,
];

/** By the hour of the event: trace, span, parent. `t2` crosses midnight, `t3` has lost its root. */
const spans: Readonly<Record<number, readonly [string, string, string | null]>> = {
  0: ['t1', 'a', null],
  1: ['t1', 'b', 'a'],
  2: ['t1', 'c', 'b'],
  23.5: ['t2', 'a', null],
  25: ['t2', 'b', 'a'],
  43: ['t3', 'd', 'x'],
  44: ['t3', 'e', 'd'],
  50: ['t4', 'a', null],
  51: ['t4', 'b', 'a'],
  52: ['t4', 'c', 'a'],
  60: ['', 'f', null],
};

function row(line: Line, index: number): PlainRow {
  const [hours, host, build, status, url, durationMs, bytes, cached, weight, extra] = line;
  const values: Record<string, PlainValue> = {
    host_name: host,
    build,
    status,
    url,
    duration_ms: durationMs,
    bytes,
    cached,
    trace_id: spans[hours]?.[0] ?? null,
    span_id: spans[hours]?.[1] ?? null,
    parent_id: spans[hours]?.[2] ?? null,
  };
  const batch = index % 2 === 0 ? 'b1' : 'b2';
  return { ts: start + hours * hour, weight: weight ?? 1, batch, values, extra: extra ?? {} };
}

const first: readonly Line[] = [
  [0, 'api-1', 'b7', 200, '/a/b/c?x=1', 12.5, 100, true],
  [1, 'api-1', 'b7', 200, '/a/b', 8, 250, false],
  [2, 'api-2', 'b7', 404, '/a', 3.25, 0, null],
  [3, 'api-2', 'b7', 200, '/a/b/c', 40, 900, true],
  [5, 'api-3', 'b8', 500, '/login', 250.75, 10, false],
  [5.5, 'api-3', 'b8', 401, '/login', 4, 10, false],
  [11, 'api-3', 'b8', 401, '/login#top', 4, 10, false],
  [12, null, 'b7', 200, '/', 9.5, 1200, true],
  [18, 'api-1', null, 503, '/a', 1999.5, null, null],
  [23.5, 'api-2', 'b7', null, null, null, 70, null],
];
const second: readonly Line[] = [
  [25, 'api-1', 'b7', 200, '/a/b', 11, 300, true],
  [26, 'api-2', 'b7', 301, '/old', 1.5, 0, false],
  [43, 'api-3', 'b7', 200, '/a', 14, 500, true],
  [44, 'é', 'b7', 200, '/a', 20, 500, true],
];
const third: readonly Line[] = [
  [50, 'api-1', 'b8', 200, '/a/b', 10, 300, true, 10],
  [51, 'api-1', 'b8', 500, '/a/b', 900, 20, false, 1],
  [52, 'api-2', 'b8', 200, '/a', 30, 300, true, 5],
  [53, 'api-2', 'b8', null, '/a', 31, 10, false, 2, { 'http.status': '"timeout"' }],
  [60, 'api-3', 'b8', 200, null, null, 10, true, 1, { duration_ms: '"17.5"', shard: '4' }],
  [61, 'api-3', 'b8', 200, '/a', 0, 10, true, 1, { shard: '"blue"' }],
];

export const caseFiles: readonly PlainFile[] = [
  { date: '2020-04-16', rows: first.map(row) },
  { date: '2020-04-17', rows: second.map(row) },
  { date: '2020-04-18', rows: third.map(row) },
];
