/** Keys: none twice, none empty, none too long; case and dots keep them apart. */
import { type InputCase, rejectedLines, storedLine, time } from './case.js';

const event = (rest: string) => `{${time},${rest}}`;

const twice = rejectedLines('dup_key', {
  'same value': event('"a":1,"a":1'),
  'other value': event('"a":1,"a":2'),
  'other type': event('"a":1,"a":"1"'),
  'null second': event('"a":1,"a":null'),
  'three times': event('"a":1,"a":2,"a":3'),
  'escaped the second time': event('"a":1,"\\u0061":2'),
  'escaped both times': event('"\\u0061":1,"\\u0061":2'),
  'escaped slash': event('"a/b":1,"a\\/b":2'),
  'time twice': `{${time},${time}}`,
  'in a nested object': event('"a":{"b":1,"b":2}'),
  'in an object in an array': event('"a":[{"b":1,"b":2}]'),
  'deeper than is flattened': event('"a":{"b":{"c":{"d":{"e":{"f":{"g":1,"g":2}}}}}}'),
  'objects twice': event('"a":{"b":1},"a":{"c":2}'),
  'prototype twice': event('"__proto__":1,"__proto__":2'),
  'not in Latin letters': event('"é":1,"\\u00e9":2'),
  'far apart': event(
    `"a":0,${Array.from({ length: 300 }, (_, i) => `"k${i}":${i}`).join(',')},"a":1`,
  ),
});

const conflict = rejectedLines('key_conflict', {
  'dotted and nested': event('"a.b":1,"a":{"b":2}'),
  'nested and dotted': event('"a":{"b":2},"a.b":1'),
  'dotted inside nested': event('"a":{"b.c":1,"b":{"c":2}}'),
});

const bad = rejectedLines('bad_key', {
  empty: event('"":1'),
  'empty and nested': event('"a":{"":1}'),
  'empty in an array': event('"a":[{"":1}]'),
  'NUL inside': event('"host\\u0000x":1'),
  'NUL alone': event('"\\u0000":1'),
  'NUL in a nested key': event('"a":{"b\\u0000":1}'),
  '257 characters': event(`"${'k'.repeat(257)}":1`),
  '10,000 characters': event(`"${'k'.repeat(10_000)}":1`),
  '257 characters, nested': event(`"a":{"${'k'.repeat(257)}":1}`),
});

export const keyCases: readonly InputCase[] = [
  ...twice,
  ...conflict,
  ...bad,
  storedLine('256 characters', event(`"${'k'.repeat(256)}":"x"`)),
  storedLine('case keeps keys apart', event('"a":"x","A":"y"')),
  storedLine('three cases', event('"status":200,"Status":"x","STATUS":true')),
  storedLine('dot and underscore are two keys', event('"a.b":"x","a_b":"y"')),
  storedLine('same key at two levels', event('"a":"x","b":{"a":"y"}'), { a: 'x', b_a: 'y' }),
  storedLine('same key in two objects', event('"x":{"a":"1"},"y":{"a":"2"}'), {
    x_a: '1',
    y_a: '2',
  }),
  storedLine('same key in two objects of an array', event('"a":[{"b":1},{"b":2}]'), {
    a: '[{"b":1},{"b":2}]',
  }),
  storedLine('keys of system columns', event('"date":"x","batch":"y","extra":"z"')),
  storedLine('a space in a key', event('"a b":"x"'), { a_b: 'x' }),
  storedLine('a key of digits', event('"1":"x"')),
  storedLine('a key of punctuation', event('"!?":"x"')),
  storedLine('a key with quotation marks', event('"a\\"b\'c`d":"x"')),
  storedLine('a key of SQL', event('"a\\"; drop table t; --":"x"')),
];
