/**
 * Which staged column fills which stored column. A column keeps its type for life; the type of a
 * new one is that of the most values; what does not fit goes to `extra`. Nothing is dropped, and
 * the order of files cannot matter.
 */
import type { Column, ColumnType, DurationUnit, Schema } from '../event/column.js';
import { nameColumns } from './naming.js';
import type { ColumnSource, StagedFile, WriteRequest } from './ports.js';

/** More columns than this make every footer slow; ClickHouse and Spark cope with as many. */
export const defaultColumnCap = 1_000;

export interface ColumnPlanRequest {
  readonly schema: Schema;
  /** Every field name of the table, also of fields that are not ours to fill. */
  readonly takenNames: ReadonlySet<string>;
  readonly staged: readonly StagedFile[];
  readonly columnCap: number;
  /** Labels that get a column first when the cap is near: those with a role. */
  readonly preferredLabels: ReadonlySet<string>;
}

export interface ColumnPlan {
  /** The schema after this batch: the old columns, then the new ones by label. */
  readonly schema: Schema;
  readonly newColumns: readonly Column[];
  /** Columns with a value in this batch; only these are in its data files. */
  readonly columns: readonly Column[];
  readonly staged: WriteRequest['staged'];
  /** Values that go to `extra`, by label, in order of label. */
  readonly extras: readonly ExtraValues[];
}

/** `type`: the column is of another; `cap`: there is none, as there may be no more. */
export interface ExtraValues {
  readonly label: string;
  readonly valueCount: number;
  readonly why: 'type' | 'cap';
}

/** Decides all of it at once; pure. */
export function planColumns(request: ColumnPlanRequest): ColumnPlan {
  const newColumns = chooseNewColumns(request);
  const schema = [...request.schema, ...newColumns];
  const chosen = request.staged.map((file) => chooseSources(schema, file));
  const isFilled = (_: unknown, position: number) =>
    chosen.some((sources) => sources[position]?.kind === 'copy');
  const staged = request.staged.map((file, at) => {
    const sources = (chosen[at] ?? []).filter(isFilled);
    return { file, sources, extras: leftOver(file, sources) };
  });
  return Object.freeze({
    schema,
    newColumns,
    columns: schema.filter(isFilled),
    staged,
    extras: countExtras(staged, new Set(schema.map(({ label }) => label))),
  });
}

interface LabelTotals {
  readonly counts: Record<ColumnType, number>;
  readonly units: Set<DurationUnit | null>;
}

function chooseNewColumns(request: ColumnPlanRequest): readonly Column[] {
  const known = new Set(request.schema.map(({ label }) => label));
  const totals = totalsByLabel(request.staged);
  const valueCount = (label: string) =>
    Object.values(totals.get(label)?.counts ?? {}).reduce((sum, count) => sum + count, 0);
  const preferred = (label: string) => (request.preferredLabels.has(label) ? 0 : 1);
  const room = Math.max(0, request.columnCap - request.schema.length);
  const labels = [...totals.keys()]
    .filter((label) => !known.has(label))
    .sort(
      (a, b) => preferred(a) - preferred(b) || valueCount(b) - valueCount(a) || (a < b ? -1 : 1),
    )
    .slice(0, room)
    .sort();
  const names = nameColumns(labels, request.takenNames);
  return labels.flatMap((label) => {
    const name = names.get(label);
    const total = totals.get(label);
    if (name === undefined || total === undefined) return [];
    const [unit = null] = total.units.size === 1 ? total.units : [];
    return [Object.freeze({ name, label, type: majorityType(total.counts), unit })];
  });
}

/** Labels with at least one value of a column type, with counts by type and the units seen. */
function totalsByLabel(staged: readonly StagedFile[]): ReadonlyMap<string, LabelTotals> {
  const totals = new Map<string, LabelTotals>();
  const count = (label: string, type: ColumnType, valueCount: number) => {
    const total = totals.get(label) ?? { counts: noCounts(), units: new Set() };
    total.counts[type] += valueCount;
    totals.set(label, total);
    return total;
  };
  for (const file of staged) {
    for (const { label, type, unit, valueCount } of file.columns) {
      if (valueCount > 0) count(label, type, valueCount).units.add(unit);
    }
    for (const { label, type, valueCount } of file.extraLabels) {
      if (valueCount > 0 && type !== 'json') count(label, type, valueCount);
    }
  }
  return totals;
}

function noCounts(): Record<ColumnType, number> {
  return { string: 0, integer: 0, number: 0, boolean: 0, timestamp: 0 };
}

/** Integers and decimals count together. A tie goes to string, then number, time, boolean. */
function majorityType(counts: Readonly<Record<ColumnType, number>>): ColumnType {
  const numeric = counts.integer + counts.number;
  const most = Math.max(counts.string, numeric, counts.timestamp, counts.boolean);
  if (counts.string === most) return 'string';
  if (numeric === most) return counts.number > 0 ? 'number' : 'integer';
  return counts.timestamp === most ? 'timestamp' : 'boolean';
}

/** For each column the staged one of its type; a number column takes safe integers as well. */
function chooseSources(schema: Schema, file: StagedFile): readonly ColumnSource[] {
  const byLabel = new Map<string, number[]>();
  file.columns.forEach(({ label, valueCount }, index) => {
    if (valueCount > 0) byLabel.set(label, [...(byLabel.get(label) ?? []), index]);
  });
  return schema.map(({ label, type }): ColumnSource => {
    const indexes = byLabel.get(label) ?? [];
    const same = indexes.find((index) => file.columns[index]?.type === type);
    const integers = type === 'number' ? indexes.find(isSafeInteger) : undefined;
    const index = same ?? integers;
    if (index === undefined) return { kind: 'absent' };
    return integers === undefined || integers === index
      ? { kind: 'copy', index }
      : { kind: 'copy', index, integers };
  });

  function isSafeInteger(index: number): boolean {
    const staged = file.columns[index];
    return staged?.type === 'integer' && staged.safe;
  }
}

/** Staged columns with values that fill no stored column. */
function leftOver(file: StagedFile, sources: readonly ColumnSource[]): readonly number[] {
  const used = new Set(
    sources.flatMap((source) => (source.kind === 'copy' ? [source.index, source.integers] : [])),
  );
  return file.columns.flatMap(({ valueCount }, index) =>
    valueCount > 0 && !used.has(index) ? [index] : [],
  );
}

function countExtras(
  staged: WriteRequest['staged'],
  columns: ReadonlySet<string>,
): ColumnPlan['extras'] {
  const counts = new Map<string, number>();
  for (const { file, extras } of staged) {
    const inExtra = [...file.extraLabels, ...extras.flatMap((index) => file.columns[index] ?? [])];
    for (const { label, valueCount } of inExtra) {
      if (valueCount > 0) counts.set(label, (counts.get(label) ?? 0) + valueCount);
    }
  }
  return [...counts]
    .map(([label, valueCount]): ExtraValues => {
      return { label, valueCount, why: columns.has(label) ? 'type' : 'cap' };
    })
    .sort((a, b) => (a.label < b.label ? -1 : 1));
}
