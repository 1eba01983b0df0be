/** Seeded randomness for the scenarios: the same seed gives the same world. */

export interface Random {
  /** From 0 to below 1. */
  readonly unit: () => number;
  /** Whole, both ends included. */
  readonly whole: (from: number, to: number) => number;
  readonly pick: <T>(items: readonly T[]) => T;
  /** How many of many rare things happen when this many are expected. */
  readonly poisson: (mean: number) => number;
  readonly normal: () => number;
}

/** **Source** mulberry32, public domain; Knuth for small means, a rounded normal for large. */
export function randomOf(seed: number): Random {
  let state = (seed * 2_654_435_761) >>> 0;
  const unit = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(1 - unit())) * Math.cos(2 * Math.PI * unit());
  const poisson = (mean: number): number => {
    if (mean > 40) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()));
    const limit = Math.exp(-mean);
    let count = 0;
    for (let product = unit(); product > limit; product *= unit()) count += 1;
    return count;
  };
  const pick = <T>(items: readonly T[]): T => {
    const item = items[Math.floor(unit() * items.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  };
  const whole = (from: number, to: number): number => from + Math.floor(unit() * (to - from + 1));
  return { unit, whole, pick, poisson, normal };
}

/** An index, by cumulated weights. */
export function drawn(cumulated: readonly number[], unit: number): number {
  const wanted = unit * (cumulated.at(-1) ?? 0);
  let low = 0;
  let high = cumulated.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cumulated[middle] ?? 0) > wanted) high = middle;
    else low = middle + 1;
  }
  return low;
}

export function cumulate(weights: readonly number[]): readonly number[] {
  let sum = 0;
  return weights.map((weight) => {
    sum += weight;
    return sum;
  });
}
