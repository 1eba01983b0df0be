/** The report of `versions` as people read it: sentences, hosts, time line, matrix. */
import { wholeFleet } from '../forensics/version-cell.js';
import type { StricterRule } from '../forensics/version-evidence.js';
import type { NotSeen, VersionGroup } from '../forensics/version-report.js';
import type { VersionAnswer } from '../forensics/version-search.js';
import { type HostRow, hostRows, matrixRows, timelineRows } from '../forensics/version-views.js';
import type { Note } from '../query/result.js';
import { formatCount, formatPercent, plural } from '../render/number.js';
import type { Table, TableColumn, TableRow } from '../render/table.js';
import { formatDuration } from '../time/duration.js';
import { formatClock, formatDate, formatMoment, formatRange } from '../time/format.js';
import { chooseStep } from '../time/granularity.js';
import { microsPerDay, microsPerSecond } from '../time/instant.js';
import type { TimeRange } from '../time/range.js';
import { type Block, linesBlock } from './answer.js';

/** Marks of a sparkline that fit beside the columns of a host. */
const seriesBuckets = 24;

/** What is told of versions. */
export interface VersionsView {
  readonly answer: VersionAnswer;
  readonly mismatches: readonly VersionGroup[];
  readonly zone: string;
  readonly matrix: boolean;
  /** Stands behind a host that disagreed. */
  readonly mark: string;
}

/** Sentences, then hosts and the time line, or the matrix; what was not seen comes last. */
export function versionBlocks(view: VersionsView): readonly Block[] {
  const tables = view.matrix ? [matrixTable(view)] : [hostTable(view), timelineTable(view)];
  return [
    linesBlock(sentences(view)),
    ...tables.filter(({ rows }) => rows.length > 0).map(tableBlock),
    linesBlock(closing(view)),
  ];
}

function tableBlock(table: Table): Block {
  return { kind: 'table', table };
}

function sentences({ answer, mismatches, zone }: VersionsView): readonly string[] {
  const { window, transitions } = answer.report;
  const calm = plural(transitions.length, 'change');
  const other = `as it should be: ${calm} of version (rollouts, canaries)`;
  if (mismatches.length > 0) {
    const told = mismatches.flatMap((group) => [
      ...groupLines(group, zone),
      ...thinLine(group, answer),
    ]);
    return transitions.length === 0 ? told : [...told, other];
  }
  const range = `${formatRange(seconds(window), zone)} ${zone}`;
  return [`no host disagreed with its fleet, ${range}`, ...(transitions.length > 0 ? [other] : [])];
}

function groupLines(group: VersionGroup, zone: string): readonly string[] {
  const service = group.service === '' ? '' : `${group.service}: `;
  const length = formatDuration(group.end - group.start);
  const when = `${formatRange(group, zone)} ${zone} (${length}), ${group.kind}`;
  const events = formatCount(group.events ?? 0);
  const bad = group.bad === null ? '' : `; ${formatCount(group.bad)} of ${events} bad`;
  return [`${service}${group.sentence}`, `${when}${bad}`, ...stricterLine(group)];
}

/** Who ran the same version then, for fewer events than prove it. */
function thinLine(group: VersionGroup, { cells }: VersionAnswer): readonly string[] {
  const known = new Set(group.hosts.map(({ host }) => host));
  const thin = cells.flatMap(({ service, host, version, first, last }) => {
    const isOf = version === group.version && (service ?? wholeFleet) === group.service;
    const isThen = first < group.end && last >= group.start;
    return isOf && isThen && host !== null && !known.has(host) ? [host] : [];
  });
  const count = new Set(thin).size;
  if (count === 0) return [];
  return [`and ${plural(count, 'host')} more, each for too few events to count it`];
}

/** Offers the rule that would have seen what the present one does not count. */
function stricterLine({ stricter }: VersionGroup): readonly string[] {
  if (stricter === null) return [];
  const { missed, found } = stricterWords(stricter);
  return [`▲ ${missed};`, `  ${found}`];
}

function stricterWords({ status, rule, statusShare, badShare }: StricterRule) {
  return {
    missed: `${formatPercent(statusShare)} of their events are ${status}, which bad does not count`,
    found: `${formatPercent(badShare)} are bad with --bad '${rule}'`,
  };
}

/** The same for those who read the rows alone. */
export function stricterNotes(mismatches: readonly VersionGroup[]): readonly Note[] {
  return mismatches.flatMap(({ sentence, stricter }): readonly Note[] => {
    if (stricter === null) return [];
    const { missed, found } = stricterWords(stricter);
    return [{ level: 'warning', code: 'stricter', text: `${sentence}: ${missed}; ${found}` }];
  });
}

/** Silent hosts named in the answer; JSON has all. Chosen by us. */
const namedSilent = 3;

function silentLine({ silentHosts }: NotSeen, zone: string): readonly string[] {
  if (silentHosts.length === 0) return [];
  const named = silentHosts.slice(0, namedSilent).map(({ host, start, end }) => {
    const length = formatDuration(end - start);
    return `${host} ${formatRange(seconds({ start, end }), zone)} ${zone} (${length})`;
  });
  const more = silentHosts.length - named.length;
  const rest = more === 0 ? [] : [`${formatCount(more)} more`];
  return [`silent while their service sent: ${[...named, ...rest].join(', ')}`];
}

function closing({ answer, zone }: VersionsView): readonly string[] {
  const { bad } = answer;
  const { notSeen } = answer.report;
  const lacking = `${formatPercent(notSeen.share)} of events lack host or version`;
  const thin = notSeen.thinHosts.length;
  const few =
    thin === 0 ? '' : `; ${plural(thin, 'host')} ran a version for too few events to count`;
  return [
    ...(bad === null ? [] : [`bad: ${bad}`]),
    ...silentLine(notSeen, zone),
    `not seen: hosts that sent nothing; ${lacking}${few}`,
  ];
}

/** Events around a mismatch that show how it began and ended. Chosen by us. */
const leastMarginBuckets = 6;

/** What the tables show: the mismatches and some time before and after, or the whole window. */
function focusOf({ answer, mismatches }: VersionsView): TimeRange {
  const { window } = answer.report;
  if (mismatches.length === 0) return window;
  const start = Math.min(...mismatches.map((group) => group.start));
  const end = Math.max(...mismatches.map((group) => group.end));
  const margin = Math.max((end - start) / 3, leastMarginBuckets * answer.stepMicros);
  return {
    start: Math.max(window.start, Math.floor(start - margin)),
    end: Math.min(window.end, Math.ceil(end + margin)),
  };
}

/** Services with a mismatch, or all when there is none: the others have nothing to tell. */
function shownServices({ answer, mismatches }: VersionsView): ReadonlySet<string> {
  const own = mismatches.map(({ service }) => service);
  return new Set(own.length > 0 ? own : answer.report.services);
}

function hostTable(view: VersionsView): Table {
  const { answer, zone, mark } = view;
  const range = focusOf(view);
  const stepMicros = Math.max(answer.stepMicros, chooseStep(range, seriesBuckets));
  const near = answer.cells.filter(({ first, last }) => first < range.end && last >= range.start);
  const services = shownServices(view);
  const rows = hostRows(answer.report, near, { range, stepMicros }).filter(({ service }) =>
    services.has(service),
  );
  const wanted = mismatchRows(rows, view.mismatches);
  const rest = rows
    .filter((row) => !wanted.includes(row))
    .sort((left, right) => left.first - right.first);
  const shown = [...wanted.map((row) => [row]), ...groupBy(rest, fleetKey)];
  const judged = answer.bad !== null;
  const show = {
    named: wanted.length > 0,
    services: services.size > 1,
    judged,
    mismatch: (row: HostRow) => wanted.includes(row),
    mark,
    zone,
    day: sameDay(rows, zone),
  };
  return {
    columns: hostColumns(services.size > 1, judged, stepMicros, clockEdges(range, zone)),
    rows: shown.map((own) => hostCells(own, show)),
    seriesMax: 1,
    footer: [],
  };
}

function sameDay(rows: readonly HostRow[], zone: string): boolean {
  const dates = rows.flatMap(({ first, last }) => [
    formatDate(first, zone),
    formatDate(last, zone),
  ]);
  return new Set(dates).size <= 1;
}

/** Rows of the hosts that disagreed, on the version they disagreed with. */
export function mismatchRows(
  rows: readonly HostRow[],
  mismatches: readonly VersionGroup[],
): readonly HostRow[] {
  return rows.filter((row) =>
    mismatches.some(
      (group) =>
        group.service === row.service &&
        group.version === row.version &&
        group.hosts.some(({ host }) => host === row.host),
    ),
  );
}

function hostColumns(
  services: boolean,
  judged: boolean,
  stepMicros: number,
  edges: readonly [string, string],
): readonly TableColumn[] {
  const text = (key: string): TableColumn => ({ key, title: key, align: 'left', show: 'text' });
  return [
    ...(services ? [text('service')] : []),
    ...['host', 'version', 'first', 'last'].map(text),
    { key: 'events', title: 'events', align: 'right', show: 'count' },
    { key: 'bad', title: 'bad', align: 'right', show: 'percent' },
    ...(judged ? [badSeries(stepMicros, edges)] : []),
  ];
}

function badSeries(stepMicros: number, edges: readonly [string, string]): TableColumn {
  const title = `bad per ${formatDuration(stepMicros)}`;
  return { key: 'series', title, align: 'left', show: 'series', edges };
}

interface HostShow {
  /** Hosts are named above, so that others are "more". */
  readonly named: boolean;
  readonly services: boolean;
  /** There is a rule for what is bad. */
  readonly judged: boolean;
  readonly mismatch: (row: HostRow) => boolean;
  readonly mark: string;
  readonly zone: string;
  /** Times of day are enough. */
  readonly day: boolean;
}

function hostCells(rows: readonly HostRow[], show: HostShow): TableRow {
  const [row] = rows;
  if (row === undefined) return [];
  const marked = show.mismatch(row);
  const name = marked ? `${row.host} ${show.mark}` : hostsText(rows, show.named);
  const moment = (micros: number): string =>
    show.day
      ? formatClock(micros - (micros % microsPerSecond), show.zone)
      : formatMoment(micros - (micros % microsPerSecond), show.zone);
  const events = rows.reduce((sum, each) => sum + each.events, 0);
  const bad = rows.reduce((sum, each) => sum + each.bad, 0);
  return [
    ...(show.services ? [row.service] : []),
    name,
    row.version,
    moment(Math.min(...rows.map(({ first }) => first))),
    moment(Math.max(...rows.map(({ last }) => last))),
    events,
    !show.judged || events === 0 ? null : bad / events,
    ...(show.judged ? [rows.length === 1 ? row.badShares : []] : []),
  ];
}

function hostsText(rows: readonly HostRow[], named: boolean): string {
  const [row] = rows;
  if (rows.length === 1 && row !== undefined) return row.host;
  return named ? `${rows.length} more` : plural(rows.length, 'host');
}

function fleetKey({ service, version }: HostRow): string {
  return JSON.stringify([service, version]);
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): readonly (readonly T[])[] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return [...groups.values()];
}

function timelineTable(view: VersionsView): Table {
  const { answer, zone } = view;
  const range = timelineRange(view);
  const stepMicros = Math.max(answer.stepMicros, chooseStep(range, 2 * seriesBuckets));
  const shown = shownServices(view);
  const services = shown.size > 1;
  const rows = timelineRows(answer.report, { range, stepMicros }).filter(
    ({ service, hosts }) => shown.has(service) && hosts.some((count) => count > 0),
  );
  const most = rows.flatMap(({ hosts }) => hosts).reduce((best, count) => Math.max(best, count), 0);
  return {
    columns: [
      ...(services ? [column('service', 'service')] : []),
      column('version', 'hosts per version'),
      { key: 'most', title: 'most', align: 'right', show: 'count' },
      {
        key: 'hosts',
        title: `per ${formatDuration(stepMicros)}`,
        align: 'left',
        show: 'series',
        edges: clockEdges(range, zone),
      },
    ],
    rows: rows.map(({ service, version, hosts }) => [
      ...(services ? [service] : []),
      version,
      hosts.reduce((best, count) => Math.max(best, count), 0),
      hosts,
    ]),
    seriesMax: most,
    footer: [],
  };
}

/** A day around the mismatches: how the fleet came by the version, and what came of it. */
function timelineRange(view: VersionsView): TimeRange {
  const { window } = view.answer.report;
  if (view.mismatches.length === 0) return window;
  const { start, end } = focusOf(view);
  const margin = Math.max(0, (microsPerDay - (end - start)) / 2);
  return {
    start: Math.max(window.start, Math.floor(start - margin)),
    end: Math.min(window.end, Math.ceil(end + margin)),
  };
}

function column(key: string, title: string): TableColumn {
  return { key, title, align: 'left', show: 'text' };
}

function matrixTable(view: VersionsView): Table {
  const { answer, zone } = view;
  const { report } = answer;
  const buckets = { range: report.window, stepMicros: answer.stepMicros };
  const rows = matrixRows(report, answer.cells, buckets);
  const services = answer.report.services.length > 1;
  return {
    columns: [
      ...(services ? [column('service', 'service')] : []),
      column('when', 'when'),
      column('state', 'state'),
      column('version', 'version'),
      { key: 'hosts', title: 'hosts', align: 'right', show: 'count' },
      { key: 'events', title: 'events', align: 'right', show: 'count' },
      { key: 'bad', title: 'bad', align: 'right', show: 'percent' },
    ],
    rows: rows.flatMap((row) =>
      row.cells.map(({ version, hosts, events, bad }) => [
        ...(services ? [row.service] : []),
        formatRange(seconds(row), zone),
        row.state === 'mismatch' ? `${view.mark} mismatch` : row.state,
        version,
        hosts,
        events,
        answer.bad === null || events === 0 ? null : bad / events,
      ]),
    ),
    seriesMax: null,
    footer: [],
  };
}

function clockEdges(range: TimeRange, zone: string): readonly [string, string] {
  const { start, end } = seconds(range);
  const days = end - start > 2 * microsPerDay;
  const edge = (micros: number): string => {
    const text = formatMoment(micros - (micros % microsPerSecond), zone);
    return days ? text.slice(5, 10) : text.slice(11, 16);
  };
  return [edge(start), edge(end)];
}

function seconds({ start, end }: TimeRange): TimeRange {
  return {
    start: Math.floor(start / microsPerSecond) * microsPerSecond,
    end: Math.ceil(end / microsPerSecond) * microsPerSecond,
  };
}
