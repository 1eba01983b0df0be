/** Reasons of the JSON scanner in words. */
import { present } from '../base/assert.js';
import { type RecordReason, recordReasons } from './receipt.js';

import type { RecordLimits } from './record.js';
import type { RowProblem } from './stage-options.js';

/** What a negative result of the scanner says. */
export function problemOf(result: number, limits: RecordLimits): RowProblem {
  const reason = present(recordReasons[-1 - result], 'the reason of a reject');
  return { reason, message: messageOf(reason, limits) };
}

function messageOf(reason: RecordReason, limits: RecordLimits): string {
  switch (reason) {
    case 'utf8':
      return 'not valid UTF-8, or half a surrogate pair';
    case 'not_object':
      return 'a JSON value, but not an object';
    case 'dup_key':
      return 'the same key twice in one object';
    case 'key_conflict':
      return 'two keys that flatten to the same name';
    case 'bad_key':
      return `a key that is empty, has NUL or is over ${limits.keyChars} characters`;
    case 'number_range':
      return 'a number that cannot be kept exactly';
    case 'too_deep':
      return `nested more than ${limits.depth} deep`;
    case 'too_many_fields':
      return `more than ${limits.fields} keys`;
    default:
      return 'not exactly one JSON value';
  }
}
