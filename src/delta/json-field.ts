/** Fields of JSON that somebody else may have written. A wrong type is null, never a guess. */

export type JsonRecord = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function recordOf(record: JsonRecord, key: string): JsonRecord | null {
  const value = record[key];
  return isRecord(value) ? value : null;
}

export function textOf(record: JsonRecord, key: string): string | null {
  const value = record[key];
  return typeof value === 'string' ? value : null;
}

/** A whole number that JavaScript holds exactly. */
export function integerOf(record: JsonRecord, key: string): number | null {
  const value = record[key];
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : null;
}

/** The strings of a list; other members are left out. */
export function textsOf(record: JsonRecord, key: string): readonly string[] {
  const value = record[key];
  if (!Array.isArray(value)) return [];
  return value.filter((member): member is string => typeof member === 'string');
}

/** The string members of an object; others are left out. */
export function textMapOf(record: JsonRecord, key: string): Readonly<Record<string, string>> {
  const entries = Object.entries(recordOf(record, key) ?? {});
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/** Like `textMapOf`; members that are null stay. */
export function nullableTextMapOf(
  record: JsonRecord,
  key: string,
): Readonly<Record<string, string | null>> {
  const entries = Object.entries(recordOf(record, key) ?? {});
  return Object.fromEntries(
    entries.map(([name, value]) => [name, typeof value === 'string' ? value : null]),
  );
}
