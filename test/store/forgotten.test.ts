import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { AddFile, Metadata } from '../../src/delta/action.js';
import { checksumTag } from '../../src/store/data-file.js';
import { forgottenOf, isForgottenFrom, withForgotten } from '../../src/store/forgotten.js';

const bare: Metadata = {
  ...{ id: 'm', name: 'events', fields: [], partitionColumns: ['date'] },
  ...{ configuration: { other: 'stays' }, createdTime: 0 },
};

function fileOf(modificationTime: number, isOwn = true): AddFile {
  const tags = isOwn ? { [checksumTag]: 'x' } : {};
  const path = `date=2020-04-16/a-${modificationTime}.parquet`;
  return {
    path,
    partitionValues: {},
    size: 1,
    modificationTime,
    dataChange: true,
    stats: null,
    tags,
  };
}

it('knows every time of which rows were forgotten, in a bounded list', () => {
  const times = fc.array(fc.nat({ max: 100_000 }), { minLength: 1, maxLength: 600 });
  fc.assert(
    fc.property(times, times, (first, second) => {
      const once = withForgotten(
        bare,
        first.map((time) => fileOf(time)),
        5,
      );
      const metadata = withForgotten(
        once,
        second.map((time) => fileOf(time)),
        9,
      );
      const forgotten = forgottenOf({ metadata });
      expect([...first, ...second].every((time) => isForgottenFrom(forgotten, time))).toBe(true);
      expect(forgotten.spans.length).toBeLessThanOrEqual(200);
      expect(forgotten.lastMs).toBe(9);
      expect(isForgottenFrom(forgotten, 100_001)).toBe(false);
      expect(metadata.configuration.other).toBe('stays');
    }),
    { numRuns: 50, seed: 20_200_416 },
  );
});

it('takes everything for forgotten where it cannot be known', () => {
  const foreign = forgottenOf({ metadata: withForgotten(bare, [fileOf(7, false)], 50) });
  expect([0, 50, 51].map((time) => isForgottenFrom(foreign, time))).toEqual([true, true, false]);
  const configuration = { 'coldcase.forgotten': '{"ingested":[[1]]}' };
  const unreadable = forgottenOf({ metadata: { ...bare, configuration } });
  expect(isForgottenFrom(unreadable, 123)).toBe(true);
  expect(isForgottenFrom(forgottenOf({ metadata: bare }), 0)).toBe(false);
});
