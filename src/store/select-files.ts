/** Which data files a question must read. In doubt a file is read. */
import type { AddFile } from '../delta/action.js';
import { type Bound, type ColumnTest, mayMatch, passesPartition } from '../delta/prune.js';
import { systemColumns } from '../event/column.js';
import { microsPerDay } from '../time/instant.js';
import type { TimeRange } from '../time/range.js';
import { extraLabelsOf, isOwnFile } from './data-file.js';
import type { Dataset } from './dataset.js';
import { deltaTypeOf } from './table-schema.js';

/** What must hold for the value of a column in every row that matters; a null never does. Bounds
 * are inclusive and of the column's type; timestamps are micros. */
export type LabelTest =
  | {
      readonly kind: 'between';
      readonly label: string;
      readonly min: Bound | null;
      readonly max: Bound | null;
    }
  | { readonly kind: 'in'; readonly label: string; readonly values: readonly Bound[] };

export interface FileSelection {
  /** In order of path. */
  readonly files: readonly AddFile[];
  readonly prunedCount: number;
}

/** **Invariant** every file with an event inside the window that passes all tests is kept. */
export function selectFiles(
  dataset: Dataset,
  window: TimeRange | null,
  tests: readonly LabelTest[],
): FileSelection {
  const all = dataset.snapshot.files;
  const inWindow = window === null ? [] : [windowTest(window)];
  const columns = new Map(dataset.schema.map((column) => [column.label, column]));
  const files = all.filter((file) => {
    if (window !== null && !passesDate(file, window)) return false;
    const columnTests = tests.flatMap((test): ColumnTest[] => {
      const column = columns.get(test.label);
      if (column === undefined || mayHaveExtra(file, test.label)) return [];
      return [{ ...test, column: column.name, type: deltaTypeOf(column.type) }];
    });
    return mayMatch(file, [...inWindow, ...columnTests]);
  });
  return Object.freeze({ files: Object.freeze(files), prunedCount: all.length - files.length });
}

function mayHaveExtra(file: AddFile, label: string): boolean {
  return extraLabelsOf(file)?.includes(label) ?? true;
}

/** Only our own writer is known to put an event under the UTC date of its time. */
function passesDate(file: AddFile, { start, end }: TimeRange): boolean {
  if (!isOwnFile(file)) return true;
  const min = dateOf(start);
  const max = dateOf(end - 1);
  return passesPartition(file, { column: systemColumns.date, min, max });
}

function windowTest({ start, end }: TimeRange): ColumnTest {
  return {
    kind: 'between',
    column: systemColumns.ts,
    type: 'timestamp',
    min: start,
    max: end - 1,
  };
}

function dateOf(micros: number): string {
  return new Date(Math.floor(micros / microsPerDay) * 86_400_000).toISOString().slice(0, 10);
}
