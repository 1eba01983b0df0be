/** Depth 64, 2,000 keys, 1 MiB a line: at the limit stored, one beyond it rejected. */
import { type InputCase, rejectedLine, storedLine, time } from './case.js';

const objects = (depth: number) =>
  `{${time},"a":${'{"b":'.repeat(depth - 1)}1${'}'.repeat(depth - 1)}}`;
const arrays = (depth: number) => `{${time},"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;
const mixed = (pairs: number) => `{${time},"a":${'[{"b":'.repeat(pairs)}1${'}]'.repeat(pairs)}}`;
const keys = (count: number, prefix = 'k') =>
  Array.from({ length: count }, (_, index) => `"${prefix}${index}":${index}`).join(',');
const ofSize = (bytes: number) => {
  const empty = `{${time},"a":""}`;
  return `{${time},"a":"${'x'.repeat(bytes - empty.length)}"}`;
};
const mebibyte = 1_048_576;

const tooDeep = (name: string, line: string) => rejectedLine(`too_deep: ${name}`, line, 'too_deep');
const tooLarge = (name: string, line: string) =>
  rejectedLine(`too_large: ${name}`, line, 'too_large');
const tooMany = (name: string, line: string) =>
  rejectedLine(`too_many_fields: ${name}`, line, 'too_many_fields');

export const limitCases: readonly InputCase[] = [
  storedLine('depth 64 of objects', objects(64)),
  storedLine('depth 64 of arrays', arrays(64)),
  storedLine('depth 63 of both', mixed(31)),
  tooDeep('65 objects', objects(65)),
  tooDeep('65 arrays', arrays(65)),
  tooDeep('65 of both', mixed(32)),
  tooDeep('1,000 objects', objects(1000)),
  tooDeep('5,000 arrays', arrays(5000)),
  tooDeep('20,000 objects', objects(20_000)),
  tooDeep('100,000 arrays', arrays(100_000)),
  storedLine('2,000 keys', `{${time},${keys(1999)}}`),
  tooMany('2,001 keys', `{${time},${keys(2000)}}`),
  tooMany('60,000 keys', `{${time},${keys(60_000)}}`),
  tooMany(
    'three objects of 1,000',
    `{${time},"a":{${keys(1000)}},"b":{${keys(1000)}},"c":{${keys(1000)}}}`,
  ),
  storedLine('a line of 1 MiB', ofSize(mebibyte)),
  tooLarge('1 MiB and a byte', ofSize(mebibyte + 1)),
  tooLarge('5 MiB', ofSize(5 * mebibyte)),
  tooLarge('2 MiB that are no JSON', 'x'.repeat(2 * mebibyte)),
  tooLarge('2 MiB of spaces before an object', `${' '.repeat(2 * mebibyte)}{}`),
];
