/** Values as readers hand them on, whatever they were read from. */
import type { SampleValue } from '../event/column-sample.js';
import type { ExtraLabel } from '../store/ports.js';
import { unescapeInto } from './json-bytes.js';
import type { FieldValue } from './record.js';
import { type ScannedRow, valueKinds } from './scanned-row.js';

/** The type a value has by itself. */
export function typeOfField(
  value: Exclude<FieldValue, null>,
): Exclude<ExtraLabel['type'], 'timestamp'> {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'bigint') return 'integer';
  if (typeof value === 'object') return value.kind;
  return Number.isSafeInteger(value) && !Object.is(value, -0) ? 'integer' : 'number';
}

/** A value as JSON text. */
export function jsonOf(value: Exclude<FieldValue, null>): string {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'object') return value.text;
  return Object.is(value, -0) ? '-0.0' : JSON.stringify(value);
}

/** A value as a guess sees it; null for none and for nested ones. */
export function sampleValue(value: FieldValue): SampleValue | null {
  if (value === null || typeof value !== 'object') return value;
  return value.kind === 'number' ? Number(value.text) : null;
}

/** A leaf of a scanned event as a value of its own. */
export function fieldOf(row: ScannedRow, index: number, bytes: Uint8Array): FieldValue {
  const kind = row.kind[index] ?? 0;
  const start = row.start[index] ?? 0;
  const end = row.end[index] ?? 0;
  switch (kind) {
    case valueKinds.none:
      return null;
    case valueKinds.true:
    case valueKinds.false:
      return kind === valueKinds.true;
    case valueKinds.integer:
    case valueKinds.number:
      return row.value[index] ?? 0;
    case valueKinds.escaped: {
      const target = Buffer.allocUnsafe(end - start);
      return target.toString('utf8', 0, unescapeInto(bytes, start, end, target, 0));
    }
    default: {
      const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString();
      if (kind === valueKinds.bigInteger) return BigInt(text);
      if (kind === valueKinds.exactNumber) return { kind: 'number', text };
      return kind === valueKinds.json ? { kind: 'json', text } : text;
    }
  }
}
