/**
 * Explain on leaves of made-up dimensions whose wrong parts are known; one small set in the suite.
 * `LEAF_CASES=40 npx vitest run --config .ci/vitest.config.ts test/scenarios/leaves.test.ts` prints
 * the figures of docs/method.md.
 */
import { describe, expect, it } from 'vitest';
import { explainLeaves, type LeafPlan, leafCase } from './leaves.js';
import { randomOf } from './random.js';

const cases = Number(process.env.LEAF_CASES ?? 0);

/** Smaller than the published sets in each dimension, the same otherwise. */
const plans: Readonly<Record<string, LeafPlan>> = {
  S: {
    sizes: [5, 6, 5, 4, 3],
    mostAnomalies: 3,
    mostElements: 3,
    severity: [0.2, 1],
    mostNoise: 0.25,
    deepest: 5,
  },
  'S, three dimensions at most': {
    sizes: [5, 6, 5, 4, 3],
    mostAnomalies: 3,
    mostElements: 3,
    severity: [0.2, 1],
    mostNoise: 0.25,
    deepest: 3,
  },
  L: {
    sizes: [5, 12, 5, 8],
    mostAnomalies: 5,
    mostElements: 1,
    severity: [0.5, 1],
    mostNoise: 0.1,
    deepest: 4,
  },
};

/** Little noise and one anomaly: what anybody should see. */
const plain: LeafPlan = {
  sizes: [4, 5, 3],
  mostAnomalies: 1,
  mostElements: 1,
  severity: [0.6, 1],
  mostNoise: 0.05,
  deepest: 2,
};

it('names the part that went wrong first', async () => {
  const { leaves, labels } = leafCase(randomOf(7), plain);
  const [first] = await explainLeaves(leaves, 3);
  expect(first).toContain(labels[0]);
});

describe.runIf(cases > 0)('many', () => {
  it.each(Object.entries(plans))(
    '%s',
    async (name, plan) => {
      const sums = { right: 0, named: 0, labels: 0, first: 0 };
      for (let seed = 1; seed <= cases; seed += 1) {
        const { leaves, labels } = leafCase(randomOf(seed * 31), plan);
        const lines = await explainLeaves(leaves, 5);
        const found = labels.filter((label) => lines.some((line) => line.includes(label)));
        sums.right += found.length;
        sums.labels += labels.length;
        const wrong = lines.filter((line) => !line.some((label) => labels.includes(label)));
        sums.named += found.length + wrong.length;
        if (lines[0]?.some((label) => labels.includes(label))) sums.first += 1;
      }
      const [precision, recall] = [sums.right / Math.max(1, sums.named), sums.right / sums.labels];
      const f1 = (2 * precision * recall) / Math.max(1e-9, precision + recall);
      process.stdout.write(
        `| ${name} | ${cases} | ${sums.labels} | ${(sums.first / cases).toFixed(2)} | ` +
          `${precision.toFixed(2)} | ${recall.toFixed(2)} | ${f1.toFixed(2)} |\n`,
      );
      expect(sums.named).toBeGreaterThan(0);
    },
    900_000,
  );
});
