/** The `schemaString` of a table: Spark's JSON form of a struct. Field metadata is free. */
import type { DeltaField } from './action.js';
import { isRecord, recordOf, textOf } from './json-field.js';

/** **Source** Delta transaction protocol, "Schema Serialization Format". */
export function encodeSchema(fields: readonly DeltaField[]): string {
  return JSON.stringify({
    type: 'struct',
    fields: fields.map(({ name, type, nullable, metadata }) => ({
      name,
      type,
      nullable,
      metadata,
    })),
  });
}

/** The fields in order; null when the text is not a struct. Types we do not use stay as they are,
 * nested ones as their JSON text. */
export function decodeSchema(text: string): readonly DeltaField[] | null {
  const parsed = parseJson(text);
  if (!isRecord(parsed) || !Array.isArray(parsed.fields)) return null;
  const fields: DeltaField[] = [];
  for (const value of parsed.fields) {
    const field = isRecord(value) ? decodeField(value) : null;
    if (field === null) return null;
    fields.push(field);
  }
  return Object.freeze(fields);
}

function decodeField(value: Readonly<Record<string, unknown>>): DeltaField | null {
  const name = textOf(value, 'name');
  const type = decodeType(value.type);
  if (name === null || type === null) return null;
  return Object.freeze({
    name,
    type,
    nullable: value.nullable !== false,
    metadata: Object.freeze({ ...(recordOf(value, 'metadata') ?? {}) }),
  });
}

function decodeType(value: unknown): DeltaField['type'] | null {
  if (typeof value === 'string') return value;
  if (!isRecord(value)) return null;
  const keyType = textOf(value, 'keyType');
  const valueType = textOf(value, 'valueType');
  if (value.type === 'map' && keyType !== null && valueType !== null) {
    const valueContainsNull = value.valueContainsNull !== false;
    return Object.freeze({ type: 'map', keyType, valueType, valueContainsNull });
  }
  return JSON.stringify(value);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
