/** A comparison as a table: each calculation now, there, the change and the ratio. */
import { unreachable } from '../base/assert.js';
import type { ComparedCell } from '../query/compare.js';
import type { AskedWindow, ComparedRow, Comparison } from '../query/compare-result.js';
import type { Cell } from '../query/ports.js';
import type { ResultColumn } from '../query/result.js';
import { formatCount, plural } from './number.js';
import {
  outerRange,
  scaleText,
  seriesColumn,
  showOf,
  tableColumn,
  titleOf,
} from './result-table.js';
import type { Series, Table, TableColumn, TableRow } from './table.js';

/** What a column of a comparison holds; `before` is the value of a baseline. */
export type ComparedColumnKind =
  | 'breakdown'
  | 'time'
  | 'state'
  | 'calculation'
  | 'before'
  | 'low'
  | 'high'
  | 'change'
  | 'ratio';

export interface ComparedColumn {
  readonly kind: ComparedColumnKind;
  readonly table: TableColumn;
  /** The column it is made from; null for the state. */
  readonly of: ResultColumn | null;
  readonly baseline: string | null;
  readonly cellOf: (row: ComparedRow) => Cell;
}

/** How people call the windows; null: by the calculation, and by how far back they lie. */
export interface WindowTitles {
  readonly now: string;
  readonly before: string;
}

export interface ComparisonTableOptions {
  readonly titles: WindowTitles | null;
  readonly instant: (micros: number) => string;
  readonly zone: string;
  /** Adds a sparkline for each window. */
  readonly sparkline: boolean;
  /** Leaves out the state of groups where all are in both windows. */
  readonly isBrief: boolean;
}

const timeColumn: ResultColumn = {
  name: 'time',
  kind: 'time',
  type: 'timestamp',
  unit: null,
  exact: true,
};

/** The columns in order: time, breakdowns, state, then each calculation with its baselines. */
export function comparedColumns(
  comparison: Comparison,
  titles: WindowTitles | null,
): readonly ComparedColumn[] {
  const { keys, calculations, baselines, hasTime } = comparison;
  const time: ComparedColumn = {
    kind: 'time',
    table: tableColumn(timeColumn),
    of: timeColumn,
    baseline: null,
    cellOf: (row) => row.time,
  };
  const state: ComparedColumn = {
    kind: 'state',
    table: { key: 'state', title: 'state', align: 'left', show: 'text' },
    of: null,
    baseline: null,
    cellOf: (row) => row.state,
  };
  return [
    ...(hasTime ? [time] : []),
    ...keys.map(
      (column, index): ComparedColumn => ({
        kind: 'breakdown',
        table: tableColumn(column),
        of: column,
        baseline: null,
        cellOf: (row) => row.keys[index] ?? null,
      }),
    ),
    ...(keys.length > 0 ? [state] : []),
    ...calculations.flatMap((column, index) => [
      nowColumn(column, index, { titles, isOnly: calculations.length === 1 }),
      ...baselines.flatMap((baseline, place) => {
        const isOnly = calculations.length === 1;
        return baselineColumns(column, { index, place }, { baseline, titles, isOnly });
      }),
    ]),
  ];
}

interface Titled {
  readonly titles: WindowTitles | null;
  /** Whether there is one calculation only, which need not be named again. */
  readonly isOnly: boolean;
}

function nowColumn(
  column: ResultColumn,
  index: number,
  { titles, isOnly }: Titled,
): ComparedColumn {
  const named = titles === null || !isOnly ? titleOf(column) : shortTitle(titles.now, 'now');
  return {
    kind: 'calculation',
    table: { ...tableColumn(column), title: named },
    of: column,
    baseline: null,
    cellOf: (row) => row.cells[index]?.value ?? null,
  };
}

function baselineColumns(
  column: ResultColumn,
  { index, place }: { readonly index: number; readonly place: number },
  given: Titled & { readonly baseline: Comparison['baselines'][number] },
): readonly ComparedColumn[] {
  const { baseline, titles, isOnly } = given;
  const { name, isBand } = baseline;
  const label = beforeTitle(baseline, titles);
  const kinds = isBand
    ? (['before', 'low', 'high', 'change', 'ratio'] as const)
    : (['before', 'change', 'ratio'] as const);
  return kinds.map((kind): ComparedColumn => {
    const title = kind === 'before' ? label : kind;
    return {
      kind,
      table: {
        key: `${column.name}${kind === 'before' ? '' : `_${kind}`}@${name}`,
        title: isOnly ? title : `${column.name} ${title}`,
        align: 'right',
        show: shownAs(kind, column),
        type: kind === 'before' && !isBand ? column.type : 'number',
        unit: kind === 'ratio' ? null : column.unit,
        essential: true,
      },
      of: column,
      baseline: name,
      cellOf: (row) => cellFor(kind, row.cells[index], place),
    };
  });
}

/** A sentence typed as a window makes no heading. */
const longestTitle = 16;

function shortTitle(text: string, otherwise: string): string {
  return text.length > longestTitle ? otherwise : text;
}

function beforeTitle(
  { name, isBand }: Pick<Comparison['baselines'][number], 'name' | 'isBand'>,
  titles: WindowTitles | null,
): string {
  if (titles !== null) return shortTitle(titles.before, 'before');
  return isBand ? `${name} median` : `${name} before`;
}

type BaselineKind = 'before' | 'low' | 'high' | 'change' | 'ratio';

function shownAs(kind: BaselineKind, column: ResultColumn): TableColumn['show'] {
  switch (kind) {
    case 'before':
    case 'low':
    case 'high':
      return showOf(column);
    case 'change':
      return column.unit === 'ratio' ? 'points' : 'change';
    case 'ratio':
      return 'factor';
    default:
      return unreachable(kind);
  }
}

function cellFor(kind: BaselineKind, cell: ComparedCell | undefined, place: number): Cell {
  const against = cell?.baselines[place];
  if (against === undefined) return null;
  return kind === 'before' ? against.value : against[kind];
}

/** **Shape** the columns in order, then a sparkline a window; OTHER and TOTAL as tail rows. */
export function comparisonTable(comparison: Comparison, options: ComparisonTableOptions): Table {
  const isPlain = comparison.rows.every(({ state }) => state === 'both');
  const columns = comparedColumns(comparison, options.titles).filter(
    ({ kind }) => !(options.isBrief && isPlain && kind === 'state'),
  );
  const series = options.sparkline ? comparison.series : null;
  const summary = (label: string, cells: readonly ComparedCell[] | null) => {
    if (cells === null) return [];
    const row: ComparedRow = { time: null, keys: [], state: null, cells };
    const drawn = series === null ? [] : (series.values[0]?.map((): Series => []) ?? []);
    return [{ label, cells: [...columns.map(({ cellOf }) => cellOf(row)), ...drawn] }];
  };
  return {
    columns: [
      ...columns.map(({ table }): TableColumn => ({ ...table, essential: true })),
      ...(series === null ? [] : sparklineColumns(comparison, options)),
    ],
    rows: comparison.rows.map(
      (row, index): TableRow => [
        ...columns.map(({ cellOf }) => cellOf(row)),
        ...(series?.values[index] ?? []),
      ],
    ),
    tail: [...summary('OTHER', comparison.other), ...summary('TOTAL', comparison.total)],
    seriesMax: series === null ? null : highest(comparison),
    footer: footerOf(comparison, options),
  };
}

function highest({ series }: Comparison): number {
  const values = series?.values.flat(2) ?? [];
  return values.reduce<number>((best, value) => Math.max(best, value ?? 0), 0);
}

/** The window now with the times over its marks; those before with their names. */
function sparklineColumns(
  comparison: Comparison,
  { titles, ...options }: ComparisonTableOptions,
): readonly TableColumn[] {
  const { series, baselines } = comparison;
  if (series === null) return [];
  const now = seriesColumn(series, options);
  return [
    now,
    ...baselines.map((baseline): TableColumn => {
      const title = beforeTitle(baseline, titles);
      return { key: `series@${baseline.name}`, title, align: 'left', show: 'series' };
    }),
  ];
}

function footerOf(comparison: Comparison, options: ComparisonTableOptions): readonly string[] {
  const { keys, window, baselines, provenance, groupCount, series } = comparison;
  const { files } = provenance;
  const groups =
    keys.length === 0
      ? []
      : [
          plural(groupCount, 'group'),
          `${formatCount(comparison.newCount)} new`,
          `${formatCount(comparison.vanishedCount)} vanished`,
        ];
  const noun = provenance.weighted ? 'sampled row' : 'event';
  const scale = series === null ? [] : [`scale 0…${scaleText(highest(comparison))} for all rows`];
  const counts = [...groups, plural(window.matched, noun), ...scale, options.zone].join(', ');
  const read = `${plural(files.read, 'data file')} read, ${formatCount(files.pruned)} pruned`;
  const { titles } = options;
  return [
    `${counts}   ${read}`,
    windowText(titles === null ? 'window' : `${titles.now}:`, window, null, options),
    ...baselines.flatMap(({ name, isBand, windows }) =>
      windows.map((one, index) =>
        windowText(
          titles === null ? bandName(name, isBand, index) : `${titles.before}:`,
          one,
          noun,
          options,
        ),
      ),
    ),
    ...(provenance.bad === null ? [] : [`bad: ${provenance.bad}`]),
    ...(groupCount > comparison.shownCount
      ? [`${comparison.shownCount} of ${groupCount} groups shown; --limit shows more`]
      : []),
    ...(provenance.weighted ? ['weighted: a row of sample rate n counts as n events'] : []),
  ];
}

function bandName(name: string, isBand: boolean, index: number): string {
  return isBand ? `${name} (${index + 1})` : `${name} before`;
}

function windowText(
  name: string,
  { range, isKept, matched }: AskedWindow,
  noun: string | null,
  { instant }: ComparisonTableOptions,
): string {
  const { start, end } = outerRange(range);
  const times = `${name} ${instant(start)} → ${instant(end)}`;
  if (noun === null) return times;
  return `${times}, ${isKept ? plural(matched, noun) : 'nothing kept'}`;
}
