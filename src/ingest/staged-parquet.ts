/**
 * Writes staged rows as Parquet: plain encoding, uncompressed, one data page (v1) per column and
 * row group. Only what the store's writer needs; never a general Parquet writer.
 * **Source** https://github.com/apache/parquet-format
 */
import { closeSync, openSync, writevSync } from 'node:fs';
import { Fault } from '../base/fault.js';
import type { ColumnType } from '../event/column.js';
import { type ColumnBuilder, dataBytes } from './column-builder.js';
import {
  bool,
  encodeStruct,
  i32,
  i64,
  list,
  struct,
  type ThriftFields,
  type ThriftValue,
  text,
  writeVarint,
} from './thrift.js';

const magic = Buffer.from('PAR1');
const codes = { dataPage: 0, plain: 0, rle: 3, uncompressed: 0, utf8: 0, timestampMicros: 10 };
const physicalTypes: Readonly<Record<ColumnType, number>> = {
  boolean: 0,
  integer: 2,
  timestamp: 2,
  number: 5,
  string: 6,
};

/** A column under its physical name. A required one has a value in every row. */
export interface StagedParquetColumn {
  readonly name: string;
  readonly required: boolean;
  readonly builder: ColumnBuilder;
}

export interface StagedParquet {
  /** Writes what the builders hold as one row group. Columns without a value may be left out. */
  readonly writeRowGroup: (rowCount: number, columns: readonly StagedParquetColumn[]) => void;
  /** Writes the footer with the columns in their order and closes the file. */
  readonly finish: (columns: readonly StagedParquetColumn[]) => void;
  /** Closes the file as it is. */
  readonly abandon: () => void;
}

interface Chunk {
  readonly offset: number;
  readonly bytes: number;
}

interface RowGroup {
  readonly rowCount: number;
  readonly chunks: Map<ColumnBuilder, Chunk>;
}

/** Opens a new file, readable by its owner only. **Faults** CC5001, CC5005. */
export function createStagedParquet(path: string): StagedParquet {
  const fd = guarded(path, () => openSync(path, 'wx', 0o600));
  const groups: RowGroup[] = [];
  let position = 0;
  write([magic]);

  function write(parts: readonly Uint8Array[]): Chunk {
    const offset = position;
    let pending = parts.filter((part) => part.length > 0);
    while (pending.length > 0) {
      const written = guarded(path, () => writevSync(fd, pending));
      position += written;
      pending = dropBytes(pending, written);
    }
    return { offset, bytes: position - offset };
  }

  return {
    writeRowGroup(rowCount, columns) {
      const chunks = new Map<ColumnBuilder, Chunk>();
      for (const column of columns) {
        if (column.builder.count > 0) chunks.set(column.builder, write(pageOf(rowCount, column)));
      }
      groups.push({ rowCount, chunks });
    },
    finish(columns) {
      for (const group of groups) {
        for (const { builder } of columns) {
          if (!group.chunks.has(builder))
            group.chunks.set(builder, write(nullPage(group.rowCount)));
        }
      }
      const footer = encodeStruct(footerFields(columns, groups));
      const tail = Buffer.alloc(8);
      tail.writeUInt32LE(footer.length);
      magic.copy(tail, 4);
      write([footer, tail]);
      closeSync(fd);
    },
    abandon: () => closeSync(fd),
  };
}

function dropBytes(parts: readonly Uint8Array[], count: number): Uint8Array[] {
  let rest = count;
  return parts.flatMap((part) => {
    const dropped = Math.min(rest, part.length);
    rest -= dropped;
    return dropped === part.length ? [] : [part.subarray(dropped)];
  });
}

function pageOf(rowCount: number, { builder, required }: StagedParquetColumn): Uint8Array[] {
  const levels = required ? [] : levelsOf(rowCount, builder);
  const values = builder.data.subarray(0, dataBytes(builder));
  const size = levels.reduce((sum, part) => sum + part.length, values.length);
  return [pageHeader(rowCount, size), ...levels, values];
}

/** Definition levels: their length, then one run, either of ones or of packed bits. */
function levelsOf(rowCount: number, builder: ColumnBuilder): Uint8Array[] {
  if (builder.count === rowCount) return [runLevels(rowCount, 1)];
  const groups = (rowCount + 7) >>> 3;
  const header: number[] = [];
  writeVarint(header, groups * 2 + 1);
  const bits = builder.present.subarray(0, groups);
  return [lengthPrefix(header.length + groups), Uint8Array.from(header), bits];
}

function runLevels(rowCount: number, level: 0 | 1): Uint8Array {
  const run: number[] = [];
  writeVarint(run, rowCount * 2);
  run.push(level);
  return Buffer.concat([lengthPrefix(run.length), Uint8Array.from(run)]);
}

function nullPage(rowCount: number): Uint8Array[] {
  const levels = runLevels(rowCount, 0);
  return [pageHeader(rowCount, levels.length), levels];
}

function lengthPrefix(length: number): Buffer {
  const prefix = Buffer.alloc(4);
  prefix.writeUInt32LE(length);
  return prefix;
}

function pageHeader(valueCount: number, size: number): Buffer {
  const dataPage = struct(
    [1, i32(valueCount)],
    [2, i32(codes.plain)],
    [3, i32(codes.rle)],
    [4, i32(codes.rle)],
  );
  return encodeStruct([
    [1, i32(codes.dataPage)],
    [2, i32(size)],
    [3, i32(size)],
    [5, dataPage],
  ]);
}

function footerFields(
  columns: readonly StagedParquetColumn[],
  groups: readonly RowGroup[],
): ThriftFields {
  const root = struct([4, text('schema')], [5, i32(columns.length)]);
  const rowCount = groups.reduce((sum, group) => sum + group.rowCount, 0);
  return [
    [1, i32(1)],
    [2, list([root, ...columns.map(schemaElement)])],
    [3, i64(rowCount)],
    [4, list(groups.map((group) => rowGroup(columns, group)))],
    [6, text('coldcase')],
  ];
}

function schemaElement({ name, required, builder }: StagedParquetColumn): ThriftValue {
  const head: ThriftFields = [
    [1, i32(physicalTypes[builder.type])],
    [3, i32(required ? 0 : 1)],
    [4, text(name)],
  ];
  if (builder.type === 'string') {
    return struct(...head, [6, i32(codes.utf8)], [10, struct([1, struct()])]);
  }
  if (builder.type === 'timestamp') {
    const micros = struct([1, bool(true)], [2, struct([2, struct()])]);
    return struct(...head, [6, i32(codes.timestampMicros)], [10, struct([8, micros])]);
  }
  return struct(...head);
}

function rowGroup(columns: readonly StagedParquetColumn[], group: RowGroup): ThriftValue {
  let totalBytes = 0;
  const chunks = columns.map(({ name, builder }) => {
    const chunk = group.chunks.get(builder) ?? { offset: 0, bytes: 0 };
    totalBytes += chunk.bytes;
    const metadata = struct(
      [1, i32(physicalTypes[builder.type])],
      [2, list([i32(codes.plain), i32(codes.rle)])],
      [3, list([text(name)])],
      [4, i32(codes.uncompressed)],
      [5, i64(group.rowCount)],
      [6, i64(chunk.bytes)],
      [7, i64(chunk.bytes)],
      [9, i64(chunk.offset)],
    );
    return struct([2, i64(chunk.offset)], [3, metadata]);
  });
  return struct([1, list(chunks)], [2, i64(totalBytes)], [3, i64(group.rowCount)]);
}

function guarded<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    if (code === 'ENOSPC' || code === 'EDQUOT') throw new Fault('CC5001', { path }, { cause });
    throw new Fault('CC5005', { path, reason: code }, { cause });
  }
}
