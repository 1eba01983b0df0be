/** The list of functions against the engine: all of them exist, and every other one was judged. */
import { describe, expect, it } from 'vitest';
import { readRows } from '../../src/engine/duckdb/cell.js';
import { defaultLimits, openDatabase } from '../../src/engine/duckdb/open.js';
import {
  allowedFunctions,
  allowedTableFunctions,
  orderedAggregates,
  unstableFunctions,
} from '../../src/sql/allowed-functions.js';

/** What a newer engine adds to none of these must be judged before it can be used. */
const refused: readonly RegExp[] = [
  /^__internal_/,
  /^icu_(collate|sort_key)/,
  /^(pg|has|inet|st)_/,
  /^json_(de)?serialize|^json_group_structure$|^from_json_strict$/,
  /^current_(catalog|connection_id|database|query|query_id|role|schema|schemas|setting)$/,
  /^(current_)?(transaction_id|user|session_user|txid_current)$|^session_user$|^txid_current$/,
  /^(nextval|currval|setseed|write_log|sleep_ms|getvariable|in_search_path|get_block_size)$/,
  /^(col|obj|shobj)_description$|^(format_pg_type|format_type|map_to_pg_oid)$/,
  /^(stats|vector_type|create_sort_key|combine|finalize|timetz_byte_comparable)$/,
  /^(constant_or_null|remap_struct|replace_type|make_type|get_type|cast_to_type)$/,
  /^(can_cast_implicitly|unpivot_list|is_histogram_other_bin|switch|alias|fill)$/,
  /^array_to_string_comma_default$|^parse_duckdb_log_message$/,
  /^variant_(bytes_to_variant|normalize|to_parquet_variant)$/,
];

async function engineNames(types: string): Promise<readonly string[]> {
  const database = await openDatabase(defaultLimits);
  try {
    const connection = await database.connect();
    const result = await connection.run(
      `SELECT DISTINCT lower(function_name) FROM duckdb_functions() WHERE function_type IN (${types})`,
    );
    return (await readRows(database.duckdb, result)).map(([name]) => String(name)).filter(Boolean);
  } finally {
    await database.close();
  }
}

describe('the functions of a statement', () => {
  it('are those of the engine, each allowed or refused', async () => {
    const names = await engineNames("'scalar', 'aggregate', 'macro'");
    expect(names.length).toBeGreaterThan(600);
    const isRefused = (name: string) => refused.some((pattern) => pattern.test(name));
    expect(names.filter((name) => !allowedFunctions.has(name) && !isRefused(name))).toEqual([]);
    expect(names.filter((name) => allowedFunctions.has(name) && isRefused(name))).toEqual([]);
    const known = new Set([...names, 'unnest']);
    expect([...allowedFunctions].filter((name) => !known.has(name))).toEqual([]);
  });

  it('are called unstable by names that are allowed', () => {
    const named = [...unstableFunctions, ...orderedAggregates];
    expect(named.filter((name) => !allowedFunctions.has(name))).toEqual([]);
  });

  it('in FROM make rows of nothing but their arguments', async () => {
    const names = await engineNames("'table'");
    expect(names).toEqual(expect.arrayContaining([...allowedTableFunctions]));
    expect([...allowedTableFunctions].sort()).toEqual(['generate_series', 'range', 'unnest']);
  });
});
