/**
 * What can be wrong with an event, as conditions: a failing status, an error beside a good status,
 * an empty success, slower than its route, a value that is missing. Told from what the columns
 * hold; a condition that no event meets, or most events meet, says nothing and is left out.
 */
import type { Column } from '../event/column.js';
import { roleNames } from '../event/role.js';
import { softCodes } from '../event/status-kind.js';
import { missingInLog } from '../query/missing.js';
import { type Measure, rollupSpec } from '../query/rollup.js';
import { type Term, term } from '../query/spec.js';
import type { TimeRange } from '../time/range.js';
import type { DetectorName } from './scan-finding.js';
import { columnText, filterOf, quoted, type ScanPort } from './scan-port.js';
import {
  byCount,
  errorLike,
  failRule,
  type PagerRule,
  statusRule,
  troubleRule,
} from './scan-status.js';

/** Ways to be wrong; each has a detector of its own. */
export type SignalFamily = 'fail' | 'status' | 'hidden' | 'empty' | 'slow' | 'missing';

/** The detector that a family of signals belongs to. */
export const detectorOf: Readonly<Record<SignalFamily, DetectorName>> = {
  fail: 'failure',
  status: 'status-mix',
  hidden: 'hidden-error',
  empty: 'empty-success',
  slow: 'latency',
  missing: 'null-surge',
};

/** A condition that says that an event was wrong. */
export interface Signal {
  /** `fail`, `status 404`, `hidden error.type`, `empty bytes`, `slow`, `missing team_id`. */
  readonly name: string;
  readonly family: SignalFamily;
  /** For `--where`; null for `slow`, whose limits are those of each route. */
  readonly text: string | null;
  readonly measure: Measure;
  /** Rows it is true of, where that was counted; about that many otherwise. */
  readonly rows: number;
}

/** What the events of a window look like before anything is searched for. */
export interface Profile {
  readonly rows: number;
  readonly events: number;
  readonly signals: readonly Signal[];
  /** What counts as a good answer, for `--where`; null without a status. */
  readonly good: string | null;
  /** The failing condition; null when none can be told. */
  readonly fail: string | null;
  /** What the usual pager counts of it. */
  readonly pager: PagerRule | null;
  readonly columns: {
    readonly zone: string | null;
    readonly error: string | null;
  };
}

/** Chosen by us: a condition met by more rows than this is the rule, not a sign. */
const mostShare = 0.2;
/** About how many rows a signal is true of that was not counted. */
const rareShare = 0.01;
/**
 * Chosen by us: slow is above a percentile of the same service and route, the 97th, or a higher one
 * up to the 99th where more rows than these would be slow. On a lognormal route that answers three
 * times as slowly it tells a third more a row than the 99th, and as much of one ten times as slow.
 */
const slowAt = { least: 0.97, most: 0.99, rows: 100_000 };

/** The share of the rows of a route that is called slow, by the rows of the window. */
export function slowShare(rows: number): number {
  return Math.min(1 - slowAt.least, Math.max(1 - slowAt.most, slowAt.rows / Math.max(1, rows)));
}

/** Chosen by us: columns looked at for missing values, hidden errors and zeros. */
const mostColumns = 40;

/** **Source** the zone names of the semantic conventions and usual ones. */
const zoneLabels = [
  'cloud.availability_zone',
  'availability_zone',
  'az',
  'zone',
  'cloud.region',
  'region',
  'datacenter',
  'data_center',
  'dc',
  'topology.kubernetes.io/zone',
  'k8s.node.zone',
  'cluster',
];

const outcomeLike = /(^|[._])(success|ok|outcome|result|grpc|level|severity|reason|code)([._]|$)/i;
const sizeLike = /(byte|size|length|rows|items|records|count|result|hits)/i;

/** Looks at the whole window once for columns and once for statuses. */
export async function profileOf(
  port: ScanPort,
  window: TimeRange,
  bad: string | null,
): Promise<Profile> {
  const { schema, roles } = port.source;
  const plain = schema.filter(({ label }) => !isRoleColumn(port, label)).slice(0, mostColumns);
  const sized = plain.filter(({ label, type }) => isNumeric(type) && sizeLike.test(label));
  const status = await statusRule(port, window);
  const rule = failRule(status ?? (bad === null ? await troubleRule(port, window) : null), bad);
  const fail = rule?.fail ?? null;
  const good = fail === null ? null : `not (${fail})`;
  const goodFilter = good === null ? null : filterOf(good);
  const { rows, events, missing, empty } = await countColumns(port, window, { good, sized });
  // A throttled request says so in its error column too, and is not hidden by that.
  const isHttp = status?.pager?.kind === 'http';
  const sound = isHttp ? and(good, `status not in (${softCodes.join(', ')})`) : good;
  const hidden = await hiddenSignals(port, window, { good: sound, rows, missing });
  const isRare = (count: number) => count > 0 && count <= rows * mostShare;
  const signals: Signal[] = [
    ...(fail === null ? [] : [signal('fail', 'fail', fail, status?.failing ?? rows * rareShare)]),
    ...(status?.codes ?? []).map(({ code, count }) =>
      signal(`status ${code}`, 'status', `status = ${code}`, count),
    ),
    ...hidden,
    ...empty
      .filter(({ rows: count }) => isRare(count))
      .map(({ column, rows: count }) => {
        const text = and(good, `${columnText(column.label)} = 0`);
        return signal(`empty ${column.label}`, 'empty', text, count);
      }),
    ...((roles.duration?.length ?? 0) > 0
      ? [
          {
            name: 'slow',
            family: 'slow',
            text: null,
            measure: { kind: 'limit', where: goodFilter },
            rows: rows * slowShare(rows),
          } as const,
        ]
      : []),
    ...missing
      .filter(({ rows: count }) => isRare(count))
      .map(({ column, rows: count }) => {
        const text = `${columnText(column.label)} missing`;
        return signal(`missing ${column.label}`, 'missing', text, count);
      }),
  ];
  return {
    rows,
    events,
    signals,
    good,
    fail,
    pager: rule?.pager ?? null,
    columns: { zone: zoneOf(schema), error: errorOf(port) },
  };
}

interface CountedColumn {
  readonly column: Column;
  readonly rows: number;
}

interface ColumnCounts {
  readonly rows: number;
  readonly events: number;
  /** Rows without a value. */
  readonly missing: readonly CountedColumn[];
  /** Good rows with a zero. */
  readonly empty: readonly CountedColumn[];
}

/** In one pass over what the log does not tell. */
async function countColumns(
  port: ScanPort,
  window: TimeRange,
  { good, sized }: { readonly good: string | null; readonly sized: readonly Column[] },
): Promise<ColumnCounts> {
  const counted = port.source.schema.slice(0, mostColumns).map((column) => {
    return { column, known: missingInLog(port.source, window, column) };
  });
  const unknown = counted.filter(({ known }) => known === null);
  const [row = []] = await port.rollup(
    rollupSpec(window, {
      measures: [
        { kind: 'rows', where: null },
        { kind: 'events', where: null },
        ...unknown.map(({ column }) => rowsWhere(`${columnText(column.label)} missing`)),
        ...sized.map(({ label }) => rowsWhere(and(good, `${columnText(label)} = 0`))),
      ],
    }),
  );
  const count = (index: number): number => Number(row[index] ?? 0);
  return {
    rows: count(0),
    events: count(1),
    missing: counted.map((own) => {
      return { column: own.column, rows: own.known ?? count(2 + unknown.indexOf(own)) };
    }),
    empty: sized.map((column, index) => ({ column, rows: count(2 + unknown.length + index) })),
  };
}

function signal(name: string, family: SignalFamily, text: string, rows: number): Signal {
  return { name, family, text, measure: rowsWhere(text), rows };
}

function rowsWhere(text: string): Measure {
  return { kind: 'rows', where: filterOf(text) };
}

function and(left: string | null, right: string): string {
  return left === null ? right : `${left} and ${right}`;
}

function isNumeric(type: Column['type']): boolean {
  return type === 'integer' || type === 'number';
}

function isRoleColumn({ source }: ScanPort, label: string): boolean {
  return roleNames.some((role) => source.roles[role]?.includes(label) === true);
}

/** The column of zones; null when there is none. */
export function zoneOf(schema: readonly Column[]): string | null {
  const labels = new Map(schema.map(({ label }) => [label.toLowerCase(), label]));
  for (const wanted of zoneLabels) {
    const label = labels.get(wanted);
    if (label !== undefined) return label;
  }
  const like = schema.filter(({ label, type }) => type === 'string' && isZoneLike(label));
  return like.map(({ label }) => label).sort()[0] ?? null;
}

const zoneWord = /(^|[^a-z])(az|zone|region|datacenter|data_center|dc)$/i;
/** Whose zone is meant is not the host: of the caller, of time, of names. */
const otherZone = /time|dns|hosted|user|client|customer|geo|billing|country|source|security/i;

function isZoneLike(label: string): boolean {
  return zoneWord.test(label) && !otherZone.test(label);
}

function errorOf({ source }: ScanPort): string | null {
  const [role] = source.roles.error ?? [];
  if (role !== undefined && source.schema.some(({ label }) => label === role)) return role;
  const found = source.schema.find(({ label, type }) => type === 'string' && errorLike.test(label));
  return found?.label ?? null;
}

interface Known {
  readonly good: string | null;
  readonly rows: number;
  readonly missing: readonly CountedColumn[];
}

/** Columns that tell of trouble by their name, where the status does not. */
async function hiddenSignals(
  port: ScanPort,
  window: TimeRange,
  { good, rows, missing }: Known,
): Promise<readonly Signal[]> {
  const found: Signal[] = [];
  for (const { column, rows: absent } of missing) {
    const { label, type } = column;
    const isError = port.source.roles.error?.includes(label) === true;
    const isRole = isRoleColumn(port, label) && !isError;
    const isTold = isError || errorLike.test(label) || outcomeLike.test(label);
    const skipped = type === 'timestamp' || (isNumeric(type) && sizeLike.test(label));
    if (isRole || !isTold || skipped || absent >= rows) continue;
    if (absent >= rows * (1 - mostShare)) {
      const text = and(good, `${columnText(label)} exists`);
      found.push(signal(`hidden ${label}`, 'hidden', text, rows - absent));
      continue;
    }
    const usual = await usualValues(port, window, column);
    if (usual === null) continue;
    const text = and(good, `${columnText(label)} not in (${usual.join(', ')})`);
    found.push(signal(`hidden ${label}`, 'hidden', text, rows * rareShare));
  }
  return found;
}

/** Chosen by us: the values that make up nine tenths of a column are its usual ones. */
const usualShare = 0.9;
const mostValues = 50;

/** Null when there are no usual ones, or nothing but them. */
async function usualValues(
  port: ScanPort,
  window: TimeRange,
  { label, type }: Column,
): Promise<readonly string[] | null> {
  const asked: Term = { ...term(label), exact: true };
  const rows = await port.rollup(
    rollupSpec(window, {
      keys: [{ term: asked, modifier: null, label }],
      fewestRows: 2,
    }),
  );
  if (rows.length < 2 || rows.length > mostValues) return null;
  const counts = rows
    .map(([value = null, count]) => ({ value, count: Number(count) }))
    .filter(({ value }) => value !== null)
    .sort(byCount);
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  const usual: string[] = [];
  let reached = 0;
  for (const { value, count } of counts) {
    if (reached >= total * usualShare) break;
    usual.push(type === 'string' ? quoted(String(value)) : String(value));
    reached += count;
  }
  return usual.length === counts.length || usual.length > 8 ? null : usual;
}
