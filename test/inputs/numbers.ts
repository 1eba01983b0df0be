/** Numbers are kept exactly or refused; a sample rate is a whole number from 1. */
import { type InputCase, rejectedLines, storedLine, time } from './case.js';

const event = (rest: string) => `{${time},${rest}}`;
const number = (text: string) => event(`"x":${text}`);

const range = rejectedLines('number_range', {
  '1e400': number('1e400'),
  '-1e400': number('-1e400'),
  '1e309': number('1e309'),
  '1.8e308': number('1.8e308'),
  '1E99999999999': number('1E99999999999'),
  '400 digits and a point': number(`${'9'.repeat(400)}.5`),
  '2^63': number('9223372036854775808'),
  '-2^63-1': number('-9223372036854775809'),
  '2^64': number('18446744073709551616'),
  '10^19': number('10000000000000000000'),
  '30 digits': number('123456789012345678901234567890'),
  'underflow to zero': number('1e-400'),
  'in a nested object': event('"a":{"b":1e999}'),
});

const rate = rejectedLines('sample_rate', {
  zero: event('"SampleRate":0'),
  negative: event('"SampleRate":-1'),
  fraction: event('"SampleRate":1.5'),
  'less than one': event('"SampleRate":0.1'),
  text: event('"SampleRate":"many"'),
  'empty text': event('"SampleRate":""'),
  true: event('"SampleRate":true'),
  array: event('"SampleRate":[10]'),
  'lower case': event('"samplerate":0'),
  'minus zero': event('"SampleRate":-0'),
});

export const numberCases: readonly InputCase[] = [
  ...range,
  ...rate,
  storedLine('2^53 + 1', number('9007199254740993'), { x: 9007199254740993n }),
  storedLine('2^63 - 1', number('9223372036854775807'), { x: 9223372036854775807n }),
  storedLine('-2^63', number('-9223372036854775808'), { x: -9223372036854775808n }),
  storedLine('zero', number('0'), { x: 0n }),
  storedLine('decimal', number('0.1'), { x: 0.1 }),
  storedLine('negative decimal', number('-273.15'), { x: -273.15 }),
  storedLine('exponent', number('2.5e-7'), { x: 2.5e-7 }),
  storedLine('capital exponent', number('2.5E+7'), { x: 2.5e7 }),
  storedLine('largest double', number('1.7976931348623157e308'), { x: Number.MAX_VALUE }),
  storedLine('smallest double', number('5e-324'), { x: 5e-324 }),
  storedLine('17 digits', number('0.30000000000000004'), { x: 0.30000000000000004 }),
  storedLine('sample rate 1', event('"SampleRate":1'), { weight: 1n }),
  storedLine('sample rate 10', event('"SampleRate":10'), { weight: 10n }),
  storedLine('sample rate null is 1', event('"SampleRate":null'), { weight: 1n }),
  storedLine('no sample rate is 1', event('"a":1'), { weight: 1n }),
];
