/** Reads JSON of strangers: every key known, every value of its kind, each fault with its path. */
import { Fault } from '../base/fault.js';
import { suggest } from '../base/suggest.js';

export interface JsonReading {
  readonly faults: Fault[];
}

export type Fields = Readonly<Record<string, unknown>>;

/** `calculations[0]` and `op` → `calculations[0].op`. */
export function at(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

/** A fault about one value. */
export function problem(
  reading: JsonReading,
  path: string,
  expected: string,
  value: unknown,
): void {
  const found = value === undefined ? 'nothing' : JSON.stringify(value);
  const shown = found.length > 60 ? `${found.slice(0, 59)}…` : found;
  const text = `${expected} is expected, found ${shown}`;
  reading.faults.push(
    new Fault('CC1282', { path: path === '' ? 'the query' : path, problem: text }),
  );
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The fields of an object, with a fault (CC1281) for each key that is not known. */
export function fieldsOf(
  reading: JsonReading,
  value: unknown,
  path: string,
  known: readonly string[],
): Fields {
  if (!isFields(value)) {
    problem(reading, path, 'an object', value);
    return {};
  }
  for (const key of Object.keys(value)) {
    if (known.includes(key)) continue;
    const near = suggest(key, known);
    const hint = near === null ? `keys here: ${known.join(', ')}` : `did you mean ${near}?`;
    reading.faults.push(new Fault('CC1281', { path: at(path, key) }, { hint }));
  }
  return value;
}

/** The items of a list; nothing where there is none. */
export function listAt(reading: JsonReading, value: unknown, path: string): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value;
  problem(reading, path, 'a list', value);
  return [];
}

export function textAt(reading: JsonReading, value: unknown, path: string): string | null {
  if (typeof value === 'string') return value;
  problem(reading, path, 'a text', value);
  return null;
}

export function numberAt(reading: JsonReading, value: unknown, path: string): number | null {
  if (typeof value === 'number') return value;
  problem(reading, path, 'a number', value);
  return null;
}

/** One of the words, with the nearest where it is another. */
export function wordAt<T extends string>(
  reading: JsonReading,
  value: unknown,
  path: string,
  words: readonly T[],
): T | null {
  const found = words.find((word) => word === value);
  if (found !== undefined) return found;
  const near = typeof value === 'string' ? suggest(value, words) : null;
  const hint = near === null ? `one of ${words.join(', ')}` : `did you mean ${near}?`;
  const shown = value === undefined ? 'nothing' : JSON.stringify(value);
  const params = { path, problem: `not known: ${shown}` };
  reading.faults.push(new Fault('CC1282', params, { hint }));
  return null;
}
