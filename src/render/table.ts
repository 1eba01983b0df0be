/** A table ready to be written in any format: what every command hands to `render/`. */
import { type ItemList, lazyList } from '../base/item-list.js';
import type { ColumnType } from '../event/column.js';
import type { Cell } from '../query/ports.js';
import type { ResultUnit } from '../query/result.js';

export interface TableColumn {
  readonly title: string;
  readonly align: 'left' | 'right';
  /** How people see a cell; machine formats write the cell itself. */
  readonly show:
    | 'text'
    | 'count'
    | 'number'
    | 'percent'
    | 'duration ms'
    | 'instant'
    | 'series'
    | 'change'
    | 'points'
    | 'factor';
  /** Key in json, ndjson, csv and tsv. */
  readonly key: string;
  /** Of its values in formats that keep types; what `show` says unless given. */
  readonly type?: ColumnType;
  readonly unit?: ResultUnit;
  /** What stands over the first and last mark of a series. */
  readonly edges?: readonly [string, string];
  /** What the table is about: where there is little room, other columns are left out before. */
  readonly essential?: true;
}

/** A row of a series column: one number a bucket, gaps as null. */
export type Series = readonly (number | null)[];

export type TableCell = Cell | Series;
export type TableRow = readonly TableCell[];

/** A row behind the others that stands for many: `OTHER`, `TOTAL`. */
export interface TailRow {
  readonly label: string;
  readonly cells: TableRow;
}

export interface Table {
  readonly columns: readonly TableColumn[];
  readonly rows: ItemList<TableRow>;
  readonly tail?: readonly TailRow[];
  /** One scale for all series of the table. */
  readonly seriesMax: number | null;
  readonly footer: readonly string[];
}

/** Narrows a cell to a series. */
export function isSeries(cell: TableCell): cell is Series {
  return Array.isArray(cell);
}

/**
 * All rows, the tail with its label in the first text column that has no value of its own; in a
 * column of instants only where there is no other.
 */
export function rowsWithTail(table: Table): ItemList<TableRow> {
  const labelled = (table.tail ?? []).map(({ label, cells }) => {
    const free = table.columns.flatMap(({ align, show }, index) =>
      align === 'left' && (cells[index] ?? null) === null ? [{ show, index }] : [],
    );
    const place = (free.find(({ show }) => show !== 'instant') ?? free[0])?.index;
    return cells.map((cell, index) => (index === place ? label : cell));
  });
  if (labelled.length === 0) return table.rows;
  return lazyList(table.rows.length + labelled.length, function* () {
    yield* table.rows;
    yield* labelled;
  });
}
