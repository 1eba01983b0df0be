/** Texts, regular expressions and times of the formula language as SQL. */
import { unreachable } from '../base/assert.js';
import { type TimePart, timeParts } from '../expression/formula-time.js';
import { hasGroup } from '../expression/pattern.js';
import { all, binary, call, cast, isNotNull, literal, text, tryCast, when } from '../sql/build.js';
import type { SqlExpression } from '../sql/node.js';
import { numberOrNull } from './formula-number-sql.js';
import { booleanLane, type Lanes, type Lets, numberLane, stringLane } from './lanes.js';

const noText = cast(literal(null), 'VARCHAR');

/** What is no text: false for a question, null for a value. */
export function textLanes(
  name: 'STARTS_WITH' | 'ENDS_WITH' | 'CONTAINS' | 'TO_LOWER' | 'LENGTH' | 'BYTES',
  { string }: Lanes,
  other: Lanes,
): Lanes {
  switch (name) {
    case 'STARTS_WITH':
      return asked('starts_with', string, other.string);
    case 'ENDS_WITH':
      return asked('ends_with', string, other.string);
    case 'CONTAINS':
      return asked('contains', string, other.string);
    case 'TO_LOWER':
      return stringLane(call('lower', string ?? noText));
    case 'LENGTH':
      return numberLane(call('length', string ?? noText), true);
    case 'BYTES':
      return numberLane(call('strlen', string ?? noText), true);
    default:
      return unreachable(name);
  }
}

function asked(name: string, left: SqlExpression | null, right: SqlExpression | null): Lanes {
  if (left === null || right === null) return booleanLane(literal(false));
  return booleanLane(call('coalesce', call(name, left, right), literal(false)));
}

/** `.` is not a line end, as in Go. */
export function regexLanes(
  lets: Lets,
  name: 'REG_MATCH' | 'REG_VALUE' | 'REG_COUNT',
  value: Lanes,
  pattern: string,
): Lanes {
  const string = lets.bind(value.string ?? noText);
  const expression = text(pattern);
  const matches = call('regexp_matches', string, expression);
  switch (name) {
    case 'REG_MATCH': {
      const filled = binary('<>', string, text(''));
      return booleanLane(call('coalesce', all([filled, matches]), literal(false)));
    }
    case 'REG_VALUE': {
      const group = literal(hasGroup(pattern) ? 1 : 0);
      const found = call('regexp_extract', string, expression, group);
      return stringLane(when([[matches, found]], null));
    }
    case 'REG_COUNT': {
      const found = call('regexp_extract_all', string, expression);
      return numberLane(call('coalesce', call('len', found), literal(0)), true);
    }
    default:
      return unreachable(name);
  }
}

/** Date and time with a zone; the engine alone would also take days and times without one. */
const rfc3339 = '^\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)$';

export function unixTimeLanes(lets: Lets, { string }: Lanes): Lanes {
  const upper = lets.bind(call('upper', string ?? noText));
  const isTime = call('regexp_matches', upper, text(rfc3339));
  const moment = tryCast(when([[isTime, upper]], null), 'TIMESTAMPTZ');
  return numberLane(binary('/', call('epoch_us', moment), literal(1_000_000)));
}

/** **Units** seconds: the years 1 to 9999, all that a four-digit year can name. */
const firstSecond = -62_135_596_800;
const endSecond = 253_402_300_800;

export function formatTimeLanes(lets: Lets, format: string, value: Lanes): Lanes {
  const seconds = lets.bind(numberOrNull(lets, value));
  const isKnown = all([
    binary('>=', seconds, literal(firstSecond)),
    binary('<', seconds, literal(endSecond)),
  ]);
  const micros = cast(call('round', binary('*', seconds, literal(1_000_000))), 'BIGINT');
  const moment = lets.bind(call('make_timestamp', when([[isKnown, micros]], null)));
  const parts = (timeParts(format) ?? []).map((part) => timeText(part, moment));
  return stringLane(when([[isNotNull(moment), call('concat', text(''), ...parts)]], null));
}

function timeText(part: TimePart, moment: SqlExpression): SqlExpression {
  if (part.kind === 'text') return text(part.text);
  const write = (format: string): SqlExpression => call('strftime', moment, text(format));
  switch (part.code) {
    case 'Y':
      return call('lpad', write('%Y'), literal(4), text('0'));
    case 'C':
      return call('left', call('lpad', write('%Y'), literal(4), text('0')), literal(2));
    case 'e':
      return call('lpad', write('%-d'), literal(2), text(' '));
    case 'k':
      return call('lpad', write('%-H'), literal(2), text(' '));
    case 'l':
      return call('lpad', write('%-I'), literal(2), text(' '));
    case 's': {
      const seconds = binary('/', call('epoch_us', moment), literal(1_000_000));
      return cast(cast(call('floor', seconds), 'BIGINT'), 'VARCHAR');
    }
    default:
      return write(`%${part.code}`);
  }
}
