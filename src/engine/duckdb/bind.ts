/** Bound values: each parameter of a statement as the DuckDB type it is declared as. */
import type { DuckDBPreparedStatement } from '@duckdb/node-api';
import { unreachable } from '../../base/assert.js';
import type { SqlParameter } from '../../sql/node.js';
import type { Duckdb } from './load.js';

const int64Max = 2n ** 63n - 1n;
const int64Min = -(2n ** 63n);

/** Binds `parameters` to `$1`, `$2` … in order. A text keeps its NULs. */
export function bindParameters(
  duckdb: Duckdb,
  prepared: DuckDBPreparedStatement,
  parameters: readonly SqlParameter[],
): void {
  parameters.forEach((parameter, index) => {
    bindOne(duckdb, prepared, index + 1, parameter);
  });
}

function bindOne(
  duckdb: Duckdb,
  prepared: DuckDBPreparedStatement,
  position: number,
  parameter: SqlParameter,
): void {
  if (parameter.value === null) {
    prepared.bindNull(position);
    return;
  }
  switch (parameter.type) {
    case 'string':
      prepared.bindVarchar(position, parameter.value);
      break;
    case 'integer':
      bindInteger(prepared, position, BigInt(parameter.value));
      break;
    case 'number':
      prepared.bindDouble(position, parameter.value);
      break;
    case 'boolean':
      prepared.bindBoolean(position, parameter.value);
      break;
    case 'timestamp': {
      const micros = BigInt(parameter.value);
      prepared.bindTimestampTZ(position, new duckdb.DuckDBTimestampTZValue(micros));
      break;
    }
    case 'strings': {
      const list = duckdb.listValue(parameter.value);
      prepared.bindList(position, list, duckdb.LIST(duckdb.VARCHAR));
      break;
    }
    default:
      unreachable(parameter);
  }
}

function bindInteger(prepared: DuckDBPreparedStatement, position: number, value: bigint): void {
  if (value >= int64Min && value <= int64Max) prepared.bindBigInt(position, value);
  else prepared.bindHugeInt(position, value);
}
