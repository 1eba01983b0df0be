/** The questions `versions` asks, and how their answers are read. */
import { present } from '../base/assert.js';
import type { RoleName, Roles } from '../event/role.js';
import type { Expression } from '../expression/tree.js';
import type { Cell } from '../query/ports.js';
import type { Result } from '../query/result.js';
import {
  breakdown,
  calculation,
  type Filter,
  filter,
  type QuerySpec,
  querySpec,
} from '../query/spec.js';
import type { Micros } from '../time/instant.js';
import type { TimeRange } from '../time/range.js';
import { type StatusCell, type VersionCell, wholeFleet } from './version-cell.js';
import type { VersionBirth } from './version-fleet.js';
import type { Candidate } from './version-kind.js';

/** What is asked of every event. */
export interface VersionScope {
  readonly roles: Roles;
  readonly where: readonly Filter[];
  readonly bad: Filter | null;
}

export function hasRole(roles: Roles, role: RoleName): boolean {
  return (roles[role]?.length ?? 0) > 0;
}

/** First and last event and their number. */
export function spanSpec(scope: VersionScope): QuerySpec {
  return querySpec({
    calculations: [calculation('count'), calculation('min', 'time'), calculation('max', 'time')],
    where: scope.where,
  });
}

/** Null when no event matches. `end` is behind the last event. */
export function spanOfResult(result: Result): TimeRange | null {
  const read = reader(result);
  const [row] = result.rows;
  if (row === undefined) return null;
  const start = read.number(row, 'min(time)');
  const end = read.number(row, 'max(time)');
  return start === null || end === null ? null : { start, end: end + 1 };
}

/** One cell a bucket, host and version. */
export function cellSpec(scope: VersionScope, window: TimeRange, stepMicros: Micros): QuerySpec {
  const service = hasRole(scope.roles, 'service') ? [breakdown('service')] : [];
  return querySpec({
    breakdowns: [...service, breakdown('host'), breakdown('version')],
    calculations: [...counts(scope), calculation('min', 'time'), calculation('max', 'time')],
    where: scope.where,
    bad: scope.bad,
    window,
    every: { stepMicros, shape: 'cells' },
  });
}

/** When each version was seen first. */
export function birthSpec(scope: VersionScope, window: TimeRange): QuerySpec {
  const service = hasRole(scope.roles, 'service') ? [breakdown('service')] : [];
  return querySpec({
    breakdowns: [...service, breakdown('version')],
    calculations: [calculation('min', 'time')],
    where: scope.where,
    window,
  });
}

export function birthsOf(result: Result): readonly VersionBirth[] {
  const read = reader(result);
  return [...result.rows].flatMap((row) => {
    const first = read.number(row, 'min(time)');
    if (first === null) return [];
    return [{ service: read.text(row, 'service'), version: read.text(row, 'version'), first }];
  });
}

export function cellsOf(result: Result): readonly VersionCell[] {
  const read = reader(result);
  return [...result.rows].flatMap((row) => {
    const events = read.number(row, 'count') ?? 0;
    const first = read.number(row, 'min(time)');
    const last = read.number(row, 'max(time)');
    if (events === 0 || first === null || last === null) return [];
    return [
      {
        service: read.text(row, 'service'),
        host: read.text(row, 'host'),
        version: read.text(row, 'version'),
        first,
        last,
        events,
        bad: Math.round((read.number(row, 'error_rate') ?? 0) * events),
        rows: effectiveRows(events, read.number(row, 'sum(weight)')),
      },
    ];
  });
}

/** What the hosts of the service of a candidate answered in a time. */
export function evidenceSpec(
  scope: VersionScope,
  { service }: Candidate,
  window: TimeRange,
): QuerySpec {
  const status = hasRole(scope.roles, 'status') ? [breakdown('status')] : [];
  const own = service === wholeFleet ? [] : [filter(isService(service))];
  return querySpec({
    breakdowns: [breakdown('host'), breakdown('version'), ...status],
    calculations: counts(scope),
    where: [...scope.where, ...own],
    bad: scope.bad,
    window,
  });
}

export function statusCellsOf(result: Result): readonly StatusCell[] {
  const read = reader(result);
  return [...result.rows].flatMap((row) => {
    const host = read.text(row, 'host');
    const version = read.text(row, 'version');
    const events = read.number(row, 'count') ?? 0;
    if (host === null || version === null) return [];
    const bad = Math.round((read.number(row, 'error_rate') ?? 0) * events);
    const rows = effectiveRows(events, read.number(row, 'sum(weight)'));
    return [{ host, version, status: read.number(row, 'status'), events, bad, rows }];
  });
}

/**
 * How many rows the events are worth. Every sum is weighted, so that of the weights is the sum of
 * their squares.
 * **Source** Kish's effective sample size; for rows of one weight it is their number.
 */
export function effectiveRows(events: number, squares: number | null): number {
  return squares === null || squares === 0 ? events : (events * events) / squares;
}

function counts({ bad }: VersionScope): QuerySpec['calculations'] {
  const errorRate = bad === null ? [] : [calculation('error_rate')];
  return [calculation('count'), calculation('sum', 'weight'), ...errorRate];
}

function isService(value: string): Expression {
  const span = { start: 0, end: 0 };
  return {
    kind: 'compare',
    op: '=',
    left: { kind: 'reference', name: 'service', exact: false, span },
    right: { kind: 'string', value, span },
    span,
  };
}

interface Reader {
  readonly number: (row: readonly Cell[], name: string) => number | null;
  readonly text: (row: readonly Cell[], name: string) => string | null;
}

/** Cells by the name of their column; a column that was not asked for is null. */
function reader({ columns }: Result): Reader {
  const at = new Map(columns.map(({ name }, index) => [name, index]));
  const cell = (row: readonly Cell[], name: string): Cell => {
    const index = at.get(name);
    return index === undefined ? null : (present(row, name)[index] ?? null);
  };
  return {
    number: (row, name) => {
      const value = cell(row, name);
      return value === null || value === '' || Number.isNaN(Number(value)) ? null : Number(value);
    },
    text: (row, name) => {
      const value = cell(row, name);
      return value === null ? null : String(value);
    },
  };
}
