/** Columns of a dataset as fields of a Delta table, and back. The label lives in the metadata. */
import type { DeltaField } from '../delta/action.js';
import type { StatsType } from '../delta/stats.js';
import {
  type Column,
  type ColumnType,
  type DurationUnit,
  type Schema,
  systemColumns,
} from '../event/column.js';

const labelKey = 'coldcase.name';
const unitKey = 'coldcase.unit';

const deltaTypes: Readonly<Record<ColumnType, StatsType>> = {
  string: 'string',
  integer: 'long',
  number: 'double',
  boolean: 'boolean',
  timestamp: 'timestamp',
};

export function deltaTypeOf(type: ColumnType): StatsType {
  return deltaTypes[type];
}

const systemNames: ReadonlySet<string> = new Set(Object.values(systemColumns));

/** Fields of a new table: system columns first, `extra` and the partition `date` last. */
export const systemFields: readonly DeltaField[] = Object.freeze([
  systemField(systemColumns.ts, 'timestamp'),
  systemField(systemColumns.ingestedAt, 'timestamp'),
  systemField(systemColumns.weight, 'long'),
  systemField(systemColumns.batch, 'string'),
  systemField(systemColumns.extra, {
    type: 'map',
    keyType: 'string',
    valueType: 'string',
    valueContainsNull: true,
  }),
  systemField(systemColumns.date, 'date'),
]);

/** The fields with new columns set in before `extra`. */
export function withColumns(
  fields: readonly DeltaField[],
  columns: readonly Column[],
): readonly DeltaField[] {
  const extra = fields.findIndex(({ name }) => name === systemColumns.extra);
  const at = extra < 0 ? fields.length : extra;
  return [...fields.slice(0, at), ...columns.map(fieldOf), ...fields.slice(at)];
}

function fieldOf({ name, label, type, unit }: Column): DeltaField {
  const metadata = {
    [labelKey]: label,
    ...(unit === null ? {} : { [unitKey]: unit }),
    comment: label,
  };
  return Object.freeze({ name, type: deltaTypes[type], nullable: true, metadata });
}

/** The user columns, in order. Fields of types that coldcase does not write are left out. */
export function schemaOf(fields: readonly DeltaField[]): Schema {
  return Object.freeze(
    fields.flatMap(({ name, type, metadata }) => {
      const columnType = columnTypeOf(type);
      if (systemNames.has(name) || columnType === null) return [];
      const label = metadata[labelKey];
      return [
        Object.freeze({
          name,
          label: typeof label === 'string' ? label : name,
          type: columnType,
          unit: unitOf(metadata[unitKey]),
        }),
      ];
    }),
  );
}

function columnTypeOf(type: DeltaField['type']): ColumnType | null {
  switch (type) {
    case 'string':
      return 'string';
    case 'long':
      return 'integer';
    case 'double':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'timestamp':
      return 'timestamp';
    default:
      return null;
  }
}

function unitOf(value: unknown): DurationUnit | null {
  return value === 's' || value === 'ms' || value === 'us' || value === 'ns' ? value : null;
}

function systemField(name: string, type: DeltaField['type']): DeltaField {
  return Object.freeze({ name, type, nullable: true, metadata: Object.freeze({}) });
}
