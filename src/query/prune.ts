/** Which files a window and filters need, and the span of what is kept. In doubt a file is read. */
import { unreachable } from '../base/assert.js';
import { type Bound, type ColumnTest, columnMayMatch } from '../delta/prune.js';
import { deltaTypeOf } from '../store/table-schema.js';
import { microsPerDay } from '../time/instant.js';
import type { TimeRange } from '../time/range.js';
import type { Condition, Value } from './condition.js';
import type { FieldSource, FieldUse } from './field.js';
import type { QueryFile } from './ports.js';

/** The files that may hold events of the window; all of them without a window. */
export function filesFor(
  files: readonly QueryFile[],
  window: TimeRange | null,
): readonly QueryFile[] {
  if (window === null) return files;
  return files.filter((file) => {
    const span = knownSpan(file);
    return span === null || (span.start < window.end && span.end > window.start);
  });
}

/** Whether all files have the same columns, so that one schema does for all. */
export function haveOneLayout(files: readonly QueryFile[]): boolean {
  return files[0]?.layout !== null && new Set(files.map(({ layout }) => layout)).size < 2;
}

/** Whether the condition may be true for any event of the file. */
export function mayHold(condition: Condition, file: QueryFile): boolean {
  switch (condition.kind) {
    case 'and':
      return condition.operands.every((operand) => mayHold(operand, file));
    case 'or':
      return condition.operands.some((operand) => mayHold(operand, file));
    case 'constant':
      return condition.value;
    case 'compare': {
      const { op, left, right } = condition;
      const bound = boundOf(right);
      if (op === '!=' || bound === null) return true;
      const min = op === '<' || op === '<=' ? null : bound;
      const max = op === '>' || op === '>=' ? null : bound;
      return mayLie(left, { kind: 'between', min, max }, file);
    }
    case 'one of': {
      const bounds = condition.values.map(boundOf);
      const values = bounds.filter((bound) => bound !== null);
      if (values.length < bounds.length) return true;
      return mayLie(condition.left, { kind: 'in', values }, file);
    }
    case 'not':
    case 'compare fields':
    case 'match':
    case 'starts':
    case 'ends':
    case 'contains':
    case 'exists':
      return true;
    default:
      return unreachable(condition);
  }
}

type ValueTest =
  | { readonly kind: 'between'; readonly min: Bound | null; readonly max: Bound | null }
  | { readonly kind: 'in'; readonly values: readonly Bound[] };

/** Bounds are compared as doubles, so a whole number must be one exactly. */
function boundOf({ value }: Value): Bound | null {
  if (typeof value === 'boolean') return null;
  if (typeof value !== 'bigint') return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : null;
}

function mayLie(use: FieldUse, test: ValueTest, file: QueryFile): boolean {
  return use.field.sources.some((source) => sourceMayLie(source, use, { test, file }));
}

function sourceMayLie(
  source: FieldSource,
  { as }: FieldUse,
  { test, file }: { readonly test: ValueTest; readonly file: QueryFile },
): boolean {
  switch (source.kind) {
    case 'date':
    case 'related':
    case 'derived':
      return true;
    case 'extra':
      return file.extraLabels?.includes(source.label) ?? true;
    case 'column': {
      const { name, type } = source.column;
      const isNumber = as === 'number' && type === 'integer';
      if (file.stats === null || source.scale !== 1 || (type !== as && !isNumber)) return true;
      const columnTest: ColumnTest = { ...test, column: name, type: deltaTypeOf(type) };
      return columnMayMatch(file.stats, columnTest) && mayHoldText(file, name, test);
    }
    default:
      return unreachable(source);
  }
}

/** Whether a file may hold one of the texts that are looked for, if texts are. */
function mayHoldText(file: QueryFile, column: string, test: ValueTest): boolean {
  const values = test.kind === 'in' ? test.values : test.min === test.max ? [test.min] : [];
  if (file.mayHoldText === undefined || values.length === 0) return true;
  const { mayHoldText: holds } = file;
  return values.some((value) => typeof value !== 'string' || holds(column, value));
}

/** From the first to just after the last event; empty at 0 when nothing is kept. */
export function spanOf(files: readonly QueryFile[]): TimeRange {
  const spans = files.flatMap((file) => knownSpan(file) ?? likelySpan(file) ?? []);
  if (spans.length === 0) return { start: 0, end: 0 };
  return {
    start: spans.reduce((least, { start }) => Math.min(least, start), Number.POSITIVE_INFINITY),
    end: spans.reduce((most, { end }) => Math.max(most, end), Number.NEGATIVE_INFINITY),
  };
}

/** Whether every event is known to lie in the span of the files. */
export function isSpanKnown(files: readonly QueryFile[]): boolean {
  return files.every((file) => knownSpan(file) !== null);
}

/** Whether every event of a file lies in a window. */
export function isInside(
  { minTs, maxTs }: Pick<QueryFile, 'minTs' | 'maxTs'>,
  { start, end }: TimeRange,
): boolean {
  return minTs !== null && maxTs !== null && minTs >= start && maxTs < end;
}

function knownSpan({ minTs, maxTs }: QueryFile): TimeRange | null {
  return minTs === null || maxTs === null ? null : { start: minTs, end: maxTs + 1 };
}

/** Another writer may have cut its days in another time zone, so a day more on each side. */
function likelySpan({ date }: QueryFile): TimeRange | null {
  const day = Date.parse(`${date}T00:00:00Z`) * 1000;
  return Number.isNaN(day) ? null : { start: day - microsPerDay, end: day + 2 * microsPerDay };
}
