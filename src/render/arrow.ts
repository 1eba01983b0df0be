/**
 * Arrow IPC, as a file or a stream, batch by batch: what was written is handed on at once and
 * never kept. The package is loaded only here.
 */
import type { DataType, RecordBatchWriter } from 'apache-arrow';
import { unreachable } from '../base/assert.js';
import type { ColumnBatch, FileColumn, FileMetadata, PackedColumn } from '../query/column-batch.js';

type Arrow = typeof import('apache-arrow');

export interface ArrowFile {
  readonly shape: 'file' | 'stream';
  readonly columns: readonly FileColumn[];
  readonly metadata: FileMetadata;
}

/** The bytes of all batches. Instants are microseconds in UTC, texts plain Utf8. */
export async function* arrowBytes(
  file: ArrowFile,
  batches: Iterable<ColumnBatch> | AsyncIterable<ColumnBatch>,
): AsyncGenerator<Uint8Array> {
  const arrow = await import('apache-arrow');
  const schema = new arrow.Schema(
    file.columns.map(({ name, type, unit }) => {
      const units = unit === null ? [] : [['unit', unit] as const];
      return new arrow.Field(name, arrowType(arrow, type), true, new Map(units));
    }),
    new Map(file.metadata),
  );
  const out = collector(arrow);
  const writer: RecordBatchWriter =
    file.shape === 'file' ? new arrow.RecordBatchFileWriter() : new arrow.RecordBatchStreamWriter();
  writer.reset(out.queue, schema);
  for await (const { rowCount, columns } of batches) {
    const children = columns.map((column) => arrowData(arrow, column, rowCount));
    const type = new arrow.Struct(schema.fields);
    const data = arrow.makeData({ type, length: rowCount, nullCount: 0, children });
    writer.write(new arrow.RecordBatch(schema, data));
    yield* out.take();
  }
  writer.finish();
  yield* out.take();
}

/** What a writer writes to, in reach: the queue of the package gives its bytes to readers only. */
function collector(arrow: Arrow): {
  readonly queue: InstanceType<Arrow['AsyncByteQueue']>;
  readonly take: () => readonly Uint8Array[];
} {
  let chunks: Uint8Array[] = [];
  class Collector extends arrow.AsyncByteQueue {
    override write(chunk: ArrayBufferView | ArrayBufferLike): void {
      const bytes = ArrayBuffer.isView(chunk)
        ? new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength)
        : new Uint8Array(chunk);
      if (bytes.length > 0) chunks.push(bytes);
    }
  }
  return {
    queue: new Collector(),
    take: () => {
      const taken = chunks;
      chunks = [];
      return taken;
    },
  };
}

function arrowType(arrow: Arrow, type: FileColumn['type']): DataType {
  switch (type) {
    case 'string':
      return new arrow.Utf8();
    case 'integer':
      return new arrow.Int64();
    case 'number':
      return new arrow.Float64();
    case 'boolean':
      return new arrow.Bool();
    case 'timestamp':
      return new arrow.Timestamp(arrow.TimeUnit.MICROSECOND, 'UTC');
    default:
      return unreachable(type);
  }
}

function arrowData(arrow: Arrow, column: PackedColumn, length: number) {
  const { nullCount, present: nullBitmap } = column;
  const common = { length, nullCount, nullBitmap };
  switch (column.type) {
    case 'string': {
      const { bytes: data, offsets: valueOffsets } = column;
      return arrow.makeData({ ...common, type: new arrow.Utf8(), data, valueOffsets });
    }
    case 'integer':
      return arrow.makeData({ ...common, type: new arrow.Int64(), data: column.values });
    case 'timestamp': {
      const type = new arrow.TimestampMicrosecond('UTC');
      return arrow.makeData({ ...common, type, data: column.values });
    }
    case 'number':
      return arrow.makeData({ ...common, type: new arrow.Float64(), data: column.values });
    case 'boolean':
      return arrow.makeData({ ...common, type: new arrow.Bool(), data: column.values });
    default:
      return unreachable(column);
  }
}
