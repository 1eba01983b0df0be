/**
 * Counts by time and by everything an event can be told apart by, in columns of numbers. Texts are
 * numbered once for the whole scan, so that cells of different questions can be compared.
 */
import { type Breakdown, breakdown } from '../query/spec.js';
import type { ScanPort } from './scan-port.js';

/** What events are told apart by, in order of the columns of a table of cells. */
export const dimensions = ['service', 'host', 'version', 'zone', 'route', 'customer'] as const;
export type Dimension = (typeof dimensions)[number];

/** A value that is missing; never a number of a text. */
export const noValue = -1;

/** Texts and rows of the values of one dimension by their numbers; those not read are missing. */
export interface Dictionary {
  readonly texts: string[];
  readonly rows: number[];
}

/** The texts behind the numbers of a scan. */
export type Dictionaries = Readonly<Record<Dimension, Dictionary>>;

/** The dimensions of this snapshot, and how each is asked for. */
export interface Axes {
  readonly breakdowns: ReadonlyMap<Dimension, Breakdown>;
}

/** A role that no column has is no dimension. `zone` is a column. */
export function axesOf(port: ScanPort, zone: string | null): Axes {
  const { roles } = port.source;
  const breakdowns = new Map<Dimension, Breakdown>();
  for (const role of ['service', 'host', 'version', 'route', 'customer'] as const) {
    if ((roles[role]?.length ?? 0) > 0) breakdowns.set(role, breakdown(role));
  }
  if (zone !== null) {
    const asked = { name: zone, exact: true, at: null };
    breakdowns.set('zone', { term: asked, modifier: null, label: 'zone' });
  }
  return { breakdowns };
}

/** **Units** `minute` is minutes since the epoch. **Shape** one entry a cell, by minute. */
export interface CellTable {
  readonly size: number;
  readonly stepMinutes: number;
  readonly minute: Int32Array;
  readonly values: Readonly<Record<Dimension, Int32Array>>;
  readonly rows: Float64Array;
  readonly events: Float64Array;
  /** Raw rows by signal. */
  readonly hits: readonly Float64Array[];
  /** Events by signal. */
  readonly hitEvents: readonly Float64Array[];
}

/** Some cells of a table, in their order. */
export function cellsAt(table: CellTable, kept: Int32Array): CellTable {
  const ids = (one: Dimension): Int32Array => kept.map((at) => table.values[one][at] ?? noValue);
  return {
    size: kept.length,
    stepMinutes: table.stepMinutes,
    minute: kept.map((at) => table.minute[at] ?? 0),
    values: {
      service: ids('service'),
      host: ids('host'),
      version: ids('version'),
      zone: ids('zone'),
      route: ids('route'),
      customer: ids('customer'),
    },
    rows: valuesAt(table.rows, kept),
    events: valuesAt(table.events, kept),
    hits: table.hits.map((own) => valuesAt(own, kept)),
    hitEvents: table.hitEvents.map((own) => valuesAt(own, kept)),
  };
}

/** Some values, by their indexes. */
export function valuesAt(values: Float64Array, kept: Int32Array): Float64Array {
  return new Float64Array(kept).map((at) => values[at] ?? 0);
}
