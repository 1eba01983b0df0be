/** Fields, values and conditions as SQL expressions over the columns of the data files. */
import { unreachable } from '../base/assert.js';
import type { ColumnType } from '../event/column.js';
import type { ComparisonOperator, TextTest } from '../expression/tree.js';
import {
  all,
  any,
  binary,
  call,
  cast,
  column,
  isNotNull,
  literal,
  not,
  parameter,
  text,
  tryCast,
  when,
} from '../sql/build.js';
import type { BinaryOperator, SqlExpression, SqlType } from '../sql/node.js';
import type { Condition, Value } from './condition.js';
import type { DerivedSource, Field, FieldSource, FieldUse } from './field.js';
import type { LaneName } from './lanes.js';

/** What a column of each type is to the engine, in its files and in a statement. */
export const sqlTypes: Readonly<Record<ColumnType, SqlType>> = {
  string: 'VARCHAR',
  integer: 'BIGINT',
  number: 'DOUBLE',
  boolean: 'BOOLEAN',
  timestamp: 'TIMESTAMPTZ',
};

/** The first filled source of a field, as the type it is used as. */
export function valueSql({ field, as }: FieldUse): SqlExpression {
  const parts = field.sources.map((source) => sourceSql(source, as));
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : call('coalesce', ...parts);
}

function sourceSql(source: FieldSource, as: ColumnType): SqlExpression {
  switch (source.kind) {
    case 'column': {
      const { name, type } = source.column;
      const value = type === as ? column(name) : converted(column(name), type, as);
      return scaled(value, source.scale);
    }
    case 'extra':
      return scaled(fromJson(extraJson(source.label), as), source.scale);
    case 'date':
      return call(
        'strftime',
        call('make_timestamp', call('epoch_us', column('ts'))),
        text('%Y-%m-%d'),
      );
    case 'related': {
      const value = column(relatedName(source), source.prefix);
      return source.type === as ? value : converted(value, source.type, as);
    }
    case 'derived':
      return derivedSql(source, as);
    default:
      return unreachable(source);
  }
}

/** No column of data has such a name. */
export function relatedName({ index }: { readonly index: number }): string {
  return `#v${index}`;
}

/** A calculated field as one type: as in a column with values of other types beside it. */
function derivedSql({ name, lanes }: DerivedSource, as: ColumnType): SqlExpression {
  const parts = [
    lanes.number && laneAs(derivedLane(name, 'number'), lanes.number, as),
    lanes.string && laneAs(derivedLane(name, 'string'), 'string', as),
    lanes.boolean && laneAs(derivedLane(name, 'boolean'), 'boolean', as),
  ].filter((part) => part !== null && part !== false);
  const [first = cast(literal(null), sqlTypes[as])] = parts;
  return parts.length < 2 ? first : call('coalesce', ...parts);
}

function laneAs(value: SqlExpression, type: ColumnType, as: ColumnType): SqlExpression {
  return type === as ? value : converted(value, type, as);
}

/** The column that holds the values of one type of a calculated field. */
export function derivedLane(name: string, lane: LaneName): SqlExpression {
  return column(`${name}:${lane}`);
}

function scaled(value: SqlExpression, scale: number): SqlExpression {
  return scale === 1 ? value : binary('*', value, cast(literal(scale), 'DOUBLE'));
}

/** As people write it: a whole number without the `.0` of a double. */
function converted(value: SqlExpression, from: ColumnType, as: ColumnType): SqlExpression {
  if (from === 'string' && as === 'number') return finite(tryCast(value, 'DOUBLE'));
  if (as !== 'string') return tryCast(value, sqlTypes[as]);
  const words = cast(value, 'VARCHAR');
  return from === 'number' ? call('regexp_replace', words, text('\\.0$'), text('')) : words;
}

/** Text such as `nan` and `inf` is no number to us. */
function finite(value: SqlExpression): SqlExpression {
  return when([[call('isfinite', value), value]], null);
}

/** The JSON text kept under a label beside the columns. */
export function extraJson(label: string): SqlExpression {
  return { kind: 'element', operand: column('extra'), key: text(label) };
}

function fromJson(json: SqlExpression, as: ColumnType): SqlExpression {
  const plain = call('json_extract_string', json, text('$'));
  switch (as) {
    case 'string':
      return plain;
    case 'number':
      return finite(tryCast(plain, 'DOUBLE'));
    case 'integer':
    case 'boolean':
    case 'timestamp':
      return tryCast(plain, sqlTypes[as]);
    default:
      return unreachable(as);
  }
}

/** True where at least one source of the field is filled. */
function existsSql(field: Field): SqlExpression {
  return any(
    field.sources.map((source) => {
      if (source.kind === 'date') return literal(true);
      if (source.kind === 'related') return isNotNull(sourceSql(source, source.type));
      if (source.kind === 'derived') return isNotNull(derivedSql(source, 'string'));
      const value = source.kind === 'column' ? column(source.column.name) : extraJson(source.label);
      return isNotNull(value);
    }),
  );
}

export function conditionSql(condition: Condition): SqlExpression {
  switch (condition.kind) {
    case 'and':
      return all(condition.operands.map(conditionSql));
    case 'or':
      return any(condition.operands.map(conditionSql));
    case 'not':
      return not(conditionSql(condition.operand));
    case 'constant':
      return literal(condition.value);
    case 'compare':
      return compareSql(condition.op, valueSql(condition.left), boundSql(condition.right));
    case 'compare fields':
      return compareSql(condition.op, valueSql(condition.left), valueSql(condition.right));
    case 'one of':
      return {
        kind: 'in',
        operand: valueSql(condition.left),
        list: condition.values.map(boundSql),
        negated: false,
      };
    case 'match':
      return call('regexp_matches', valueSql(condition.left), text(condition.pattern));
    case 'starts':
    case 'ends':
    case 'contains':
      return call(textFunctions[condition.kind], valueSql(condition.left), text(condition.part));
    case 'exists':
      return existsSql(condition.field);
    default:
      return unreachable(condition);
  }
}

const textFunctions: Readonly<Record<TextTest, string>> = {
  starts: 'starts_with',
  ends: 'ends_with',
  contains: 'contains',
};

const operators: Readonly<Record<ComparisonOperator, BinaryOperator>> = {
  '=': '=',
  '!=': '<>',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
};

export function compareSql(
  op: ComparisonOperator,
  left: SqlExpression,
  right: SqlExpression,
): SqlExpression {
  return binary(operators[op], left, right);
}

function boundSql(value: Value): SqlExpression {
  return parameter(value);
}
