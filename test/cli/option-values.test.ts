import { describe, expect, it } from 'vitest';
import { Fault } from '../../src/base/fault.js';
import { byteSize, oneOf, wholeNumber } from '../../src/cli/option-values.js';
import { parseAssignments, parseMappings } from '../../src/cli/role-options.js';

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof Fault) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'no fault';
}

describe('values of options', () => {
  it.each([
    ['512', 512],
    ['1k', 1024],
    ['512MB', 536_870_912],
    ['1.5GiB', 1_610_612_736],
    ['2g', 2_147_483_648],
  ])('reads the size %s', (text, bytes) => expect(byteSize(text, 'max-memory')).toBe(bytes));

  it.each(['', 'much', '-1MB', '0', '12XB'])('refuses the size %j', (text) => {
    expect(messageOf(() => byteSize(text, 'max-memory'))).toBe(
      `CC1003: option --max-memory: expected a size, found ${text === '' ? 'nothing' : text}`,
    );
  });

  it('refuses what is not a whole number of at least the least', () => {
    expect(wholeNumber('20', 'limit', 1)).toBe(20);
    for (const text of ['0', '-1', '1.5', 'ten', '1e3']) {
      expect(messageOf(() => wholeNumber(text, 'limit', 1))).toBe(
        `CC1003: option --limit: expected a whole number of at least 1, found ${text}`,
      );
    }
  });

  it('names the words there are', () => {
    expect(messageOf(() => oneOf('html', 'format', ['table', 'csv']))).toBe(
      'CC1003: option --format: expected one of table, csv, found html',
    );
  });

  it('reads roles and assignments, in order', () => {
    expect([...parseMappings(['version=build', 'host=h=1'])]).toEqual([
      ['version', 'build'],
      ['host', 'h=1'],
    ]);
    expect(messageOf(() => parseMappings(['host=a', 'host=b']))).toBe(
      'CC1003: option --map: expected one column for host, found host=b',
    );
    expect([...parseAssignments(['service=api', 'env=x'])]).toEqual([
      ['service', 'api'],
      ['env', 'x'],
    ]);
    expect(messageOf(() => parseMappings(['verson=build']))).toBe(
      'CC1201: no column or role verson',
    );
    expect(messageOf(() => parseAssignments(['service']))).toBe(
      'CC1003: option --set: expected column=value, found service',
    );
  });
});
