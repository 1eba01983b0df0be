/** The report of `affected` as people read it: who was hurt in a sentence, then the worst off. */
import type { Losses, LossRow } from '../query/losses.js';
import { formatCount, formatPercent, plural } from '../render/number.js';
import type { Table, TableColumn, TableRow } from '../render/table.js';
import { formatDuration } from '../time/duration.js';
import { formatRange } from '../time/format.js';
import { microsPerSecond } from '../time/instant.js';
import { named, onlyFailures, shareOf } from './affected-document.js';
import { type Block, linesBlock } from './answer.js';
import { clockOf, wholeSeconds } from './clock-text.js';
import type { ScanSelection } from './scan-selection.js';

/** What is told beside the losses themselves. */
export interface AffectedView {
  /** Headings of who was hurt. */
  readonly names: readonly string[];
  /** The filter that says what was lost. */
  readonly lost: string;
  readonly selection: ScanSelection | null;
  readonly zone: string;
  /** Most rows of the table. */
  readonly limit: number;
}

/** For people: whose loss, how much in all, and who most. */
export function affectedBlocks(losses: Losses, view: AffectedView): readonly Block[] {
  const heading = linesBlock(headline(losses, view));
  if (losses.rows.length === 0) return [heading];
  return [heading, { kind: 'table', table: tableOf(losses, view) }, linesBlock(closing(view))];
}

function headline(losses: Losses, { names, lost, selection, zone }: AffectedView) {
  const { total, rows, groups, window } = losses;
  const about = selection === null ? [] : [`${selection.id}  ${selection.title}`];
  const when = `${formatRange(wholeSeconds(window), zone)} ${zone}`;
  const [name] = names;
  const noun = names.length === 1 && name !== undefined ? name : 'group';
  if (rows.length === 0) return [...about, `nobody was hurt, ${when}`, `lost: ${lost}`];
  const hurt = named(rows).length;
  const without = onlyFailures(rows).length;
  const rest = without === 0 ? '' : `; ${formatCount(without)} had no success at all`;
  const share = formatPercent(shareOf(total) ?? 0);
  const between = total.lostInterval?.map(formatCount).join('…');
  const sampled = between === undefined ? '' : ` (95 %: ${between})`;
  return [
    ...about,
    `${formatCount(hurt)} of ${plural(groups, noun)} hurt, ${when}${rest}`,
    `${plural(total.lost, 'event')} lost${sampled}, ${share} of ${formatCount(total.events)}`,
    ...retryLine(losses),
  ];
}

function retryLine({ total, retryBy }: Losses): readonly string[] {
  if (retryBy === null) return ['retries: not known, there is no trace, nor customer and route'];
  const { recovered, lost } = total;
  const same = `same ${retryBy.join(' and ')}, within 60 s`;
  return [`retried with success: ${formatCount(recovered ?? 0)} of ${formatCount(lost)} (${same})`];
}

function closing({ lost }: AffectedView): readonly string[] {
  return [`lost: ${lost}`];
}

const count = (title: string) => ({ key: title, title, align: 'right', show: 'count' }) as const;
const time = (title: string) => ({ key: title, title, align: 'left', show: 'text' }) as const;

function tableOf(losses: Losses, { names, limit, zone }: AffectedView): Table {
  const { rows, total, retryBy, window } = losses;
  const clockText = clockOf(window, zone);
  const clock = (micros: number | null) => (micros === null ? null : clockText(micros));
  const sampled = rows.some(({ lostInterval }) => lostInterval !== null);
  const range: TableColumn = { key: '95 %', title: '95 %', align: 'right', show: 'text' };
  const columns: readonly TableColumn[] = [
    ...names.map(
      (title): TableColumn => ({ key: title, title, align: 'left', show: 'text', essential: true }),
    ),
    { ...count('lost'), essential: true },
    ...(sampled ? [range] : []),
    { key: 'of theirs', title: 'of theirs', align: 'right', show: 'percent', essential: true },
    { key: 'outage', title: 'longest outage', align: 'right', show: 'text', essential: true },
    time('first lost'),
    time('last lost'),
    ...(retryBy === null ? [] : [count('retried')]),
  ];
  const cells = (row: Omit<LossRow, 'key'>, key: TableRow, outage: string | null): TableRow => [
    ...key,
    row.lost,
    ...(sampled ? [row.lostInterval?.map(formatCount).join('…') ?? null] : []),
    shareOf(row),
    outage,
    clock(row.firstLost),
    clock(row.lastLost),
    ...(retryBy === null ? [] : [row.recovered]),
  ];
  const shown = rows.slice(0, limit);
  const nobody = { first: 0, last: 0, events: 0 };
  const noKey = names.map(() => null);
  return {
    columns,
    rows: shown.map((row) => cells(row, row.key, outageText(row))),
    tail: [{ label: 'TOTAL', cells: cells({ ...total, outage: nobody }, noKey, null) }],
    seriesMax: null,
    footer:
      rows.length > limit
        ? [`${limit} of ${formatCount(rows.length)} shown; --limit shows more, csv and json all`]
        : [],
  };
}

/** One lost event is no time without success. */
function outageText({ outage, good }: LossRow): string {
  const length = Math.round((outage.last - outage.first) / microsPerSecond) * microsPerSecond;
  const text = outage.first === outage.last ? '1 event' : formatDuration(length);
  return good === 0 ? `${text}, no success` : text;
}
