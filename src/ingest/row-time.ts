/** What a row must have beside its columns: its time, and how many events it stands for. */

import type { ExtraLabel } from '../store/ports.js';
import type { Micros } from '../time/instant.js';
import { fieldOf, jsonOf, typeOfField } from './field-value.js';
import { isoMicros } from './iso-time.js';
import type { JsonScanner } from './json-scanner.js';
import { labelIdOf } from './key-table.js';
import type { FieldValue } from './record.js';
import { valueKinds } from './scanned-row.js';
import type { RowProblem, StageOptions } from './stage-options.js';
import type { Timestamp } from './time-parts.js';
import { epochTimestamp, exactEpoch, parseTimestamp } from './timestamp.js';

/** The instant of a row, and where the whole of it does not fit micros, what was written. */
export interface RowTime {
  readonly micros: Micros;
  readonly exact: boolean;
  readonly label: string;
  readonly type: ExtraLabel['type'];
  readonly original: string;
}

/** The time of the event that was scanned last. */
export function timeOfScanned(
  { row, keys }: JsonScanner,
  bytes: Uint8Array,
  options: StageOptions,
): RowTime | RowProblem {
  for (const label of options.timeLabels) {
    const id = labelIdOf(keys, label);
    if (keys.labelSerial[id] !== row.serial) continue;
    const index = keys.labelIndex[id] ?? 0;
    if (row.kind[index] === valueKinds.plain) {
      const micros = isoMicros(bytes, row.start[index] ?? 0, row.end[index] ?? 0);
      if (micros >= options.earliest && micros <= options.latest) {
        return { micros, exact: true, label, type: 'string', original: '' };
      }
    }
    const value = fieldOf(row, index, bytes);
    if (value !== null && value !== '') return readTime(label, value, options);
  }
  return missingTime(options);
}

/** The time of a record of another reader. */
export function timeOfRecord(
  labels: readonly string[],
  values: readonly FieldValue[],
  options: StageOptions,
): RowTime | RowProblem {
  for (const label of options.timeLabels) {
    const value = values[labels.indexOf(label)] ?? null;
    if (value !== null && value !== '') return readTime(label, value, options);
  }
  return missingTime(options);
}

function missingTime({ timeLabels }: StageOptions): RowProblem {
  const names = timeLabels.map((label) => JSON.stringify(label)).join(' or ');
  return { reason: 'ts_missing', message: names === '' ? 'no time' : `no value in ${names}` };
}

function readTime(
  label: string,
  value: Exclude<FieldValue, null>,
  options: StageOptions,
): RowTime | RowProblem {
  const found = timestampOf(value);
  const original = jsonOf(value);
  const shown = original.length > 60 ? `${original.slice(0, 60)}…` : original;
  if (found === 'invalid') {
    return { reason: 'ts_invalid', message: `${shown} in ${JSON.stringify(label)} is no time` };
  }
  if (found.micros < options.earliest || found.micros > options.latest) {
    const message = `${shown} in ${JSON.stringify(label)} is before 2000 or in the future`;
    return { reason: 'ts_range', message };
  }
  return { ...found, label, type: typeOfField(value), original };
}

/** How many events the row stands for; 1 when the event does not say. */
export function weightOfScanned(
  { row, keys }: JsonScanner,
  bytes: Uint8Array,
  options: StageOptions,
): number | RowProblem {
  for (const label of options.weightLabels) {
    const id = labelIdOf(keys, label);
    if (keys.labelSerial[id] !== row.serial) continue;
    const value = fieldOf(row, keys.labelIndex[id] ?? 0, bytes);
    if (value !== null) return readWeight(label, value);
  }
  return 1;
}

/** The same for a record; text formats write the number as text. */
export function weightOfRecord(
  labels: readonly string[],
  values: readonly FieldValue[],
  options: StageOptions,
): number | RowProblem {
  for (const label of options.weightLabels) {
    const value = values[labels.indexOf(label)] ?? null;
    if (value === null || value === '') continue;
    const digits = typeof value === 'string' && /^[0-9]{1,15}$/.test(value);
    return readWeight(label, digits ? Number(value) : value);
  }
  return 1;
}

function readWeight(label: string, value: Exclude<FieldValue, null>): number | RowProblem {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1) return value;
  const message = `${jsonOf(value).slice(0, 60)} in ${JSON.stringify(label)} is no sample rate`;
  return { reason: 'sample_rate', message };
}

function timestampOf(value: Exclude<FieldValue, null>): Timestamp | 'invalid' {
  if (typeof value === 'string') return parseTimestamp(value);
  if (typeof value === 'object') {
    return value.kind === 'number' ? exactEpoch(value.text) : 'invalid';
  }
  return typeof value === 'number' || typeof value === 'bigint' ? epochTimestamp(value) : 'invalid';
}
