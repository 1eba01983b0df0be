/**
 * Normalising: scanned events and the records of other readers become rows of a staged file, or
 * are refused with a reason. A row is checked as a whole before its first value is appended.
 */
import type { StagedFile } from '../store/ports.js';
import { readWrittenDuration } from '../time/duration.js';
import type { Micros } from '../time/instant.js';
import {
  appendBigInteger,
  appendBoolean,
  appendBytes,
  appendEscaped,
  appendInteger,
  appendNumber,
  appendText,
} from './column-builder.js';
import { fieldOf, jsonOf, typeOfField } from './field-value.js';
import type { JsonScanner } from './json-scanner.js';
import type { FieldValue } from './record.js';
import { createRowColumns, type LabelTarget, type RowColumns } from './row-columns.js';
import {
  type RowTime,
  timeOfRecord,
  timeOfScanned,
  weightOfRecord,
  weightOfScanned,
} from './row-time.js';
import { valueKinds } from './scanned-row.js';
import type { RowProblem, StageOptions } from './stage-options.js';

/** What became of the records of one input. `file` is null when it has no rows. */
export interface StagedRows {
  readonly file: StagedFile | null;
  readonly rows: number;
  readonly minTs: Micros;
  readonly maxTs: Micros;
}

export interface RowStage {
  /** Stores the event that `scanner` has just scanned, or says why not. */
  readonly addScanned: (scanner: JsonScanner, bytes: Uint8Array) => RowProblem | null;
  readonly addRecord: (
    labels: readonly string[],
    values: readonly FieldValue[],
  ) => RowProblem | null;
  readonly finish: () => StagedRows;
  readonly abandon: () => void;
}

/** Keys after which the scanner's table is made anew, to bound memory on hostile keys. */
const keyTableLimit = 100_000;

export function createRowStage(options: StageOptions): RowStage {
  const columns = createRowColumns({ ...options, setLabels: [...options.set.keys()] });
  const constants = [...options.set].map(([label, value]) => ({
    target: columns.target(label),
    value,
  }));
  let targets: LabelTarget[] = [];
  let recordLabels: readonly string[] = [];
  let recordTargets: LabelTarget[] = [];
  let rows = 0;
  let minTs = Number.POSITIVE_INFINITY;
  let maxTs = Number.NEGATIVE_INFINITY;

  function endRow(time: RowTime, weight: number, sourceBytes: number): void {
    for (const { target, value } of constants) {
      const builder = columns.builder(target, 'string');
      if (builder !== null) appendText(builder, columns.row(), value);
    }
    if (!time.exact) columns.addExtra(time.label, time.type, time.original);
    if (time.micros < minTs) minTs = time.micros;
    if (time.micros > maxTs) maxTs = time.micros;
    rows += 1;
    columns.endRow(time.micros, weight, sourceBytes);
  }

  return {
    addScanned(scanner, bytes) {
      const { row, keys } = scanner;
      for (let id = targets.length; id < keys.labels.length; id += 1) {
        targets.push(columns.target(keys.labels[id] ?? ''));
      }
      const time = timeOfScanned(scanner, bytes, options);
      if ('reason' in time) return time;
      const weight = weightOfScanned(scanner, bytes, options);
      if (typeof weight !== 'number') return weight;
      columns.beginRow(time.micros);
      appendScanned(scanner, bytes, targets, columns);
      const first = row.start[0] ?? 0;
      endRow(time, weight, (row.end[row.count - 1] ?? first) - first);
      if (keys.labels.length > keyTableLimit) {
        scanner.reset();
        targets = [];
      }
      return null;
    },
    addRecord(labels, values) {
      if (labels !== recordLabels) {
        recordLabels = labels;
        recordTargets = labels.map((label) => columns.target(label));
      }
      const time = timeOfRecord(labels, values, options);
      if ('reason' in time) return time;
      const weight = weightOfRecord(labels, values, options);
      if (typeof weight !== 'number') return weight;
      columns.beginRow(time.micros);
      let sourceBytes = 0;
      for (const [index, target] of recordTargets.entries()) {
        sourceBytes += appendField(target, values[index] ?? null, columns);
      }
      endRow(time, weight, sourceBytes);
      return null;
    },
    finish: () => ({ file: columns.finish(), rows, minTs, maxTs }),
    abandon: () => columns.abandon(),
  };
}

function appendScanned(
  { row, view }: JsonScanner,
  bytes: Uint8Array,
  targets: readonly LabelTarget[],
  columns: RowColumns,
): void {
  const at = columns.row();
  for (let index = 0; index < row.count; index += 1) {
    const kind = row.kind[index] ?? 0;
    const target = targets[row.label[index] ?? 0];
    if (kind === valueKinds.none || target === undefined) continue;
    if (target.timeRank === 0 || target.isWeight) continue;
    const start = row.start[index] ?? 0;
    const end = row.end[index] ?? 0;
    if (kind === valueKinds.plain) {
      const builder = target.string ?? columns.builder(target, 'string');
      if (builder !== null && !target.isSpecial) appendBytes(builder, at, view, start, end);
      else appendField(target, fieldOf(row, index, bytes), columns);
    } else if (kind === valueKinds.integer) {
      const builder = target.integer ?? columns.builder(target, 'integer');
      if (builder !== null && !target.isSpecial) appendInteger(builder, at, row.value[index] ?? 0);
      else appendField(target, fieldOf(row, index, bytes), columns);
    } else if (kind === valueKinds.number) {
      const builder = target.number ?? columns.builder(target, 'number');
      if (builder !== null && !target.isSpecial) appendNumber(builder, at, row.value[index] ?? 0);
      else appendField(target, fieldOf(row, index, bytes), columns);
    } else if (kind === valueKinds.escaped && target.string !== null && !target.isSpecial) {
      appendEscaped(target.string, at, bytes, start, end);
    } else {
      appendField(target, fieldOf(row, index, bytes), columns);
    }
  }
}

/** Appends one value of any kind. Returns about how many bytes it takes. */
function appendField(target: LabelTarget, given: FieldValue, columns: RowColumns): number {
  const length = target.isLength ? lengthOf(given) : null;
  const value = length ?? given;
  if (value === null || target.timeRank === 0 || target.isWeight) return 0;
  const row = columns.row();
  const type = length === null ? typeOfField(value) : 'number';
  const beside = target.isSet || (typeof value === 'object' && value.kind === 'number');
  const builder = beside ? null : columns.builder(target, type === 'json' ? 'string' : type);
  if (builder === null) {
    const json = jsonOf(value);
    columns.addExtra(target.label, type, json);
    return json.length;
  }
  if (typeof value === 'string') appendText(builder, row, value);
  else if (typeof value === 'boolean') appendBoolean(builder, row, value);
  else if (typeof value === 'bigint') appendBigInteger(builder, row, value);
  else if (typeof value === 'object') appendText(builder, row, value.text);
  else if (type === 'integer') appendInteger(builder, row, value);
  else appendNumber(builder, row, value);
  if (typeof value === 'string') return value.length;
  return typeof value === 'object' ? value.text.length : 8;
}

/** A length of time as a number; null for what is none. */
function lengthOf(value: FieldValue): number | null {
  if (typeof value === 'number') return value;
  return typeof value === 'string' ? readWrittenDuration(value) : null;
}
