/** A table ready to be written in any format: what every command hands to `render/`. */
import type { Cell } from '../query/ports.js';

export interface TableColumn {
  readonly title: string;
  readonly align: 'left' | 'right';
  /** How people see a cell; machine formats write the cell itself. */
  readonly show: 'text' | 'count' | 'number' | 'percent' | 'duration ms' | 'instant' | 'series';
  /** Key in json, ndjson, csv and tsv. */
  readonly key: string;
}

/** A row of a series column: one number a bucket, gaps as null. */
export type Series = readonly (number | null)[];

export interface Table {
  readonly columns: readonly TableColumn[];
  readonly rows: readonly (readonly (Cell | Series)[])[];
  /** One scale for all series of the table. */
  readonly seriesMax: number | null;
  readonly footer: readonly string[];
}
