/** A small seeded generator of numbers (sfc32), the same on every machine. */

export interface Random {
  /** The next whole number in `[0, 2^32)`. */
  readonly next: () => number;
  /** The next number in `[0, 1)`. */
  readonly unit: () => number;
  /** A whole number in `[0, limit)`. */
  readonly below: (limit: number) => number;
}

/**
 * Each stream of a seed is independent, so that one day can be made without the days before it.
 * **Source** Chris Doty-Humphrey, PractRand: sfc32, 12 rounds of warm-up.
 */
export function randomStream(seed: number, stream: number): Random {
  let a = seed >>> 0;
  let b = stream >>> 0;
  let c = 0x9e3779b9 ^ Math.floor(seed / 0x1_0000_0000);
  let counter = 1;
  const next = (): number => {
    const mixed = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + mixed;
    return mixed >>> 0;
  };
  for (let round = 0; round < 12; round += 1) next();
  const unit = (): number => next() / 0x1_0000_0000;
  return Object.freeze({ next, unit, below: (limit: number) => Math.floor(unit() * limit) });
}
