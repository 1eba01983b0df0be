/** The report of `scan` as people read it: what was found, and what was not. */
import { type NearChange, nearestEnd, toldBefore } from '../forensics/scan-change.js';
import type { DetectorStatement, ScanReport } from '../forensics/scan-finding.js';
import { formatCount, formatPercent, plural } from '../render/number.js';
import type { Table } from '../render/table.js';
import { formatDuration } from '../time/duration.js';
import { formatRange } from '../time/format.js';
import { microsPerDay, microsPerMinute, microsPerSecond } from '../time/instant.js';
import { type Block, linesBlock } from './answer.js';
import type { NumberedFinding } from './scan-document.js';

/** A scan with its findings numbered. */
export interface ScanView {
  readonly report: ScanReport;
  readonly findings: readonly NumberedFinding[];
  readonly zone: string;
}

/** Findings told in sentences; the table has all. Chosen by us. */
const told = 3;

/** For people: what was found, the first findings in full, and what was not looked at. */
export function scanBlocks(view: ScanView): readonly Block[] {
  const { findings } = view;
  const blocks: Block[] = [linesBlock([headline(view)])];
  if (findings.length > 0) blocks.push({ kind: 'table', table: shownTable(view) });
  for (const one of findings.slice(0, told)) {
    if (one.finding.severity !== 'info') blocks.push(linesBlock(storyLines(one, view.zone)));
  }
  return [...blocks, linesBlock(closingLines(view))];
}

function headline({ report }: ScanView): string {
  const { window, coverage, detectors, events } = report;
  if (report.rows === 0) return 'no events, so nothing to find';
  const days = (window.end - window.start) / microsPerDay;
  const length = days >= 2 ? plural(Math.round(days), 'day') : formatDuration(minutes(window));
  const ran = detectors.filter((one) => one.ran).length;
  const gaps = coverage.gaps.length === 0 ? 'no gaps' : plural(coverage.gaps.length, 'gap');
  return `scanned ${length}, ${plural(events, 'event')}, ${plural(ran, 'detector')}, ${gaps}`;
}

function minutes({ start, end }: { readonly start: number; readonly end: number }): number {
  return Math.max(microsPerMinute, Math.round((end - start) / microsPerMinute) * microsPerMinute);
}

function shownTable({ findings, zone }: ScanView): Table {
  const text = (key: string) => ({ key, title: key, align: 'left', show: 'text' }) as const;
  return {
    columns: [
      { key: '#', title: '#', align: 'right', show: 'text', essential: true },
      { ...text('severity'), essential: true },
      { ...text('what'), essential: true },
      { ...text(`when (${zone})`), essential: true },
      { key: 'events', title: 'events', align: 'right', show: 'count' },
    ],
    rows: findings.map(({ id, finding }) => [
      id.slice('scan:'.length),
      finding.severity,
      shortTitle(finding.title),
      whenText(finding, zone),
      finding.requestsAffected,
    ]),
    seriesMax: null,
    footer: [],
  };
}

/** Chosen by us: leaves room for the times on 80 columns; the whole title follows below. */
const titleChars = 36;

function shortTitle(title: string): string {
  return title.length <= titleChars ? title : `${title.slice(0, titleChars - 3).trimEnd()}...`;
}

function whenText({ start, end, ongoing }: NumberedFinding['finding'], zone: string): string {
  const range = formatRange(whole({ start, end }), zone).replace(/\d{4}-(\d\d-\d\d)/g, '$1');
  return ongoing ? `${range.split(' → ')[0] ?? range} → now` : range;
}

function whole({ start, end }: { readonly start: number; readonly end: number }) {
  return {
    start: Math.floor(start / microsPerSecond) * microsPerSecond,
    end: Math.floor(end / microsPerSecond) * microsPerSecond,
  };
}

function storyLines({ id, finding, changes }: NumberedFinding, zone: string): readonly string[] {
  const { bad, events, hosts, versions, statuses, errors, alsoSeenAs, topCustomers } = finding;
  const length = formatDuration(minutes(finding));
  const end = finding.ongoing ? 'still so when the data ends' : 'ended by itself';
  const counted = bad > 0 ? `; ${formatCount(bad)} of ${formatCount(events)} events` : '';
  const some = (names: readonly string[]): string =>
    names.length > 6 ? `${names.slice(0, 6).join(', ')} …` : names.join(', ');
  const customers = topCustomers.map(
    ({ customer, events: own }) => `${customer} ${formatCount(own)}`,
  );
  const lines: readonly (readonly [string, readonly string[]])[] = [
    ['hosts', hosts],
    ['version', versions],
    ['status', statuses],
    ['errors', errors],
    ['also', alsoSeenAs],
    ['hurt', customers.slice(0, 4)],
    ['before', changes === null ? [] : [beforeText(changes)]],
    ['at end', changes === null || finding.ongoing ? [] : [endText(changes)]],
  ];
  return [
    `${id}  ${finding.title}`,
    `  ${formatRange(whole(finding), zone)} ${zone} (${length})${counted}; ${end}`,
    ...lines.flatMap(([name, values]) =>
      values.length === 0 ? [] : [`  ${name.padEnd(8)} ${some(values)}`],
    ),
    `  unnoticed  ${finding.whyUnnoticed}`,
  ];
}

function beforeText(changes: readonly NearChange[]): string {
  const told = toldBefore(changes).map((change) => changeText(change, 'before it began'));
  return told.length === 0 ? 'no change was seen before it' : told.join('; ');
}

function endText(changes: readonly NearChange[]): string {
  const nearest = nearestEnd(changes);
  return nearest === null ? 'it ended without any change' : changeText(nearest, 'before its end');
}

function changeText({ type, message, lag }: NearChange, before: string): string {
  const minute = Math.round(Math.abs(lag) / microsPerMinute) * microsPerMinute;
  const after = before.replace('before', 'after');
  const when =
    minute === 0 ? 'in the same minute' : `${formatDuration(minute)} ${lag < 0 ? after : before}`;
  return `${type === 'hosts' ? '' : `${type} `}${message}, ${when}`;
}

/** Chosen by us: chronic conditions named. */
const namedChronic = 3;

function closingLines({ report, findings }: ScanView): readonly string[] {
  const { detectors, chronic, coverage, rule } = report;
  const nothing = detectors.filter((one) => one.ran && one.findings === 0).map(({ name }) => name);
  const unable = detectors.filter((one) => !one.ran);
  const real = findings.filter(({ finding }) => finding.severity !== 'info').length;
  const none = findings.length === 0 ? 'nothing stood out beyond chance' : 'nothing to act upon';
  const silent = real === 0 ? [none] : [];
  const habits = chronic
    .slice(0, namedChronic)
    .map(({ what, entity, rate, signal }) => `${what} ${entity} ${formatPercent(rate)} ${signal}`);
  const more = chronic.length - habits.length;
  const rest = more > 0 ? `, ${formatCount(more)} more` : '';
  return [
    ...silent,
    ...(nothing.length === 0 ? [] : [`nothing found by: ${nothing.join(', ')}`]),
    ...unable.map(unableLine),
    ...detectors.flatMap(({ name, ran, reason }) =>
      ran && reason !== null ? [`looked at less: ${name} (${reason})`] : [],
    ),
    ...(habits.length === 0 ? [] : [`always so, no incident: ${habits.join(', ')}${rest}`]),
    ...(rule === null ? [] : [`failing: ${rule}`]),
    coveredLine(coverage),
  ];
}

function coveredLine({ measured, minutes: all }: ScanReport['coverage']): string {
  return `covered: ${formatCount(measured)} of ${formatCount(all)} minutes hold events`;
}

function unableLine({ name, reason }: DetectorStatement): string {
  return `did not run: ${name} (${reason ?? 'not known'})`;
}
