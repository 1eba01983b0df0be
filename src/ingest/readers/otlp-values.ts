/**
 * Values of OTLP as JSON: attributes and bodies. Integers may be texts or numbers; maps flatten
 * with dots, lists stay JSON. Nothing here throws: what is no value is `undefined`.
 * **Source** https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */
import { flattenDepth } from '../json-scanner.js';
import type { FieldValue } from '../record.js';
import type { RowProblem } from '../stage-options.js';

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The items of a list; none for what is missing, undefined for what is no list. */
export function listOf(value: unknown): readonly unknown[] | undefined {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : undefined;
}

/** Text that is not empty; null for none. */
export function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** A whole number within 64 bits from its digits, as text or number; undefined for none. */
export function wholeOf(value: unknown): bigint | undefined {
  const digits = typeof value === 'number' ? String(value) : value;
  if (typeof digits !== 'string' || !/^-?\d{1,20}$/.test(digits)) return undefined;
  const whole = BigInt(digits);
  return BigInt.asIntN(64, whole) === whole ? whole : undefined;
}

/** Fields of one event, in their order; the first to set a label wins. */
export type Fields = Map<string, FieldValue>;

const notAValue: RowProblem = { reason: 'line_shape', message: 'an attribute that has no value' };

/** Adds attributes that no one set before. A key twice in one list is a problem. */
export function addAttributes(fields: Fields, list: unknown): RowProblem | null {
  const own: Fields = new Map();
  const items = listOf(list);
  if (items === undefined) return { reason: 'line_shape', message: 'attributes are no list' };
  for (const item of items) {
    const key = isObject(item) ? item.key : undefined;
    if (!isObject(item) || typeof key !== 'string') return notAValue;
    if (key === '' || key.includes('\0')) {
      return { reason: 'bad_key', message: 'an attribute with an empty key, or NUL in it' };
    }
    const problem = addValue(own, key, item.value, 1);
    if (problem !== null) return problem;
  }
  for (const [label, value] of own) if (!fields.has(label)) fields.set(label, value);
  return null;
}

/** Adds an AnyValue by a label, a map by one label for each member. */
export function addValue(
  fields: Fields,
  label: string,
  value: unknown,
  depth: number,
): RowProblem | null {
  const members = isObject(value) ? membersOf(value) : undefined;
  if (members !== undefined && members.length > 0 && depth < flattenDepth) {
    for (const member of members) {
      if (!isObject(member) || typeof member.key !== 'string') return notAValue;
      const problem = addValue(fields, `${label}.${member.key}`, member.value, depth + 1);
      if (problem !== null) return problem;
    }
    return null;
  }
  const field = fieldOfAny(value);
  if (field === undefined) return notAValue;
  if (typeof field === 'number' && !Number.isFinite(field)) {
    return { reason: 'number_range', message: `${JSON.stringify(label)} is no finite number` };
  }
  if (fields.has(label)) {
    return { reason: 'dup_key', message: `the attribute ${JSON.stringify(label)} twice` };
  }
  fields.set(label, field);
  return null;
}

function membersOf(value: JsonObject): readonly unknown[] | undefined {
  const map = value.kvlistValue;
  return isObject(map) ? listOf(map.values) : undefined;
}

const infinities: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
};

/** An AnyValue as a field; null for an empty one, undefined for what is none. */
function fieldOfAny(value: unknown): FieldValue | undefined {
  if (value === undefined || value === null) return null;
  if (!isObject(value)) return undefined;
  const { stringValue, boolValue, intValue, doubleValue, bytesValue } = value;
  if (typeof stringValue === 'string') return stringValue;
  if (typeof boolValue === 'boolean') return boolValue;
  if (typeof bytesValue === 'string') return bytesValue;
  if (intValue !== undefined) return plainWhole(wholeOf(intValue));
  if (typeof doubleValue === 'number') return doubleValue;
  if (typeof doubleValue === 'string') return infinities[doubleValue];
  if ('arrayValue' in value || 'kvlistValue' in value) {
    const plain = plainOf(value);
    return plain === undefined ? undefined : { kind: 'json', text: plain };
  }
  return Object.keys(value).length === 0 ? null : undefined;
}

/** A number where it is exact, else a bigint. */
export function plainWhole(whole: bigint | undefined): number | bigint | undefined {
  if (whole === undefined) return undefined;
  const number = Number(whole);
  return Number.isSafeInteger(number) ? number : whole;
}

/** The JSON text of a list or a map; undefined where something in it is no value. */
function plainOf(value: unknown): string | undefined {
  if (isObject(value) && isObject(value.arrayValue)) {
    const items = listOf(value.arrayValue.values)?.map(plainOf);
    return items === undefined || items.includes(undefined) ? undefined : `[${items.join(',')}]`;
  }
  const members = isObject(value) ? membersOf(value) : undefined;
  if (members !== undefined) {
    const texts = members.map((member) => {
      const text = isObject(member) ? plainOf(member.value) : undefined;
      return text === undefined || !isObject(member) ? undefined : `${keyText(member)}:${text}`;
    });
    return texts.includes(undefined) ? undefined : `{${texts.join(',')}}`;
  }
  const field = fieldOfAny(value);
  if (field === undefined) return undefined;
  return typeof field === 'bigint' ? field.toString() : JSON.stringify(field);
}

function keyText(member: JsonObject): string {
  return JSON.stringify(String(member.key));
}
