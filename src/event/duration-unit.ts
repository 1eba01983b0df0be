/** The unit of a duration column: by its name, else by the size of its values. */

import type { DurationUnit } from './column.js';
import { type ColumnSample, type SampleValue, sortedNumbers } from './column-sample.js';

export interface UnitGuess {
  /** Null when neither name nor values tell. */
  readonly unit: DurationUnit | null;
  readonly reason: string;
}

const unitByLabel: ReadonlyMap<string, DurationUnit> = new Map([
  ['http.server.request.duration', 's'],
  ['http.server.duration', 'ms'],
  ['request_time', 's'],
  ['target_processing_time', 's'],
  // Of the Elastic Common Schema.
  ['event.duration', 'ns'],
  ['DURATION', 'ms'],
  ['%D', 'us'],
  ['%T', 's'],
]);

/** Ends of names, after the parts of the name are set apart by `_`. */
const unitBySuffix: readonly (readonly [RegExp, DurationUnit])[] = [
  [/(?:^|_)(ms|millis|milliseconds|msec)$/, 'ms'],
  [/(?:^|_)(us|micros|microseconds|usec)$/, 'us'],
  [/(?:^|_)(ns|nanos|nanoseconds|nsec)$/, 'ns'],
  [/_(s|sec|secs|seconds)$/, 's'],
];

/** Of Go and others: `12.3ms`, `2m3.5s`, `1.5 s`. */
const written =
  /^(?:\d+(?:\.\d+)? ?(?:ns|us|µs|μs|ms|s|m|h)|(?:\d+h)?(?:\d+m)?\d+(?:\.\d+)?s|\d+h\d+m)$/;
const longestWritten = 64;

/** Whether all values are texts with a unit, such as `12.3ms`: they are stored as milliseconds. */
export function isWrittenDuration({ values }: ColumnSample): boolean {
  const isWritten = (value: SampleValue): boolean =>
    typeof value === 'string' && value.length <= longestWritten && written.test(value);
  return values.length > 0 && values.every(isWritten);
}

/** Guesses the unit of a column that was taken for a duration. */
export function guessUnit(sample: ColumnSample): UnitGuess {
  if (isWrittenDuration(sample)) return { unit: 'ms', reason: 'written with their unit' };
  const known = unitByLabel.get(sample.label);
  if (known !== undefined) return { unit: known, reason: `${sample.label} is in ${known}` };
  const parts = sample.label
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toLowerCase();
  for (const [suffix, unit] of unitBySuffix) {
    if (suffix.test(parts)) return { unit, reason: 'by its name' };
  }
  return unitBySize(sample);
}

/**
 * Only where one unit is plausible: a typical request takes 0.1 ms to 100 s, so decimals with a
 * median under 10 are seconds (Caddy), whole numbers with one over 10 million are nanoseconds
 * (Traefik).
 */
function unitBySize(sample: ColumnSample): UnitGuess {
  const numbers = sortedNumbers(sample);
  const median = numbers?.[Math.floor(numbers.length / 2)];
  if (numbers === null || median === undefined) {
    return { unit: null, reason: 'unit unknown: no numbers' };
  }
  const whole = numbers.every((value) => Number.isInteger(value));
  if (sample.label === 'time-taken') {
    return { unit: whole ? 'ms' : 's', reason: whole ? 'whole numbers, as of IIS' : 'decimals' };
  }
  if (!whole && median < 10) return { unit: 's', reason: `decimals, median ${median}` };
  const traefik = sample.label === 'Duration' && median >= 10_000;
  if (whole && (traefik || median >= 10_000_000)) {
    return { unit: 'ns', reason: `whole numbers, median ${median}` };
  }
  return { unit: null, reason: `unit unknown: median ${median}` };
}
