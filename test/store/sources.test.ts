import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  givenUp,
  growthCandidates,
  type SourceRecord,
  sourceAppId,
  sourceKnown,
  sourceOf,
} from '../../src/store/sources.js';
import { append, newDataset, sha, source } from './staged.js';

describe('sources', () => {
  it('survive the log', () => {
    const record = fc.record<SourceRecord>({
      sha256: fc.constantFrom(sha('a'), sha('0')),
      bytes: fc.nat(),
      readCount: fc.nat(),
      pathHash: fc.constantFrom('0123456789ab'),
      tail: fc.oneof(
        fc.constant({ kind: 'whole' as const }),
        fc.record({
          kind: fc.constant('open' as const),
          lineStart: fc.nat(),
          stored: fc.boolean(),
        }),
      ),
    });
    fc.assert(
      fc.property(record, (one) => {
        const transaction = { appId: sourceAppId(one), version: 1, lastUpdated: 5 };
        expect(sourceOf(transaction)).toEqual(one);
        expect(sourceOf(givenUp(transaction))).toBeNull();
        expect(sourceOf(givenUp(givenUp(transaction)))).toEqual(one);
      }),
      { seed: 3 },
    );
  });

  it.each(['', 'spark-stream', `coldcase-source/2/${sha('a')}/1/1/0123456789ab/w`])(
    'are not %j',
    (appId) => expect(sourceOf({ appId, version: 1, lastUpdated: 5 })).toBeNull(),
  );

  it('are known by their bytes, and grow from a start that was stored', async () => {
    const other = 'ffffffffffff';
    const { dataset } = await append(await newDataset(), {
      sources: [
        source({ sha256: sha('1'), bytes: 40 }),
        source({ sha256: sha('2'), bytes: 90 }),
        source({ sha256: sha('3'), bytes: 60, pathHash: other }),
        source({ sha256: sha('4'), bytes: 5_000, pathHash: other }),
        source({ sha256: sha('5'), bytes: 50, readCount: 0 }),
      ],
    });
    const { snapshot } = dataset;
    const digits = (bytes: number) =>
      growthCandidates(snapshot, { bytes, pathHash: '0123456789ab' }).map(
        ({ sha256 }) => sha256[0],
      );
    expect(digits(90)).toEqual(['1']);
    expect(digits(91)).toEqual(['2', '1']);
    expect(digits(6_000)).toEqual(['4', '2', '1']);
    expect(sourceKnown(snapshot, sha('3'))?.bytes).toBe(60);
    expect(sourceKnown(snapshot, sha('9'))).toBeNull();
  });
});
