/** What failing means in these events: by the status, else by what else tells of trouble. */
import { isServerFault, type StatusKind, softCodes, statusKind } from '../event/status-kind.js';
import type { Cell } from '../query/ports.js';
import { rollupSpec } from '../query/rollup.js';
import { breakdown, type Term, term } from '../query/spec.js';
import type { TimeRange } from '../time/range.js';
import { columnText, filterOf, quoted, type ScanPort } from './scan-port.js';

/** What a pager on server errors would count. */
export interface PagerRule {
  readonly kind: StatusKind['kind'];
  readonly where: string;
  /** As people call it: `5xx`. */
  readonly what: string;
}

/** What counts as failing, and what a pager would count of it. */
export interface FailRule {
  /** For `--where`. */
  readonly fail: string;
  readonly pager: PagerRule | null;
  /** Codes that are followed by themselves: none of them is most of what is answered. */
  readonly codes: readonly { readonly code: number; readonly count: number }[];
  /** Rows that fail, where they were counted. */
  readonly failing: number | null;
}

interface Counted {
  readonly value: string | number | bigint | boolean;
  readonly count: number;
}

/** One good code for another is no trouble. */
const leastCode = 300;
/** Chosen by us: codes followed, the most frequent first. */
const mostCodes = 8;
/** Chosen by us: fewer rows of a status than this make no signal of its own. */
const fewestRows = 20;
/** Chosen by us: a status met by more rows than this is the rule, not a sign. */
const mostShare = 0.2;

/** Null where there is no status, or nothing in it. */
export async function statusRule(port: ScanPort, window: TimeRange): Promise<FailRule | null> {
  const label = port.source.roles.status?.find((one) => hasColumn(port, one));
  if (label === undefined) return null;
  const counts = await countsOf(port, window, term('status'));
  if (counts.length === 0) return null;
  const kind = statusKind(label, counts);
  if (kind === null) return { fail: plainRule(counts), pager: null, codes: [], failing: null };
  const what = { http: '5xx', grpc: 'server faults', flag: 'failures', word: 'failures' }[
    kind.kind
  ];
  const pager = { kind: kind.kind, where: kind.bad, what };
  return { fail: kind.failing, pager, ...(kind.kind === 'http' ? httpCodes(counts) : noCodes) };
}

const noCodes = { codes: [], failing: null } as const;

function hasColumn({ source }: ScanPort, label: string): boolean {
  return source.schema.some((column) => column.label === label);
}

async function countsOf(port: ScanPort, window: TimeRange, of: Term): Promise<readonly Counted[]> {
  const keys = [{ ...breakdown(of.name), term: of }];
  const rows = await port.rollup(rollupSpec(window, { keys }));
  return rows.flatMap(([value = null, count]) =>
    value === null || typeof value === 'object' ? [] : [{ value, count: Number(count) }],
  );
}

function httpCodes(counts: readonly Counted[]): Pick<FailRule, 'codes' | 'failing'> {
  const total = sum(counts);
  const numbers = counts
    .filter(({ value }) => isNumber(value))
    .map(({ value, count }) => ({ code: Number(value), count }));
  const codes = numbers
    .filter(({ code, count }) => {
      return code >= leastCode && count >= fewestRows && count <= total * mostShare;
    })
    .sort((left, right) => right.count - left.count || left.code - right.code)
    .slice(0, mostCodes)
    .sort((left, right) => left.code - right.code);
  const failing = numbers.filter(({ code }) => code >= 400 && !softCodes.includes(code));
  return { codes, failing: sum(failing) };
}

function sum(counts: readonly { readonly count: number }[]): number {
  return counts.reduce((total, { count }) => total + count, 0);
}

function isNumber(value: Cell): boolean {
  return value !== null && value !== '' && Number.isFinite(Number(value));
}

/** The most frequent first. */
export function byCount(
  left: { readonly value: Cell; readonly count: number },
  right: { readonly value: Cell; readonly count: number },
): number {
  return right.count - left.count || (String(left.value) < String(right.value) ? -1 : 1);
}

/** Of values that say nothing by themselves: 0 is good, else the most frequent one. */
function plainRule(counts: readonly Counted[]): string {
  const small = counts.filter(({ value }) => isNumber(value) && Math.abs(Number(value)) < 100);
  if (sum(small) > sum(counts) * 0.9) return 'status != 0';
  const [most] = [...counts].sort(byCount);
  const good = most?.value ?? '';
  return `status != ${typeof good === 'string' ? quoted(good) : String(good)}`;
}

/** The rule of the status and one that was set, as one condition. */
export function failRule(status: FailRule | null, bad: string | null): FailRule | null {
  if (bad === null || bad === status?.pager?.where || bad === status?.fail) return status;
  if (status === null) return { fail: bad, pager: null, ...noCodes };
  return { ...status, fail: `(${status.fail}) or (${bad})` };
}

const levelLike = /^(log[._]?)?(level|severity)([._]text)?$/i;
const troubleLevels = /^(error|err|fatal|crit|critical|alert|emerg|emergency|panic)$/i;
/** The name of a column that says what went wrong. */
export const errorLike = /(^|[._])(err|fault|fail)([._]|$)|error|exception|failure/i;
/** Chosen by us: what more events than this have is no sign of trouble. */
const mostTrouble = 0.2;

/** Without a status: an error that few events have, or the level they were logged with. */
export async function troubleRule(port: ScanPort, window: TimeRange): Promise<FailRule | null> {
  const [role] = port.source.roles.error ?? [];
  const rules: string[] = [];
  for (const { label, type } of port.source.schema) {
    const asked: Term = { ...term(label), exact: true };
    if (type === 'string' && levelLike.test(label)) {
      const counts = await countsOf(port, window, asked);
      const bad = counts.filter(({ value }) => troubleLevels.test(String(value)));
      if (sum(bad) === 0 || sum(bad) > sum(counts) * mostTrouble) continue;
      const words = bad.map(({ value }) => quoted(String(value))).sort();
      rules.push(`${columnText(label)} in (${words.join(', ')})`);
    } else if (type === 'string' && (label === role || errorLike.test(label))) {
      const where = `${columnText(label)} exists`;
      if (await isRare(port, window, where)) rules.push(where);
    }
  }
  const [fail] = rules.length > 1 ? [rules.map((rule) => `(${rule})`).join(' or ')] : rules;
  if (fail === undefined) return null;
  return { fail, pager: { kind: 'word', where: fail, what: 'failures' }, ...noCodes };
}

async function isRare(port: ScanPort, window: TimeRange, text: string): Promise<boolean> {
  const measures = [
    { kind: 'rows', where: null },
    { kind: 'rows', where: filterOf(text) },
  ] as const;
  const [[rows, own] = []] = await port.rollup(rollupSpec(window, { measures }));
  return Number(own) > 0 && Number(own) <= Number(rows) * mostTrouble;
}

/** Those that a pager does not count. */
export function uncountedBy({ kind }: PagerRule, statuses: readonly string[]): readonly string[] {
  return statuses.filter((status) => !isServerFault(kind, status));
}
