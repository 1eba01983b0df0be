/** Names and types of a filter: whole messages, with advice and place. */
import { describe, expect, it } from 'vitest';
import { checkExpression, type KnownName, type Names } from '../../src/expression/check.js';
import { parseExpression } from '../../src/expression/parse.js';

const columns: Readonly<Record<string, KnownName>> = {
  'host.name': { kind: 'column', type: 'string', unit: null },
  status_code: { kind: 'column', type: 'integer', unit: null },
  duration_ms: { kind: 'column', type: 'number', unit: 'ms' },
  size: { kind: 'column', type: 'number', unit: null },
  cached: { kind: 'column', type: 'boolean', unit: null },
  seen: { kind: 'column', type: 'timestamp', unit: null },
};
const roles: Readonly<Record<string, KnownName>> = {
  host: { kind: 'role', type: 'string', unit: null },
  status: { kind: 'role', type: 'integer', unit: null },
  duration: { kind: 'role', type: 'number', unit: 'ms' },
};
const names: Names = {
  find: (name, exact) => (exact ? undefined : roles[name]) ?? columns[name] ?? null,
  roles: Object.keys(roles),
  columns: Object.keys(columns),
};

function faultsIn(text: string): readonly string[] {
  const source = { text, option: '--where' };
  return checkExpression(parseExpression(text), source, names).map((fault) => {
    const { start = 0, end = 0 } = fault.at ?? {};
    return `${fault.code} ${fault.message} @${start}-${end} | ${fault.hint}`;
  });
}

const fine = [
  'status >= 500 and host = api-37',
  'status in (401, 5xx) and status != 4xx',
  'status = 401.5',
  'host = 401 or host in (1.10, true, 5m)',
  "host < 'b'",
  'duration > 250ms and duration > 250',
  'size between 1 and 99999999999999999999',
  'cached = true and cached in (true, false)',
  'seen >= 2020-04-16T14:10:00Z and seen < "2020-04-17"',
  'status = `size` and `host.name` ~ ^api and host starts api',
  'host exists and seen missing and true',
];

const wrong: Readonly<Record<string, readonly string[]>> = {
  'hostnme = x': ['CC1201 no column or role hostnme @0-7 | did you mean host.name?'],
  'hsot = x': ['CC1201 no column or role hsot @0-4 | did you mean host?'],
  '`host` = x': ['CC1201 no column or role host @0-6 | did you mean host.name?'],
  'zebra missing': ['CC1201 no column or role zebra @0-5 | coldcase columns lists what there is'],
  'status = "401"': [
    "CC1202 status is an integer and cannot be compared with the text '401' @9-14 | write 401 without quotes",
  ],
  'status in (401, ok)': [
    "CC1202 status is an integer and cannot be compared with the text 'ok' @16-18 | write a number",
  ],
  'status >= 4xx': [
    'CC1202 status is an integer and cannot be compared with the class 4xx @10-13 | write 400',
  ],
  'status > 250ms': [
    'CC1202 status is an integer and cannot be compared with the duration 250ms @9-14 | status has no unit; write a plain number',
  ],
  'status = true': [
    'CC1202 status is an integer and cannot be compared with true @9-13 | write a number',
  ],
  'status = 9223372036854775808': [
    'CC1202 status is an integer and cannot be compared with the number 9223372036854775808 @9-28 | an integer is at most 9223372036854775807',
  ],
  'host > 5ms': [
    "CC1202 host is text and cannot be compared with the duration 5ms @7-10 | texts are ordered letter by letter; write '5ms' if that is meant",
  ],
  "host between 1 and '5'": [
    "CC1202 host is text and cannot be compared with the text '5' @19-22 | both ends are numbers or both are texts",
  ],
  'cached = 1': [
    'CC1202 cached is true or false and cannot be compared with the number 1 @9-10 | write cached = true or cached = false',
  ],
  'cached > true': [
    'CC1202 cached is true or false and cannot be compared with true @9-13 | write = or !=',
  ],
  'seen > 1587046200': [
    'CC1202 seen is a time and cannot be compared with the number 1587046200 @7-17 | write a date such as 2020-04-16T14:10:00Z, or use --since and --until',
  ],
  'status ~ ^4': [
    'CC1202 status is an integer and cannot be compared with a regular expression @0-11 | write =, between or a class such as 4xx',
  ],
  'size starts 4': [
    'CC1202 size is a number and cannot be compared with the start of a text @0-13 | write = or <',
  ],
  'host = `size`': [
    'CC1202 host is text and cannot be compared with `size`, a number @7-13 | compare columns of the same type',
  ],
  'not (nope = 1 or status = a) and size between x and 2': [
    'CC1201 no column or role nope @5-9 | coldcase columns lists what there is',
    "CC1202 status is an integer and cannot be compared with the text 'a' @26-27 | write a number",
    "CC1202 size is a number and cannot be compared with the text 'x' @46-47 | write a number",
  ],
};

describe('check', () => {
  it.each(fine)('%s', (text) => {
    expect(faultsIn(text)).toEqual([]);
  });

  it.each(Object.entries(wrong))('%s', (text, expected) => {
    expect(faultsIn(text)).toEqual(expected);
  });
});
