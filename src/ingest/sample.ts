/** The first events of an input, read for guessing: nothing of it is stored. */
import type { ColumnSample, SampleValue } from '../event/column-sample.js';
import type { DetectInput } from './detect.js';
import { createReader, type TextDialect } from './dialect.js';
import { fieldOf, sampleValue } from './field-value.js';
import type { FieldValue, RecordLimits } from './record.js';

/** Events a guess of roles looks at. */
const sampleRows = 5_000;

/** Columns a guess looks at, so that hostile keys cost little. */
const sampleColumns = 2_000;

/** The columns of the first events; empty when there is no event among the first bytes. */
export function sampleColumnsOf(
  input: DetectInput,
  dialect: TextDialect,
  limits: RecordLimits,
): readonly ColumnSample[] {
  const values = new Map<string, SampleValue[]>();
  let rows = 0;

  function add(label: string, value: FieldValue): void {
    if (!values.has(label) && values.size < sampleColumns) values.set(label, []);
    const shown = sampleValue(value);
    if (shown !== null) values.get(label)?.push(shown);
  }

  const reader = createReader(
    dialect,
    { path: input.path, limits, start: { line: 1, byteOffset: 0 } },
    {
      scanned: {
        event({ row, keys }, bytes) {
          if (rows >= sampleRows) return null;
          rows += 1;
          for (let index = 0; index < row.count; index += 1) {
            add(keys.labels[row.label[index] ?? 0] ?? '', fieldOf(row, index, bytes));
          }
          return null;
        },
        reject: () => {},
        blank: () => {},
      },
      records: {
        record(_place, labels, fields) {
          if (rows >= sampleRows) return;
          rows += 1;
          for (const [index, label] of labels.entries()) add(label, fields[index] ?? null);
        },
        reject: () => {},
        blank: () => {},
      },
    },
  );
  reader.write(input.head);
  if (input.complete) reader.end();
  return [...values].map(([label, found]) => ({ label, values: found, rows }));
}

/** The column names of a table, as its first record shows them; null without a record. */
export function headerOf(
  input: DetectInput,
  dialect: TextDialect,
  limits: RecordLimits,
): readonly string[] | null {
  let header: readonly string[] | null = null;
  const nothing = () => {};
  const reader = createReader(
    dialect,
    { path: input.path, limits, start: { line: 1, byteOffset: 0 } },
    {
      scanned: { event: () => null, reject: nothing, blank: nothing },
      records: {
        record(_place, labels) {
          header ??= labels;
        },
        reject: nothing,
        blank: nothing,
      },
    },
  );
  reader.write(input.head);
  if (input.complete) reader.end();
  return header;
}
