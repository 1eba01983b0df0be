/**
 * The census: the sidecar of a data file that lists the values of its columns of texts, integers
 * and booleans, with how often each is there and when first and last. All values of a column that
 * has few, the frequent ones of a column that has many. Read without an engine.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { shortHash } from '../base/hash.js';
import type { Micros } from '../time/instant.js';
import type { Dataset } from './dataset.js';
import { sidecarDir, sidecarNames, sidecarStem } from './sidecar.js';

/** A column with more different values lists only the frequent ones. Chosen by us. */
export const mostValues = 1_000;
/** A frequent value is that of one row in so many, so there are no more of them. */
export const frequentShare = 1_000;
/** Longer texts are never listed. **Units** characters. */
export const longestValue = 256;

/** How many rows hold something, and when. */
export interface Sighting {
  readonly rows: number;
  /** What these rows stand for: the sum of `weight`. */
  readonly weight: bigint;
  readonly first: Micros;
  readonly last: Micros;
}

/** As text, as SQL writes it: integers in decimal, `true` and `false`. */
export interface ListedValue extends Sighting {
  readonly value: string;
}

/** One column of one data file; the sighting is that of all rows with a value. */
export interface ColumnCensus extends Sighting {
  /** The stored name. */
  readonly column: string;
  /** How many different values there are. */
  readonly valueCount: number;
  /** Most frequent first, then in order of the texts' bytes. */
  readonly values: readonly ListedValue[];
}

/** Whether all values of the column are listed. */
export function isWhole({ valueCount, values }: ColumnCensus): boolean {
  return values.length === valueCount;
}

/** Where the census of all data files lies below `_census`. */
export const censusAddress = shortHash(
  JSON.stringify([1, mostValues, frequentShare, longestValue]),
);

export function censusName(dataPath: string): string {
  return `${sidecarStem(dataPath)}.census.gz`;
}

/** Where they lie, and the stems of the data files that have one. */
export interface Census {
  readonly dir: string;
  readonly stems: ReadonlySet<string>;
}

export async function listCensus({ tableDir }: Pick<Dataset, 'tableDir'>): Promise<Census> {
  const dir = sidecarDir(tableDir, 'census', censusAddress);
  return { dir, stems: new Set((await sidecarNames(dir)).keys()) };
}

/** **Shape** one line of JSON a column, in order of their names. */
export function censusText(columns: readonly ColumnCensus[]): string {
  const ordered = columns.toSorted((a, b) => (a.column < b.column ? -1 : 1));
  return ordered
    .map(({ column, valueCount, values, ...sighting }) => {
      const listed = values.map(({ value, ...one }) => [value, ...partsOf(one)]);
      return `${JSON.stringify([column, valueCount, ...partsOf(sighting), listed])}\n`;
    })
    .join('');
}

function partsOf({ rows, weight, first, last }: Sighting): readonly unknown[] {
  return [rows, String(weight), first, last];
}

export async function encodeCensus(columns: readonly ColumnCensus[]): Promise<Buffer> {
  return await promisify(gzip)(censusText(columns));
}

/** The text of a census, whose bytes gzip compares with a checksum. Throws what a file throws. */
export async function readCensusText(path: string): Promise<string> {
  return (await promisify(gunzip)(await readFile(path))).toString();
}

/** Of these columns, or of all where `wanted` is null. Null where there is none that can be read. A
 * column that is not there has no value. */
export async function readCensus(
  { dir, stems }: Census,
  dataPath: string,
  wanted: readonly string[] | null = null,
): Promise<readonly ColumnCensus[] | null> {
  if (!stems.has(sidecarStem(dataPath))) return null;
  try {
    const text = await readCensusText(join(dir, censusName(dataPath)));
    const heads = wanted?.map((name) => `[${JSON.stringify(name)},`) ?? ['['];
    const lines = text.split('\n').filter((line) => heads.some((head) => line.startsWith(head)));
    return lines.map(decodeLine);
  } catch {
    return null;
  }
}

function decodeLine(line: string): ColumnCensus {
  const [column, valueCount, rows, weight, first, last, listed] = listOf(JSON.parse(line));
  return {
    column: String(column),
    valueCount: Number(valueCount),
    ...sightingOf([rows, weight, first, last]),
    values: listOf(listed).map((one) => {
      const [value, ...parts] = listOf(one);
      return { value: String(value), ...sightingOf(parts) };
    }),
  };
}

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new TypeError('not a census');
}

/** **Shape** rows, weight, first and last instant, as the engine and as JSON give them. */
export function sightingOf([rows, weight, first, last]: readonly unknown[]): Sighting {
  return {
    rows: Number(rows),
    weight: BigInt(String(weight)),
    first: Number(first),
    last: Number(last),
  };
}

/**
 * What several files hold of one column together; null where one of them does not list all. Values
 * in no order. **Invariant** `censuses` are of different files.
 */
export function wholeColumn(
  censuses: readonly (readonly ColumnCensus[])[],
  name: string,
): ReadonlyMap<string, Sighting> | null {
  const found = new Map<string, Sighting>();
  for (const columns of censuses) {
    const one = columns.find(({ column }) => column === name);
    if (one === undefined) continue;
    if (!isWhole(one)) return null;
    for (const { value, ...sighting } of one.values) {
      const before = found.get(value);
      found.set(value, before === undefined ? sighting : together(before, sighting));
    }
  }
  return found;
}

function together(a: Sighting, b: Sighting): Sighting {
  return {
    rows: a.rows + b.rows,
    weight: a.weight + b.weight,
    first: Math.min(a.first, b.first),
    last: Math.max(a.last, b.last),
  };
}
