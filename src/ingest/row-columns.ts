/**
 * The columns of one staged file while it is being written: one builder per label and type, so
 * that every value keeps the type it came with. The store decides later which type a column has.
 */
import type { ColumnType, DurationUnit } from '../event/column.js';
import type { ExtraLabel, StagedColumn, StagedFile } from '../store/ports.js';
import {
  appendInteger,
  appendText,
  batchRowLimit,
  type ColumnBuilder,
  clearBuilder,
  createColumnBuilder,
} from './column-builder.js';
import { createStagedParquet, type StagedParquetColumn } from './staged-parquet.js';

/** Columns of a staged file at most; values of further ones go to `extra`. */
const columnLimit = 4_000;

/** A batch ends where the UTC date changes, so that a date is read alone; not for fewer rows. */
const dateRowFloor = 8_192;

const dayMicros = 86_400_000_000;

/** Source bytes after which a batch is written, to bound memory: builders hold about as much. */
const batchBytes = 64 * 1_048_576;

type ValueType = Exclude<ColumnType, 'timestamp'>;

/** Where the values of a label go, by their type; null until there is one. */
export interface LabelTarget {
  readonly label: string;
  string: ColumnBuilder | null;
  integer: ColumnBuilder | null;
  number: ColumnBuilder | null;
  boolean: ColumnBuilder | null;
  /** The rank among the labels that give the time, -1 for others. */
  readonly timeRank: number;
  readonly isWeight: boolean;
  /** Whether a value given on the command line stands in for those of the data. */
  readonly isSet: boolean;
  /** Whether it holds lengths of time: numbers are decimals, texts with a unit milliseconds. */
  readonly isLength: boolean;
  /** One of these two: values do not go straight to a builder. */
  readonly isSpecial: boolean;
}

export interface RowColumns {
  /** Opens a row before its first value is appended: one of another date may end a batch. */
  readonly beginRow: (ts: number) => void;
  /** The number of the current row in its batch. */
  readonly row: () => number;
  readonly target: (label: string) => LabelTarget;
  /** The builder of a label and type, or null when there are too many columns. */
  readonly builder: (target: LabelTarget, type: ValueType) => ColumnBuilder | null;
  /** Adds a value of the current row to `extra`, as JSON text. */
  readonly addExtra: (label: string, type: ExtraLabel['type'], json: string) => void;
  /** Closes the current row. True when that ended a batch. */
  readonly endRow: (ts: number, weight: number, sourceBytes: number) => boolean;
  /** The finished file, or null when it has no rows. */
  readonly finish: () => StagedFile | null;
  readonly abandon: () => void;
}

export interface RowColumnsOptions {
  readonly path: string;
  readonly timeLabels: readonly string[];
  readonly weightLabels: readonly string[];
  readonly units: ReadonlyMap<string, DurationUnit>;
  readonly lengths: ReadonlySet<string>;
  /** Labels whose value is given on the command line. */
  readonly setLabels: readonly string[];
}

interface BuiltColumn {
  readonly label: string;
  readonly builder: ColumnBuilder;
}

export function createRowColumns(options: RowColumnsOptions): RowColumns {
  const parquet = createStagedParquet(options.path);
  const ts = createColumnBuilder('timestamp');
  const weights = createColumnBuilder('integer');
  const built: BuiltColumn[] = [];
  const targets = new Map<string, LabelTarget>();
  const extra = createExtraColumn();
  const fixed = { ts, weights, extra: extra.builder };
  let row = 0;
  let dayEnd = Number.NEGATIVE_INFINITY;
  let flushedRows = 0;
  let bytes = 0;

  function flush(): void {
    if (row === 0) return;
    const columns = physical(fixed, built);
    parquet.writeRowGroup(row, columns);
    for (const { builder } of columns) clearBuilder(builder);
    flushedRows += row;
    row = 0;
    bytes = 0;
  }

  return {
    beginRow(micros) {
      if (micros < dayEnd && micros >= dayEnd - dayMicros) return;
      if (row >= dateRowFloor) flush();
      dayEnd = (Math.floor(micros / dayMicros) + 1) * dayMicros;
    },
    row: () => row,
    target(label) {
      const known = targets.get(label);
      if (known !== undefined) return known;
      const made = createTarget(label, options);
      targets.set(label, made);
      return made;
    },
    builder(target, type) {
      const known = target[type];
      if (known !== null) return known;
      if (built.length >= columnLimit) return null;
      const builder = createColumnBuilder(type);
      target[type] = builder;
      built.push({ label: target.label, builder });
      return builder;
    },
    addExtra: extra.add,
    endRow(micros, weight, sourceBytes) {
      appendInteger(ts, row, micros);
      appendInteger(weights, row, weight);
      extra.endRow(row);
      row += 1;
      bytes += sourceBytes;
      if (row < batchRowLimit && bytes < batchBytes) return false;
      flush();
      return true;
    },
    finish() {
      flush();
      // In one order, so that files with the same columns can be read as one.
      const columns = [...built].sort(byLabelAndType);
      parquet.finish(physical(fixed, columns));
      if (flushedRows === 0) return null;
      return {
        path: options.path,
        rows: flushedRows,
        columns: columns.map((column) => describe(column, options.units)),
        extraLabels: extra.labels(),
      };
    },
    abandon: () => parquet.abandon(),
  };
}

type FixedColumns = Readonly<Record<'ts' | 'weights' | 'extra', ColumnBuilder>>;

function physical(
  { ts, weights, extra }: FixedColumns,
  columns: readonly BuiltColumn[],
): StagedParquetColumn[] {
  return [
    { name: 'ts', required: true, builder: ts },
    { name: 'weight', required: true, builder: weights },
    ...columns.map(({ builder }, index) => ({ name: `c${index}`, required: false, builder })),
    { name: 'extra', required: false, builder: extra },
  ];
}

interface ExtraColumn {
  readonly builder: ColumnBuilder;
  readonly add: RowColumns['addExtra'];
  readonly endRow: (row: number) => void;
  readonly labels: () => readonly ExtraLabel[];
}

/** The column of values that have none of their own: one JSON object a row.
 * JSON text stands in it as a string, so that whoever reads the object rounds no number. */
function createExtraColumn(): ExtraColumn {
  const builder = createColumnBuilder('string');
  const counts = new Map<string, { label: string; type: ExtraLabel['type']; count: number }>();
  let pending: string[] = [];
  return {
    builder,
    add(label, type, json) {
      pending.push(`${JSON.stringify(label)}:${JSON.stringify(json)}`);
      const key = `${type} ${label}`;
      const entry = counts.get(key) ?? { label, type, count: 0 };
      entry.count += 1;
      counts.set(key, entry);
    },
    endRow(row) {
      if (pending.length === 0) return;
      appendText(builder, row, `{${pending.join(',')}}`);
      pending = [];
    },
    labels: () =>
      [...counts.values()].map(({ label, type, count }) => ({ label, type, valueCount: count })),
  };
}

function createTarget(label: string, options: RowColumnsOptions): LabelTarget {
  const isSet = options.setLabels.includes(label);
  const isLength = options.lengths.has(label);
  return {
    label,
    string: null,
    integer: null,
    number: null,
    boolean: null,
    timeRank: options.timeLabels.indexOf(label),
    isWeight: options.weightLabels.includes(label),
    isSet,
    isLength,
    isSpecial: isSet || isLength,
  };
}

function byLabelAndType(left: BuiltColumn, right: BuiltColumn): number {
  if (left.label !== right.label) return left.label < right.label ? -1 : 1;
  return left.builder.type < right.builder.type ? -1 : 1;
}

function describe(
  { label, builder }: BuiltColumn,
  units: ReadonlyMap<string, DurationUnit>,
): StagedColumn {
  return {
    label,
    type: builder.type,
    unit: units.get(label) ?? null,
    valueCount: builder.flushedCount,
    safe: builder.safe,
  };
}
