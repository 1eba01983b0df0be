/** What a COPY with RETURN_STATS says about the file it wrote. */
import type { DuckDBMaterializedResult, DuckDBValue } from '@duckdb/node-api';
import { assert, present } from '../../base/assert.js';
import { systemColumns } from '../../event/column.js';
import type { WrittenColumnStats } from '../../store/ports.js';
import type { Micros } from '../../time/instant.js';

export interface CopyStats {
  readonly rows: number;
  readonly bytes: number;
  readonly minTs: Micros;
  readonly maxTs: Micros;
  readonly columns: Readonly<Record<string, WrittenColumnStats>>;
}

type Texts = ReadonlyMap<string, string>;

/** **Shape** of the result: file name, rows, bytes, footer bytes, a map of maps of texts, keys. */
export async function statsOfCopy(
  result: DuckDBMaterializedResult,
  statsColumns: readonly string[],
): Promise<CopyStats> {
  const [row] = await result.getRows();
  const names = result.columnNames();
  const cell = (name: string): DuckDBValue => {
    const index = names.indexOf(name);
    return present(row?.[index], `the ${name} of a copied file`);
  };
  const all = mapOf(cell('column_statistics'));
  const instants = statsOf(all, systemColumns.ts);
  const columns = statsColumns.flatMap((name) => {
    const stats = statsOf(all, name);
    return stats === null ? [] : [[name, stats] as const];
  });
  return {
    rows: Number(cell('count')),
    bytes: Number(cell('file_size_bytes')),
    minTs: microsOf(instants?.min),
    maxTs: microsOf(instants?.max),
    columns: Object.fromEntries(columns),
  };
}

function statsOf(all: ReadonlyMap<string, DuckDBValue>, name: string): WrittenColumnStats | null {
  const stats = all.get(`"${name}"`);
  if (stats === undefined) return null;
  const texts = mapOfTexts(stats);
  return {
    min: texts.get('min') ?? null,
    max: texts.get('max') ?? null,
    nullCount: Number(present(texts.get('null_count'), 'a null count')),
    hasNan: texts.get('has_nan') === 'true',
  };
}

/** `2020-04-16 01:20:00.123456+00`, in UTC; the fraction is shortened. */
function microsOf(text: string | null | undefined): Micros {
  const match = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?\+00$/.exec(text ?? '');
  assert(match !== null, `the instant ${text} of a copied file cannot be read`);
  const [, date, clock, fraction = ''] = match;
  return Date.parse(`${date}T${clock}Z`) * 1000 + Number(fraction.padEnd(6, '0'));
}

function mapOf(value: DuckDBValue): ReadonlyMap<string, DuckDBValue> {
  assert(typeof value === 'object' && value !== null && 'entries' in value, 'not a map');
  assert(Array.isArray(value.entries), 'not a map');
  return new Map(value.entries.map((entry) => [String(entry.key), entry.value]));
}

function mapOfTexts(value: DuckDBValue): Texts {
  return new Map([...mapOf(value)].map(([key, item]) => [key, String(item)]));
}
