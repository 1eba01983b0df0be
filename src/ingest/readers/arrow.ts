/**
 * Arrow IPC, as a file or a stream. One changed byte can make the package eat the heap, so it runs
 * in a child process only. Structs are flattened; what has no plain value becomes JSON text.
 */
import { createReadStream } from 'node:fs';
import { type DataType, RecordBatchReader, Type, type Vector } from 'apache-arrow';
import type { ForeignBatch, ForeignEnd, ForeignValue } from '../foreign-rows.js';
import { instantText } from '../instant-text.js';
import { flattenDepth } from '../json-scanner.js';

/** One column of a batch, flattened: its label, and its value in a row. */
interface Leaf {
  readonly label: string;
  readonly value: (row: number) => ForeignValue;
}

export async function readArrow(
  path: string,
  onBatch: (batch: ForeignBatch) => void,
): Promise<ForeignEnd> {
  let rowCount = 0;
  let labels: readonly string[] = [];
  const iterator = batchesOf(path);
  for (;;) {
    let next: Awaited<ReturnType<typeof iterator.next>>;
    try {
      next = await iterator.next();
    } catch {
      return { kind: 'damaged', rowCount, reason: 'not a complete Arrow file' };
    }
    if (next.done === true) return { kind: 'complete', rowCount };
    const { leaves, count } = next.value;
    const found = leaves.map(({ label }) => label);
    if (found.join('\n') !== labels.join('\n')) labels = found;
    const rows = Array.from({ length: count }, (_, row) => leaves.map(({ value }) => value(row)));
    rowCount += count;
    onBatch({ labels, rows });
  }
}

async function* batchesOf(
  path: string,
): AsyncGenerator<{ readonly leaves: readonly Leaf[]; readonly count: number }> {
  const reader = await RecordBatchReader.from(createReadStream(path));
  await reader.open();
  for await (const batch of reader) {
    const leaves = batch.schema.fields.flatMap((field, index) => {
      const vector = batch.getChildAt(index);
      return vector === null ? [] : leavesOf(field.name, vector, 1);
    });
    yield { leaves, count: batch.numRows };
  }
}

function leavesOf(label: string, vector: Vector<DataType>, depth: number): readonly Leaf[] {
  if (vector.type.typeId === Type.Struct && depth < flattenDepth) {
    const fields: readonly { readonly name: string }[] = vector.type.children;
    return fields.flatMap(({ name }, index) => {
      const child = vector.getChildAt(index);
      return child === null ? [] : leavesOf(`${label}.${name}`, child, depth + 1);
    });
  }
  return [{ label, value: valueReader(vector) }];
}

const nanosPerUnit = [1_000_000_000n, 1_000_000n, 1_000n, 1n];

function valueReader(vector: Vector<DataType>): (row: number) => ForeignValue {
  const { type } = vector;
  if (type.typeId === Type.Timestamp) {
    const unit = nanosPerUnit['unit' in type ? Number(type.unit) : 0] ?? 1n;
    const values: ArrayLike<unknown> = vector.data[0]?.values ?? [];
    return (row) => {
      const raw = vector.isValid(row) ? values[row] : null;
      return typeof raw === 'bigint' ? instantText(raw * unit) : null;
    };
  }
  if (type.typeId === Type.Date) {
    return (row) => {
      const value: unknown = vector.get(row);
      const millis = value instanceof Date ? value.getTime() : Number(value);
      return value === null ? null : instantText(BigInt(millis) * 1_000_000n).slice(0, 10);
    };
  }
  if (type.typeId === Type.Decimal) {
    const scale = 'scale' in type ? Number(type.scale) : 0;
    return (row) => decimalText(vector.get(row), scale);
  }
  return (row) => plainValue(vector.get(row));
}

/** A decimal from its unscaled integer, in little-endian words. As text: it is exact. */
function decimalText(words: unknown, scale: number): string | null {
  if (!(words instanceof Uint32Array)) return null;
  const bits = words.length * 32;
  const unsigned = words.reduceRight((sum, word) => (sum << 32n) | BigInt(word), 0n);
  const unscaled = BigInt.asIntN(bits, unsigned);
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const text = scale === 0 ? whole : `${whole}.${digits.slice(-scale)}`;
  return unscaled < 0n ? `-${text}` : text;
}

function plainValue(value: unknown): ForeignValue {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') {
    return BigInt.asIntN(54, value) === value ? Number(value) : value;
  }
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  const text = JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'bigint' ? inner.toString() : inner,
  );
  return { kind: 'json', text: text ?? String(value) };
}
