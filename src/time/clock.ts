import type { Micros } from './instant.js';

/** The only source of the present moment; passed in, so that answers can be repeated. */
export interface Clock {
  readonly now: () => Micros;
}

export const systemClock: Clock = { now: () => Date.now() * 1000 };
