/** What a COPY with RETURN_STATS says about the file it wrote. */
import type { DuckDBMaterializedResult, DuckDBValue } from '@duckdb/node-api';
import { assert, present } from '../../base/assert.js';
import type { WrittenColumnStats } from '../../store/ports.js';

export interface CopyStats {
  readonly rows: number;
  readonly bytes: number;
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
  const columns = statsColumns.flatMap((name) => {
    const stats = all.get(`"${name}"`);
    return stats === undefined ? [] : [[name, columnStats(mapOfTexts(stats))] as const];
  });
  return {
    rows: Number(cell('count')),
    bytes: Number(cell('file_size_bytes')),
    columns: Object.fromEntries(columns),
  };
}

function columnStats(texts: Texts): WrittenColumnStats {
  return {
    min: texts.get('min') ?? null,
    max: texts.get('max') ?? null,
    nullCount: Number(present(texts.get('null_count'), 'a null count')),
    hasNan: texts.get('has_nan') === 'true',
  };
}

function mapOf(value: DuckDBValue): ReadonlyMap<string, DuckDBValue> {
  assert(typeof value === 'object' && value !== null && 'entries' in value, 'not a map');
  assert(Array.isArray(value.entries), 'not a map');
  return new Map(value.entries.map((entry) => [String(entry.key), entry.value]));
}

function mapOfTexts(value: DuckDBValue): Texts {
  return new Map([...mapOf(value)].map(([key, item]) => [key, String(item)]));
}
