/** Raw events as lines of text, straight from packed columns: CSV, TSV, NDJSON, JSON. Pure. */
import { type ColumnBatch, cellAt, type FileColumn, isPresent } from '../query/column-batch.js';
import type { Cell } from '../query/ports.js';
import { exactCell } from './cell.js';
import { type DelimitedStyle, delimitedHeader, rowWriter } from './delimited.js';
import { jsonText, printableJson } from './json.js';
import { inPieces } from './pieces.js';

type Batches = AsyncIterable<ColumnBatch>;

/** Header and rows. */
export async function* delimitedEvents(
  columns: readonly FileColumn[],
  batches: Batches,
  style: DelimitedStyle,
): AsyncGenerator<string> {
  const shown = columns.map(({ name: key, type }) => ({ key, show: showOf(type) }));
  yield delimitedHeader(shown, style);
  const line = rowWriter(shown, style);
  const lines = function* ({ rowCount, columns: packed }: ColumnBatch): Generator<string> {
    for (let row = 0; row < rowCount; row += 1) {
      yield line(packed.map((column) => cellAt(column, row)));
    }
  };
  for await (const batch of batches) yield* inPieces(lines(batch));
}

function showOf(type: FileColumn['type']): 'instant' | 'text' {
  return type === 'timestamp' ? 'instant' : 'text';
}

/** Objects of JSON as lines, or as what stands between the brackets of a list. */
export type JsonShape = 'lines' | 'list';

/**
 * One JSON object an event; fields it does not have are left out. When `extraLast`, the last column
 * is an object of JSON texts: each takes the place of a value that its column does not hold.
 */
export async function* jsonEvents(
  columns: readonly FileColumn[],
  batches: Batches,
  { extraLast, shape }: { readonly extraLast: boolean; readonly shape: JsonShape },
): AsyncGenerator<string> {
  let isFirst = true;
  const ended = (object: string): string => {
    const before = shape === 'lines' ? '' : isFirst ? '\n' : ',\n';
    isFirst = false;
    return shape === 'lines' ? `${object}\n` : before + object;
  };
  const fields = extraLast ? columns.slice(0, -1) : columns;
  const keys = fields.map(({ name }) => `${jsonText(name)}:`);
  const shows = fields.map(({ type }) => ({ show: showOf(type) }));
  const objects = function* ({ rowCount, columns: packed }: ColumnBatch): Generator<string> {
    const beside = extraLast ? packed.at(-1) : undefined;
    for (let row = 0; row < rowCount; row += 1) {
      const parts: string[] = [];
      const hasExtra = beside !== undefined && isPresent(beside, row);
      const extra = hasExtra ? extraOf(cellAt(beside, row)) : null;
      for (const [index, key] of keys.entries()) {
        const column = packed[index];
        const label = fields[index]?.name ?? '';
        if (column !== undefined && isPresent(column, row)) {
          parts.push(key + jsonCell(cellAt(column, row), shows[index] ?? { show: 'text' }));
        } else if (extra?.has(label)) parts.push(key + (extra.get(label) ?? 'null'));
        extra?.delete(label);
      }
      for (const [label, value] of extra ?? []) parts.push(`${jsonText(label)}:${value}`);
      yield ended(`{${parts.join(',')}}`);
    }
  };
  for await (const batch of batches) yield* inPieces(objects(batch));
}

function jsonCell(cell: Cell, column: { readonly show: 'instant' | 'text' }): string {
  return jsonText(
    typeof cell === 'number' && column.show === 'instant' ? exactCell(cell, column) : cell,
  );
}

/** JSON texts by label. What another tool put there may be none, and is then a text itself. */
function extraOf(text: Cell): Map<string, string> {
  const object: unknown = JSON.parse(String(text));
  const entries = typeof object === 'object' && object !== null ? Object.entries(object) : [];
  return new Map(entries.map(([label, value]) => [label, jsonOf(String(value))] as const));
}

function jsonOf(text: string): string {
  try {
    JSON.parse(text);
    return printableJson(text);
  } catch {
    return jsonText(text);
  }
}
