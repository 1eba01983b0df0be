/** Fields as lanes: what a formula sees of a column, each value with its own type. */
import { unreachable } from '../base/assert.js';
import {
  all,
  any,
  binary,
  call,
  cast,
  column,
  isNull,
  literal,
  not,
  text,
  tryCast,
  when,
} from '../sql/build.js';
import type { SqlExpression } from '../sql/node.js';
import type { Field, FieldSource } from './field.js';
import {
  booleanLane,
  finiteSql,
  firstFilled,
  type Lanes,
  type Lets,
  noLanes,
  numberLane,
  parsedSql,
  stringLane,
} from './lanes.js';
import { derivedLane, extraJson, valueSql } from './value-sql.js';

/**
 * The first filled source of a field. Text of a role that stands for numbers (a status of a CSV
 * file) is a number where it is one.
 */
export function fieldLanes(field: Field, lets: Lets): Lanes {
  const lanes = firstFilled(
    lets,
    field.sources.map((source) => sourceLanes(field, source, lets)),
  );
  const isNumeric = field.kind === 'role' && field.numericText;
  if (!isNumeric || lanes.string === null) return lanes;
  const string = lets.bind(lanes.string);
  const parsed = lets.bind(parsedSql(lets, string));
  const others = { ...lanes, string: when([[isNull(parsed), string]], null) };
  return firstFilled(lets, [numberLane(parsed), others]);
}

function sourceLanes(field: Field, source: FieldSource, lets: Lets): Lanes {
  switch (source.kind) {
    case 'column': {
      const { type, name } = source.column;
      const single: Field = { ...field, sources: [source], type };
      if (type === 'timestamp') return stringLane(instantText(call('epoch_us', column(name))));
      if (type === 'string') return stringLane(column(name));
      if (type === 'boolean') return booleanLane(column(name));
      const isWhole = type === 'integer' && source.scale === 1;
      const number = valueSql({ field: single, as: isWhole ? 'integer' : 'number' });
      return numberLane(number, isWhole);
    }
    case 'extra':
      return jsonLanes(lets.bind(extraJson(source.label)), source.scale, lets);
    case 'date':
      return stringLane(valueSql({ field: { ...field, sources: [source] }, as: 'string' }));
    case 'related':
      return stringLane(valueSql({ field: { ...field, sources: [source] }, as: 'string' }));
    case 'derived': {
      const { name, lanes } = source;
      const integer = lanes.number === 'integer';
      return {
        number: lanes.number === null ? null : { sql: derivedLane(name, 'number'), integer },
        string: lanes.string ? derivedLane(name, 'string') : null,
        boolean: lanes.boolean ? derivedLane(name, 'boolean') : null,
      };
    }
    default:
      return unreachable(source);
  }
}

/** RFC 3339 in UTC, without zeros at the end of the seconds. */
export function instantText(micros: SqlExpression): SqlExpression {
  const utc = call('make_timestamp', micros);
  const written = call('strftime', utc, text('%Y-%m-%dT%H:%M:%S.%f'));
  return binary('||', call('regexp_replace', written, text('\\.?0*$'), text('')), text('Z'));
}

const numberTypes = ['BIGINT', 'UBIGINT', 'HUGEINT', 'DOUBLE'];

/** JSON text kept beside a column: its numbers are doubles, its lists and objects are text. */
function jsonLanes(json: SqlExpression, scale: number, lets: Lets): Lanes {
  const type = lets.bind(call('json_type', json));
  const plain = lets.bind(call('json_extract_string', json, text('$')));
  const isNumber = lets.bind(any(numberTypes.map((name) => binary('=', type, text(name)))));
  const isBoolean = lets.bind(binary('=', type, text('BOOLEAN')));
  const number = finiteSql(lets, tryCast(when([[isNumber, plain]], null), 'DOUBLE'));
  const scaled = scale === 1 ? number : binary('*', number, cast(literal(scale), 'DOUBLE'));
  return {
    ...noLanes,
    number: { sql: scaled, integer: false },
    string: when([[all([not(isNumber), not(isBoolean)]), plain]], null),
    boolean: tryCast(when([[isBoolean, plain]], null), 'BOOLEAN'),
  };
}
