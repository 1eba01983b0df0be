/** The report of `affected` for machines: every row, and the total over all events. */
import type { LossCounts, Losses, LossRow } from '../query/losses.js';
import { exactInstant } from '../render/cell.js';
import { type JsonValue, jsonRow } from '../render/json.js';
import type { Table, TableColumn, TableRow } from '../render/table.js';
import { sourceFields, windowFields } from './query-document.js';
import type { ScanSelection } from './scan-selection.js';

type Fields = Readonly<Record<string, JsonValue>>;

/**
 * **Shape** `window, lost_is, finding, rows, total, totals, hurt, groups, only_failures, retry,
 * source`. `rows` are those that lost something, most lost first; `totals` counts all events.
 */
export function affectedDocument(
  losses: Losses,
  {
    names,
    lost,
    selection,
  }: {
    readonly names: readonly string[];
    readonly lost: string;
    readonly selection: ScanSelection | null;
  },
): Fields {
  const table = affectedTable(losses, names);
  const { total, retryBy } = losses;
  return {
    window: windowFields(losses.window),
    lost_is: lost,
    finding: selection === null ? null : { id: selection.id, title: selection.title },
    rows: table.rows.map((row) => jsonRow(table, row)),
    total: table.rows.length,
    totals: {
      lost: total.lost,
      lost_low: total.lostInterval?.[0] ?? total.lost,
      lost_high: total.lostInterval?.[1] ?? total.lost,
      events: total.events,
      lost_share: shareOf(total),
      first_lost: instant(total.firstLost),
      last_lost: instant(total.lastLost),
      recovered: total.recovered,
    },
    hurt: named(losses.rows).length,
    groups: losses.groups,
    only_failures: onlyFailures(losses.rows).length,
    retry: retryBy === null ? null : { same: [...retryBy], within_seconds: 60 },
    source: sourceFields(losses),
  };
}

function instant(micros: number | null): string | null {
  return micros === null ? null : exactInstant(micros);
}

/** Rows of someone: of events with a value in any of the columns asked for. */
export function named(rows: readonly LossRow[]): readonly LossRow[] {
  return rows.filter(({ key }) => key.some((cell) => cell !== null));
}

/** Those that had no success at all in the window. */
export function onlyFailures(rows: readonly LossRow[]): readonly LossRow[] {
  return named(rows).filter(({ good }) => good === 0);
}

/** Null where there are no events. */
export function shareOf({ lost, events }: LossCounts): number | null {
  return events === 0 ? null : lost / events;
}

const text = (key: string) => ({ key, title: key, align: 'left', show: 'text' }) as const;
const time = (key: string) => ({ key, title: key, align: 'left', show: 'instant' }) as const;
const count = (key: string) => ({ key, title: key, align: 'right', show: 'count' }) as const;

const ownColumns: readonly TableColumn[] = [
  ...['lost', 'lost_low', 'lost_high', 'events'].map(count),
  { key: 'lost_share', title: 'lost_share', align: 'right', show: 'percent' },
  { ...text('only_failures'), type: 'boolean' },
  ...['first_lost', 'last_lost', 'outage_start', 'outage_end'].map(time),
  { key: 'outage_seconds', title: 'outage_seconds', align: 'right', show: 'number' },
  count('outage_lost'),
  count('recovered'),
];

/** **Shape** one row for each that lost something, most lost first, then by name. */
export function affectedTable(losses: Losses | null, names: readonly string[]): Table {
  const taken = new Set(ownColumns.map(({ key }) => key));
  const keys = names.map((name) => text(taken.has(name) ? `by ${name}` : name));
  return {
    columns: [...keys, ...ownColumns],
    rows: losses?.rows.map(rowOf) ?? [],
    seriesMax: null,
    footer: [],
  };
}

function rowOf(row: LossRow): TableRow {
  const { key, lost, lostInterval, events, good, outage } = row;
  return [
    ...key,
    lost,
    lostInterval?.[0] ?? lost,
    lostInterval?.[1] ?? lost,
    events,
    shareOf(row),
    good === 0,
    row.firstLost,
    row.lastLost,
    outage.first,
    outage.last,
    (outage.last - outage.first) / 1_000_000,
    outage.events,
    row.recovered,
  ];
}
