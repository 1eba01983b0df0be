/** SQL that turns the columns of a foreign Parquet file into plain leaves. Pure. */
import type { DuckDBType, DuckDBTypeId } from '@duckdb/node-api';
import { as, call, cast, column, select, text, when } from '../../sql/build.js';
import type { SqlExpression, SqlSelect } from '../../sql/node.js';
import type { Duckdb } from './load.js';

/** How the cells of a leaf are to be read. */
export type LeafKind = 'plain' | 'float' | 'number' | 'instant' | 'json';

export interface Leaf {
  /** Names of nested fields joined by dots. */
  readonly label: string;
  readonly kind: LeafKind;
  readonly expression: SqlExpression;
}

export interface ForeignColumn {
  readonly name: string;
  readonly type: DuckDBType;
}

/** Structs open up this far, as nested JSON does; what lies deeper becomes JSON text. */
const flattenDepth = 5;

/** All rows of the file, one plain column for each leaf. */
export function foreignQuery(path: string, leaves: readonly Leaf[]): SqlSelect {
  const columns = leaves.map(({ expression }, index) => as(expression, `c${index}`));
  return select(columns, {
    from: { kind: 'parquet', files: [path], unionByName: false, fileName: false },
  });
}

/** Rows according to the footer. **Shape** one row, one column. */
export function footerQuery(path: string): SqlSelect {
  return select([as(column('num_rows'), 'rows')], {
    from: {
      kind: 'function',
      call: call('parquet_file_metadata', text(path)),
      alias: 'footer',
      columns: [],
    },
  });
}

/** The leaves of all columns, in order; structs are flattened with dots. */
export function leavesOf(duckdb: Duckdb, columns: readonly ForeignColumn[]): readonly Leaf[] {
  return columns.flatMap(({ name, type }) => leavesBelow(duckdb, name, column(name), type, 1));
}

function leavesBelow(
  duckdb: Duckdb,
  label: string,
  value: SqlExpression,
  type: DuckDBType,
  depth: number,
): readonly Leaf[] {
  if (!(type instanceof duckdb.DuckDBStructType) || depth > flattenDepth) {
    return [leafOf(duckdb, label, value, type.typeId)];
  }
  return type.entryNames.flatMap((name, index) => {
    const entryType = type.entryTypes[index];
    if (entryType === undefined) return [];
    const field: SqlExpression = { kind: 'field', operand: value, name };
    return leavesBelow(duckdb, `${label}.${name}`, field, entryType, depth + 1);
  });
}

function leafOf(duckdb: Duckdb, label: string, value: SqlExpression, typeId: DuckDBTypeId): Leaf {
  const types = duckdb.DuckDBTypeId;
  const plain = (expression: SqlExpression): Leaf => ({ label, kind: 'plain', expression });
  switch (typeId) {
    case types.BOOLEAN:
    case types.VARCHAR:
    case types.TINYINT:
    case types.SMALLINT:
    case types.INTEGER:
    case types.BIGINT:
    case types.HUGEINT:
    case types.UTINYINT:
    case types.USMALLINT:
    case types.UINTEGER:
    case types.UBIGINT:
    case types.UHUGEINT:
      return plain(value);
    case types.FLOAT:
    case types.DOUBLE:
      return { label, kind: 'float', expression: value };
    case types.DECIMAL:
      return { label, kind: 'number', expression: cast(value, 'VARCHAR') };
    case types.TIMESTAMP:
    case types.TIMESTAMP_TZ:
    case types.TIMESTAMP_S:
    case types.TIMESTAMP_MS:
      return { label, kind: 'instant', expression: finiteMicros(value) };
    case types.TIMESTAMP_NS:
      return plain(nanoText(value));
    case types.BLOB:
      return plain(textOrBase64(value));
    case types.LIST:
    case types.ARRAY:
    case types.STRUCT:
    case types.MAP:
    case types.UNION:
      return { label, kind: 'json', expression: cast(call('to_json', value), 'VARCHAR') };
    default:
      return plain(cast(value, 'VARCHAR'));
  }
}

/** What stands for an infinite instant, with its sign. */
export const infiniteMicros = 2n ** 63n - 1n;

function finiteMicros(value: SqlExpression): SqlExpression {
  const infinite = (word: string) => ({
    test: call('starts_with', cast(value, 'VARCHAR'), text(word)),
    micros: cast(text(word === 'infinity' ? `${infiniteMicros}` : `-${infiniteMicros}`), 'BIGINT'),
  });
  const [ahead, before] = [infinite('infinity'), infinite('-infinity')];
  return when(
    [
      [call('isfinite', value), call('epoch_us', value)],
      [ahead.test, ahead.micros],
      [before.test, before.micros],
    ],
    null,
  );
}

/** As text, since micros do not hold it: `2020-04-16T14:00:01.123456789Z`. */
function nanoText(value: SqlExpression): SqlExpression {
  const written = cast(value, 'VARCHAR');
  return call('regexp_replace', written, text('^(.*) (.*)$'), text('\\1T\\2Z'));
}

/** Old writers mark texts as bytes. What is not UTF-8 is kept as base64. */
function textOrBase64(value: SqlExpression): SqlExpression {
  return call('coalesce', call('try', call('decode', value)), call('to_base64', value));
}
