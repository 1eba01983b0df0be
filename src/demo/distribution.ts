/**
 * Ready-made draws: lognormal durations and zipf customers. Uses only `+ - * /`, which every
 * machine rounds alike; `Math.exp` and friends may differ in the last bit.
 */
import type { Random } from './random.js';

const quantiles = 1_024;

/** `exp(x)` for small `|x|` as `(1 + x / 1024) ^ 1024`, by ten squarings. */
function exponential(x: number): number {
  let power = 1 + x / 1_024;
  for (let square = 0; square < 10; square += 1) power *= power;
  return power;
}

/**
 * Sampled quantiles of a lognormal distribution, at least 1.
 * **Units** whole milliseconds
 */
export function durationTable(medianMs: number, sigma: number, random: Random): Uint32Array {
  return Uint32Array.from({ length: quantiles }, () => {
    // The sum of twelve uniform numbers less six is close to a standard normal one.
    let normal = -6;
    for (let draw = 0; draw < 12; draw += 1) normal += random.unit();
    return Math.max(1, Math.round(medianMs * exponential(sigma * normal)));
  });
}

/** Draws an index in `[0, weights.length)` in constant time (the alias method of Walker). */
export interface AliasTable {
  readonly draw: (random: Random) => number;
}

export function aliasTable(weights: readonly number[]): AliasTable {
  const size = weights.length;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const scaled = weights.map((weight) => (weight * size) / total);
  const alias = new Uint32Array(size);
  const keep = new Float64Array(size).fill(1);
  const small: number[] = [];
  const large: number[] = [];
  scaled.forEach((weight, index) => {
    (weight < 1 ? small : large).push(index);
  });
  for (;;) {
    const low = small.pop();
    const high = large.pop();
    if (low === undefined || high === undefined) break;
    keep[low] = scaled[low] ?? 1;
    alias[low] = high;
    scaled[high] = (scaled[high] ?? 1) + (scaled[low] ?? 1) - 1;
    ((scaled[high] ?? 1) < 1 ? small : large).push(high);
  }
  const draw = (random: Random): number => {
    const slot = random.below(size);
    return random.unit() < (keep[slot] ?? 1) ? slot : (alias[slot] ?? slot);
  };
  return Object.freeze({ draw });
}

/** Weights of a zipf-like population: the first entity is the busiest. */
export function zipfWeights(size: number): readonly number[] {
  return Array.from({ length: size }, (_, rank) => 1 / (rank + 3));
}
