import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isoMicros } from '../../src/ingest/iso-time.js';
import { readTimestamp } from '../../src/ingest/timestamp.js';

function read(text: string): number {
  const bytes = Buffer.from(`"${text}",`);
  return isoMicros(bytes, 1, bytes.length - 2);
}

const pad = (value: number, width: number) => String(value).padStart(width, '0');

describe('iso time from bytes', () => {
  it('agrees with the reader of all forms wherever it answers', () => {
    let answers = 0;
    const parts = fc.tuple(
      fc.integer({ min: 1990, max: 2050 }),
      fc.integer({ min: 0, max: 13 }),
      fc.integer({ min: 0, max: 32 }),
      fc.integer({ min: 0, max: 25 }),
      fc.integer({ min: 0, max: 61 }),
      fc.integer({ min: 0, max: 61 }),
      fc.constantFrom('', '.', '.5', '.123456', '.1234567', '.x', ','),
      fc.constantFrom('', 'Z', 'z', '+02:00', '-05:30', '+0200', '+24:00', '+1:00', 'Zx', ' '),
    );
    fc.assert(
      fc.property(parts, ([year, month, day, hour, minute, second, fraction, zone]) => {
        const date = `${year}-${pad(month, 2)}-${pad(day, 2)}`;
        const time = `${pad(hour, 2)}:${pad(minute, 2)}:${pad(second, 2)}`;
        const text = `${date}T${time}${fraction}${zone}`;
        const micros = read(text);
        if (Number.isNaN(micros)) return;
        answers += 1;
        expect(readTimestamp(text)).toEqual({ micros, exact: true });
      }),
      { seed: 20200416, numRuns: 20_000 },
    );
    expect(answers).toBeGreaterThan(1000);
  });

  it('answers for the usual forms', () => {
    expect(read('2020-04-16T17:00:01+02:00')).toBe(Date.UTC(2020, 3, 16, 15, 0, 1) * 1000);
    expect(read('2020-02-29T00:00:00.000001Z')).toBe(Date.UTC(2020, 1, 29) * 1000 + 1);
    expect(read('2021-02-29T00:00:00Z')).toBeNaN();
    expect(read('2020-04-16 15:00:00Z')).toBeNaN();
  });
});
