/**
 * Counts by time and by everything an event can be told apart by, in columns of numbers. Texts are
 * numbered once for the whole scan, so that cells of different questions can be compared.
 */
import { present } from '../base/assert.js';
import type { Cell } from '../query/ports.js';
import { type Limits, type Measure, rollupSpec } from '../query/rollup.js';
import { type Breakdown, breakdown, type Filter } from '../query/spec.js';
import { type Micros, microsPerMinute } from '../time/instant.js';
import type { TimeRange } from '../time/range.js';
import type { ScanPort } from './scan-port.js';
import type { Signal } from './scan-signal.js';

export const dimensions = ['service', 'host', 'version', 'zone', 'route', 'customer'] as const;
export type Dimension = (typeof dimensions)[number];

/** A value that is missing; never a number of a text. */
export const noValue = -1;

/** Numbers for the texts of one dimension, from 0. */
export interface Dictionary {
  readonly texts: string[];
  readonly ids: Map<string, number>;
}

export type Dictionaries = Readonly<Record<Dimension, Dictionary>>;

export function newDictionaries(): Dictionaries {
  const one = (): Dictionary => ({ texts: [], ids: new Map() });
  return {
    service: one(),
    host: one(),
    version: one(),
    zone: one(),
    route: one(),
    customer: one(),
  };
}

export function idOf({ texts, ids }: Dictionary, cell: Cell): number {
  if (cell === null) return noValue;
  const text = String(cell);
  const known = ids.get(text);
  if (known !== undefined) return known;
  ids.set(text, texts.length);
  return texts.push(text) - 1;
}

/** The dimensions of this snapshot, and how each is asked for. */
export interface Axes {
  readonly breakdowns: ReadonlyMap<Dimension, Breakdown>;
}

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

export interface CellQuestion {
  readonly window: TimeRange;
  readonly stepMicros: Micros;
  readonly axes: Axes;
  readonly dimensions: readonly Dimension[];
  readonly signals: readonly Signal[];
  readonly limits: Limits | null;
  /** Only rows that some signal is true of. */
  readonly hitsOnly: boolean;
  /** Only cells of at least so many rows; all unless given. */
  readonly fewestRows?: number;
  readonly where: readonly Filter[];
}

/** Reads cells and sorts them by time. Two reads of the same data give the same table. */
export async function readCells(
  port: ScanPort,
  dictionaries: Dictionaries,
  question: CellQuestion,
): Promise<CellTable> {
  const { window, stepMicros, axes, signals, limits, hitsOnly, where } = question;
  const asked = question.dimensions.filter((one) => axes.breakdowns.has(one));
  const measures: Measure[] = [
    ...signals.map(({ measure }) => measure),
    { kind: 'rows', where: null },
    ...(hitsOnly
      ? []
      : [
          { kind: 'events', where: null } as const,
          ...signals.map(({ measure }): Measure => eventsOf(measure)),
        ]),
  ];
  const rows = await port.rollup(
    rollupSpec(window, {
      keys: asked.map((one) => present(axes.breakdowns.get(one), one)),
      stepMicros,
      measures,
      where,
      countedOnly: hitsOnly,
      fewestRows: question.fewestRows ?? 0,
      limits,
    }),
  );
  const hasEvents = !hitsOnly;
  return tableOf(rows, dictionaries, { asked, signals: signals.length, stepMicros, hasEvents });
}

/** Limits are counted in rows only. */
function eventsOf(measure: Measure): Measure {
  return measure.kind === 'rows' ? { kind: 'events', where: measure.where } : measure;
}

interface Shape {
  readonly asked: readonly Dimension[];
  readonly signals: number;
  readonly stepMicros: Micros;
  /** Whether events were counted as well; else they are the rows. */
  readonly hasEvents: boolean;
}

function tableOf(
  rows: readonly (readonly Cell[])[],
  dictionaries: Dictionaries,
  { asked, signals, stepMicros, hasEvents }: Shape,
): CellTable {
  const keys = rows.map((row, index) => ({ row, index, text: sortText(row, asked.length) }));
  keys.sort((left, right) => {
    const passed = Number(left.row[asked.length]) - Number(right.row[asked.length]);
    return passed || (left.text < right.text ? -1 : 1);
  });
  const size = rows.length;
  const table = emptyTable(size, signals, stepMicros / microsPerMinute);
  keys.forEach(({ row }, at) => {
    asked.forEach((dimension, index) => {
      table.values[dimension][at] = idOf(dictionaries[dimension], row[index] ?? null);
    });
    const base = asked.length;
    table.minute[at] = Number(row[base]) / microsPerMinute;
    for (let signal = 0; signal < signals; signal += 1) {
      present(table.hits[signal], 'hits')[at] = Number(row[base + 1 + signal]);
      const place = hasEvents ? base + 3 + signals + signal : base + 1 + signal;
      present(table.hitEvents[signal], 'hits')[at] = Number(row[place]);
    }
    table.rows[at] = Number(row[base + 1 + signals]);
    table.events[at] = Number(row[base + (hasEvents ? 2 : 1) + signals]);
  });
  return table;
}

function sortText(row: readonly Cell[], count: number): string {
  let text = '';
  for (let index = 0; index < count; index += 1) text += `${row[index]}\u0000`;
  return text;
}

function emptyTable(size: number, signals: number, stepMinutes: number): CellTable {
  const ids = (): Int32Array => new Int32Array(size).fill(noValue);
  return {
    size,
    stepMinutes,
    minute: new Int32Array(size),
    values: {
      service: ids(),
      host: ids(),
      version: ids(),
      zone: ids(),
      route: ids(),
      customer: ids(),
    },
    rows: new Float64Array(size),
    events: new Float64Array(size),
    hits: Array.from({ length: signals }, () => new Float64Array(size)),
    hitEvents: Array.from({ length: signals }, () => new Float64Array(size)),
  };
}
