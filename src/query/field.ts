/** A role or column of one snapshot, and the ways its values can be read. Pure data. */
import type { Column, ColumnType, DurationUnit } from '../event/column.js';
import type { RelationPrefix } from './spec.js';

/**
 * Where a value can lie; the first filled source wins. `scale` brings a number to the unit of the
 * field. `extra` is the JSON text kept under that label; `date` is the UTC date of `ts`.
 */
export type FieldSource =
  | { readonly kind: 'column'; readonly column: Column; readonly scale: number }
  | { readonly kind: 'extra'; readonly label: string; readonly scale: number }
  | { readonly kind: 'date' }
  /** A value of another span of the trace: the one at `index` of those asked for of it. */
  | {
      readonly kind: 'related';
      readonly prefix: RelationPrefix;
      readonly index: number;
      readonly type: ColumnType;
    }
  | DerivedSource;

/** A calculated field of the plan, by its alias; `lanes`: the types its values can have. */
export interface DerivedSource {
  readonly kind: 'derived';
  readonly name: string;
  readonly lanes: {
    readonly number: 'integer' | 'number' | null;
    readonly string: boolean;
    readonly boolean: boolean;
  };
}

export interface Field {
  /** As asked for. */
  readonly label: string;
  readonly kind: 'role' | 'column';
  readonly sources: readonly FieldSource[];
  /** The type of its values in columns. */
  readonly type: ColumnType;
  readonly unit: DurationUnit | null;
  /** How it takes part in arithmetic and numeric comparisons; null when it does not. */
  readonly numeric: 'integer' | 'number' | null;
  /** Whether its text stands for numbers by what it is: the roles status and duration. */
  readonly numericText: boolean;
}

/** A field read as one type; what cannot be read so is null. */
export interface FieldUse {
  readonly field: Field;
  readonly as: ColumnType;
}

/** **Units** microseconds in one of the unit. */
export const microsPerUnit: Readonly<Record<DurationUnit, number>> = {
  s: 1_000_000,
  ms: 1_000,
  us: 1,
  ns: 0.001,
};

export function hasExtra(field: Field): boolean {
  return field.sources.some(({ kind }) => kind === 'extra');
}

/**
 * As a value to show or count: values of other types are there too, so all is text; but for numbers
 * of several units, which have to be brought to one.
 */
export function shownUse(field: Field): FieldUse {
  const isScaled = field.sources.some((source) => 'scale' in source && source.scale !== 1);
  return { field, as: hasExtra(field) && !isScaled ? 'string' : field.type };
}

/** The type a filter compares with: text in a numeric role counts as a number. */
export function comparedType(field: Field): ColumnType {
  return field.kind === 'role' && field.numericText ? (field.numeric ?? field.type) : field.type;
}

/** Whether text is read as numbers, so that some of it may be none. */
export function isTextAsNumber({ field, as }: FieldUse): boolean {
  return field.type === 'string' && (as === 'integer' || as === 'number');
}
