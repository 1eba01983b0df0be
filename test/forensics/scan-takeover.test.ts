/** Whether what a silent host had was lost or taken over by the others. */
import { describe, expect, it } from 'vitest';
import { takeoverNats } from '../../src/forensics/scan-takeover.js';
import { randomOf } from '../scenarios/random.js';

/** One of six hosts is away: the others send `share` of what it had besides their own. */
function nats(seed: number, share: number, perHost = 100): number {
  const random = randomOf(seed);
  return takeoverNats({
    inside: random.poisson(5 * perHost + share * perHost),
    outside: random.poisson(5 * perHost),
    own: random.poisson(perHost),
    dispersion: 1,
  });
}

const seeds = Array.from({ length: 200 }, (_, seed) => seed + 1);

describe('a host away', () => {
  it('was drained where the others had as much more', () => {
    expect(seeds.filter((seed) => nats(seed, 1) >= 3).length).toBeGreaterThan(120);
  });

  it('was lost where they had no more, but for chance', () => {
    expect(seeds.filter((seed) => nats(seed, 0) >= 3).length).toBeLessThan(5);
  });

  it('may be either where few events come', () => {
    expect(seeds.filter((seed) => nats(seed, 1, 3) >= 3).length).toBeLessThan(5);
  });
});
