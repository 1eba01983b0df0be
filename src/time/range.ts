import type { Micros } from './instant.js';

/** A half-open window `[start, end)`. **Units** microseconds since the epoch. */
export interface TimeRange {
  readonly start: Micros;
  readonly end: Micros;
}
