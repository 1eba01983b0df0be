/** Whether what a silent host had was lost or taken over by the others. */
import { describe, expect, it } from 'vitest';
import { aloneNats } from '../../src/forensics/scan-presence.js';
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

describe('everybody away', () => {
  const gap = { from: 500, to: 560 };
  /** Of 1,000 minutes those that meet `isFilled`, none of the gap. */
  const nats = (isFilled: (minute: number) => boolean): number =>
    aloneNats(
      Uint8Array.from({ length: 1_000 }, (_, at) =>
        isFilled(at) && (at < gap.from || at >= gap.to) ? 1 : 0,
      ),
      gap,
    );

  it('is plain where something comes every other minute, whatever comes later', () => {
    expect(nats((at) => at % 2 === 0)).toBeGreaterThan(30);
    expect(nats((at) => at % 2 === 0 && at < 700)).toBeGreaterThan(30);
  });

  it('is nothing where gaps are as long, before it or behind it', () => {
    expect(nats((at) => at % 60 < 5)).toBeLessThan(5);
    expect(nats((at) => (at < gap.to ? at % 60 === 0 : at % 2 === 0))).toBeLessThan(5);
  });
});
