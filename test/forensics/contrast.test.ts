/** A contrast says the same whichever way it counts, and puts together what its leaves hold. */
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { querySourceOf } from '../../src/cli/query-source.js';
import { openQueryEngine } from '../../src/engine/duckdb/execute.js';
import { contrast } from '../../src/forensics/contrast.js';
import { groupKey } from '../../src/forensics/contrast-causes.js';
import { type ContrastLeaf, conjunctions } from '../../src/forensics/contrast-conjunction.js';
import type { ContrastItem } from '../../src/forensics/contrast-item.js';
import { explainedCauses } from '../../src/forensics/contrast-report.js';
import { addCounts, noCounts } from '../../src/forensics/contrast-score.js';
import { filterOf } from '../../src/forensics/scan-port.js';
import { printStatement } from '../../src/sql/print.js';
import { microsPerMinute } from '../../src/time/instant.js';
import { createScratchStore, type ScratchStore } from '../ingest/scratch-store.js';
import { randomOf } from '../scenarios/random.js';

let scratch: ScratchStore | null = null;
afterEach(() => {
  scratch?.remove();
  scratch = null;
});

const startMs = Date.UTC(2020, 3, 10);

/** Two hosts that fail in the second half, with a number, a flag and holes in the columns. */
async function storeOf(weights: readonly number[]) {
  const random = randomOf(11);
  const lines = Array.from({ length: 3_000 }, (_, at) => {
    const host = random.whole(0, 9);
    const isHit = at > 1_800 && host < 2 && random.unit() < 0.8;
    return JSON.stringify({
      timestamp: new Date(startMs + at * 1_000),
      'host.name': `host-${host}`,
      'service.version': host < 3 ? 'v2' : 'v1',
      'customer.id': `c${random.whole(0, 30)}`,
      'http.response.status_code': isHit || random.unit() < 0.02 ? 500 : 200,
      duration_ms: (isHit ? 900 : 20) + random.whole(0, 200),
      queue: random.unit() * (isHit ? 3 : 1),
      cached: random.unit() < 0.4,
      ...(isHit && random.unit() < 0.9 ? {} : { region: random.pick(['eu', 'us']) }),
      sample_rate: random.pick(weights),
    });
  });
  scratch = createScratchStore();
  await scratch.ingest([scratch.file('events.ndjson', `${lines.join('\n')}\n`)]);
  return await scratch.dataset();
}

describe('a contrast', () => {
  it.each([
    { weights: [1, 1, 10], hasPast: true },
    { weights: [1, 5], hasPast: false },
  ])('is the same for columns of few and of many values: %o', async ({ weights, hasPast }) => {
    const source = querySourceOf(await storeOf(weights), 'contrast');
    const files = source.files.map(({ path }) => path);
    const limits = { memoryBytes: null, threads: 2, spillDir: null, timeLimitMs: null };
    const engine = await openQueryEngine({ ...limits, files });
    const minute = (at: number) => startMs * 1_000 + at * microsPerMinute;
    const asked = async (spread: number | null) => {
      let isFirst = true;
      return await contrast(
        source,
        {
          window: { start: minute(30), end: minute(50) },
          baseline: { start: minute(hasPast ? 0 : 30), end: minute(30) },
          where: [],
          selected: filterOf('status >= 500'),
        },
        async (query) => {
          const { names, rows } = await engine.execute(
            printStatement(query),
            new AbortController().signal,
          );
          const isSpread = isFirst;
          isFirst = false;
          return { names, rows: isSpread && spread !== null ? [names.map(() => spread)] : rows };
        },
      );
    };
    try {
      const [asIs, few, many] = [await asked(null), await asked(0), await asked(1e9)];
      const shown = ({ all, causes, combined }: Awaited<ReturnType<typeof asked>>) => ({
        all,
        causes,
        combined,
      });
      expect(asIs.causes.length).toBeGreaterThan(20);
      const kinds = new Set(asIs.causes.flatMap(({ items }) => items.map(({ kind }) => kind)));
      expect([...kinds].sort()).toEqual(['missing', 'range', 'set', 'value']);
      expect(shown(few)).toEqual(shown(asIs));
      expect(shown(many)).toEqual(shown(asIs));
      // What all events have marks none, however far it is above the past.
      const everything = asIs.causes.slice(0, 1).map((one) => ({ ...one, counts: asIs.all }));
      expect(everything.map(({ significant }) => significant)).toEqual([true]);
      expect(explainedCauses({ ...asIs, causes: everything, symptoms: [] }, 5)).toEqual([]);
    } finally {
      await engine.close();
    }
  });
});

describe('conjunctions', () => {
  const item = (column: number, value: number): ContrastItem => ({ kind: 'value', column, value });
  const leaves = fc.array(
    fc.record({
      cells: fc.array(fc.option(fc.nat(2)), { minLength: 4, maxLength: 4 }),
      size: fc.nat(5),
      selected: fc.nat(2),
    }),
    { maxLength: 12 },
  );

  it('are all pairs and triples of the leaves, added up', () => {
    fc.assert(
      fc.property(leaves, (drawn) => {
        const own = drawn.map(({ cells, size, selected }): ContrastLeaf => {
          const counts = { ...noCounts, window: size, windowRows: size, selected };
          const items = cells.map((cell, column) => (cell === null ? null : item(column, cell)));
          return { items, counts };
        });
        const expected = new Map<string, typeof noCounts>();
        for (const { items, counts } of own.filter(({ counts: { window } }) => window > 0)) {
          const held = items.filter((one) => one !== null);
          for (let bits = 0; bits < 2 ** held.length; bits += 1) {
            const chosen = held.filter((_, at) => (bits >> at) & 1);
            if (chosen.length < 2 || chosen.length > 3) continue;
            const key = groupKey(chosen);
            expected.set(key, addCounts(expected.get(key) ?? noCounts, counts));
          }
        }
        const found = conjunctions(own).map(({ items, counts }) => [groupKey(items), counts]);
        expect(found).toHaveLength(expected.size);
        expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected));
      }),
      { seed: 4, numRuns: 200 },
    );
  });
});
