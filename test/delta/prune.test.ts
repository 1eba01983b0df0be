import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ColumnTest, mayMatch } from '../../src/delta/prune.js';
import { encodeStats, formatMicros, parseStats, timestampMicros } from '../../src/delta/stats.js';
import { add } from './table.js';

const seed = 20_200_416;

function fileOf(rows: readonly Row[]) {
  const column = (name: 's' | 'l' | 't', type: 'string' | 'long' | 'timestamp') => {
    const values = rows.flatMap((row) => row[name] ?? []);
    const sorted = [...values].sort(compare);
    const print = (value: string | number | undefined) =>
      value === undefined ? null : type === 'timestamp' ? formatMicros(Number(value)) : `${value}`;
    return {
      name,
      type,
      min: print(sorted[0]),
      max: print(sorted.at(-1)),
      nullCount: rows.length - values.length,
      hasNan: false,
    };
  };
  const measured = [column('s', 'string'), column('l', 'long'), column('t', 'timestamp')];
  return add('f', { stats: encodeStats(rows.length, measured) });
}

interface Row {
  readonly s: string | null;
  readonly l: number | null;
  readonly t: number | null;
}

function compare(a: string | number, b: string | number): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)));
}

const text = fc.oneof(
  fc.string({
    unit: fc.constantFrom('a', 'é', '\u{1F600}', '\u{10FFFF}', '\uFFFD'),
    maxLength: 40,
  }),
  fc.string({ unit: fc.constantFrom('x', 'y'), minLength: 30, maxLength: 36 }),
);
const long = fc.oneof(fc.integer({ min: -5, max: 5 }), fc.maxSafeInteger());
const micros = fc.integer({ min: -2_000_000_000_000, max: 2_000_000_000_000 });
const row = fc.record({
  s: fc.option(text),
  l: fc.option(long),
  t: fc.option(micros),
});

const betweenOf = (
  column: string,
  type: ColumnTest['type'],
  value: fc.Arbitrary<string | number>,
) =>
  fc
    .record({ min: fc.option(value), max: fc.option(value) })
    .map(({ min, max }): ColumnTest => ({ kind: 'between', column, type, min, max }));
const inOf = (column: string, type: ColumnTest['type'], value: fc.Arbitrary<string | number>) =>
  fc
    .array(value, { maxLength: 3 })
    .map((values): ColumnTest => ({ kind: 'in', column, type, values }));
const columnTest = fc.oneof(
  betweenOf('s', 'string', text),
  inOf('s', 'string', text),
  betweenOf('l', 'long', long),
  inOf('l', 'long', long),
  betweenOf('t', 'timestamp', micros),
);

function passes(candidate: Row, test: ColumnTest): boolean {
  const value = { s: candidate.s, l: candidate.l, t: candidate.t }[test.column] ?? null;
  if (value === null) return false;
  if (test.kind === 'in') return test.values.some((wanted) => compare(wanted, value) === 0);
  return (
    (test.min === null || compare(test.min, value) <= 0) &&
    (test.max === null || compare(value, test.max) <= 0)
  );
}

describe('pruning', () => {
  it('keeps every file with a matching row, and leaves out some', () => {
    let pruned = 0;
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 6 }),
        fc.array(columnTest, { maxLength: 3 }),
        (rows, tests) => {
          const kept = mayMatch(fileOf(rows), tests);
          if (!kept) pruned += 1;
          const matching = rows.some((candidate) => tests.every((test) => passes(candidate, test)));
          expect(kept || !matching).toBe(true);
        },
      ),
      { seed, numRuns: 3_000 },
    );
    expect(pruned).toBeGreaterThan(300);
  });

  it('leaves out a column of nulls', () => {
    const tests: ColumnTest[] = [{ kind: 'in', column: 'l', type: 'long', values: [1] }];
    expect(mayMatch(fileOf([{ s: 'a', l: null, t: null }]), tests)).toBe(false);
  });

  it.each([
    null,
    '',
    'x',
    '[]',
    '{"stats_json":"{\\"numRecords\\":5}"}',
    '{"numRecords":"5","minValues":{"l":9}}',
    '{"numRecords":5}',
    '{"numRecords":5,"minValues":{"l":"9"},"maxValues":{"l":"10"}}',
    '{"numRecords":5,"minValues":{"l":9007199254740993}}',
  ])('keeps a file with the statistics %s', (stats) => {
    const tests: ColumnTest[] = [{ kind: 'between', column: 'l', type: 'long', min: 0, max: 1 }];
    expect(mayMatch(add('f', { stats }), tests)).toBe(true);
  });

  it('reads a maximum cut to milliseconds as up to the next one', () => {
    const stats = JSON.stringify({
      numRecords: 1,
      minValues: { t: '2020-04-16T14:00:00.000Z' },
      maxValues: { t: '2020-04-16T14:00:00.001Z' },
    });
    const at = (start: number): ColumnTest[] => [
      { kind: 'between', column: 't', type: 'timestamp', min: start, max: start },
    ];
    const last = Date.parse('2020-04-16T14:00:00.001Z') * 1000;
    expect(mayMatch(add('f', { stats }), at(last + 999))).toBe(true);
    expect(mayMatch(add('f', { stats }), at(last + 1_000))).toBe(false);
  });
});

describe('statistics', () => {
  const base = { name: 'c', nullCount: 0, hasNan: false };
  const bounds = (type: 'string' | 'long' | 'double' | 'timestamp', min: string, max: string) => {
    const stats = parseStats(encodeStats(1, [{ ...base, type, min, max }]));
    return [stats?.minValues.c ?? null, stats?.maxValues.c ?? null];
  };

  it('leaves out what JSON or a reader would round', () => {
    expect(bounds('long', '-9007199254740993', '7')).toEqual([null, 7]);
    expect(bounds('double', '-inf', '1.5')).toEqual([null, 1.5]);
    expect(bounds('double', 'nan', '1e300')).toEqual([null, 1e300]);
    expect(bounds('timestamp', '-infinity', '2020-04-16 14:00:00+02')).toEqual([null, null]);
    const nan = encodeStats(1, [{ ...base, type: 'double', min: '1', max: '2', hasNan: true }]);
    expect(JSON.parse(nan)).toMatchObject({ minValues: {}, maxValues: {}, nullCount: { c: 0 } });
  });

  it('cuts strings so that they still bound', () => {
    const long = 'é'.repeat(40);
    expect(bounds('string', long, long)).toEqual(['é'.repeat(32), `${'é'.repeat(32)}\u{10FFFF}`]);
    const high = `${'a'.repeat(32)}\u{10FFFF}z`;
    expect(bounds('string', high, high)).toEqual(['a'.repeat(32), null]);
  });

  it('prints instants so that they read back', () => {
    expect(bounds('timestamp', '2020-04-16 14:10:00+00', '2020-04-16 14:10:00.5+00')).toEqual([
      '2020-04-16T14:10:00.000000Z',
      '2020-04-16T14:10:00.500000Z',
    ]);
    fc.assert(
      fc.property(micros, (value) => {
        expect(timestampMicros(formatMicros(value), 'min')).toBe(value);
        expect(timestampMicros(formatMicros(value), 'max')).toBe(value);
      }),
      { seed },
    );
  });
});
