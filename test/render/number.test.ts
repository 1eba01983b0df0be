import { describe, expect, it } from 'vitest';
import { decimalsFor, formatCount, formatNumber, formatPercent } from '../../src/render/number.js';

describe('numbers for people', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [22_682, '22,682'],
    [-1_234_567, '-1,234,567'],
    [9_007_199_254_740_993n, '9,007,199,254,740,993'],
    [1e21, '1e+21'],
  ])('counts %s as %s', (value, text) => expect(formatCount(value)).toBe(text));

  it.each([
    [
      [29, 1_234],
      ['29', '1,234'],
    ],
    [
      [1_234.5, 0.25],
      ['1,235', '0.250'],
    ],
    [
      [29.123, 3],
      ['29.1', '3.0'],
    ],
    [
      [2.5, -0.004],
      ['2.50', '-0.00400'],
    ],
    [
      [0.25, 0.00012, 0, -0],
      ['0.250', '0.000120', '0.000', '0.000'],
    ],
    [
      [1.5, 0.0123, 0.00000012, -0.0000099],
      ['1.50', '0.0123', '1.20e-7', '-0.00000990'],
    ],
  ])('writes the column %j as %j', (values, texts) => {
    const decimals = decimalsFor(values);
    expect(values.map((value) => formatNumber(value, decimals))).toEqual(texts);
  });

  it.each([
    [0, '0.0 %'],
    [0.907, '90.7 %'],
    [1, '100.0 %'],
    [0.99999, '>99.9 %'],
    [0.00001, '<0.1 %'],
  ])('shows the share %s as %s', (ratio, text) => expect(formatPercent(ratio)).toBe(text));
});
