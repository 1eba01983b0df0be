/** A table as typed columns in batches, for formats that keep types: Arrow and Parquet. Pure. */
import { unreachable } from '../base/assert.js';
import { uniqueNames } from '../base/text.js';
import type { ColumnType, DurationUnit } from '../event/column.js';
import { batchRows, type ColumnBatch, type FileColumn, packColumn } from '../query/column-batch.js';
import type { Cell } from '../query/ports.js';
import { isSeries, rowsWithTail, type Table, type TableColumn } from './table.js';

export interface TypedTable {
  readonly columns: readonly FileColumn[];
  readonly batches: () => Generator<ColumnBatch>;
}

/** All rows, the tail with its labels; series columns are left out. */
export function typedTable(table: Table): TypedTable {
  const rows = [...rowsWithTail(table)];
  const kept = table.columns.flatMap((column, index) =>
    column.show === 'series' ? [] : [{ column, index }],
  );
  const names = uniqueNames(kept.map(({ column }) => column.key));
  const cellOf = (row: number, index: number): Cell => {
    const cell = rows[row]?.[index] ?? null;
    return isSeries(cell) ? null : cell;
  };
  const columns = kept.map(({ column, index }, place): FileColumn => {
    const cells = rows.map((_, row) => cellOf(row, index));
    return {
      name: names[place] ?? column.key,
      type: typeFor(declaredType(column), cells),
      unit: unitOf(column),
    };
  });
  return {
    columns,
    *batches() {
      for (let start = 0; start < rows.length; start += batchRows) {
        const rowCount = Math.min(batchRows, rows.length - start);
        yield {
          rowCount,
          columns: columns.map(({ type }, place) => {
            const index = kept[place]?.index ?? 0;
            return packColumn(type, rowCount, (row) => cellOf(start + row, index));
          }),
        };
      }
    },
  };
}

/** What the column is by its own word, whatever rows there are. */
function declaredType(column: TableColumn): ColumnType {
  if (column.type !== undefined) return column.type;
  switch (column.show) {
    case 'count':
      return 'integer';
    case 'number':
    case 'change':
    case 'points':
    case 'factor':
    case 'percent':
    case 'duration ms':
      return 'number';
    case 'instant':
      return 'timestamp';
    case 'text':
    case 'series':
      return 'string';
    default:
      return unreachable(column.show);
  }
}

/** The type declared, or a wider one where some value does not fit it: nothing is ever lost. */
function typeFor(type: ColumnType, cells: readonly Cell[]): ColumnType {
  if (type === 'string' || cells.every((cell) => fits(cell, type))) return type;
  if (type === 'integer' && cells.every((cell) => fits(cell, 'number'))) return 'number';
  return 'string';
}

function fits(cell: Cell, type: ColumnType): boolean {
  if (cell === null) return true;
  switch (type) {
    case 'integer':
    case 'timestamp':
      return typeof cell === 'bigint'
        ? BigInt.asIntN(64, cell) === cell
        : typeof cell === 'number' && Number.isSafeInteger(cell);
    case 'number':
      return typeof cell === 'number';
    case 'boolean':
      return typeof cell === 'boolean';
    case 'string':
      return true;
    default:
      return unreachable(type);
  }
}

function unitOf({ unit }: TableColumn): DurationUnit | null {
  return unit === 's' || unit === 'ms' || unit === 'us' || unit === 'ns' ? unit : null;
}
