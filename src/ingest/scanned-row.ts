/** What a scanner found in one event: its leaves as ranges of bytes, in the order of the source. */

export const valueKinds = {
  none: 0,
  /** Text whose bytes are the value. */
  plain: 1,
  /** Text with escapes. */
  escaped: 2,
  /** A whole number of at most 15 digits, in `value`. */
  integer: 3,
  /** A whole number within int64, to be read from its digits. */
  bigInteger: 4,
  number: 5,
  false: 6,
  true: 7,
  /** An array, or an object too deep to flatten, or an empty one: its text. */
  json: 8,
  /** A number that a double would round, to be read from its text. */
  exactNumber: 9,
} as const;

/** Reused from event to event. The arrays have room for one leaf per allowed key. */
export interface ScannedRow {
  count: number;
  /** The first fault that does not stop the scan, 0 for none. */
  soft: number;
  /** The number of this event; labels and keys seen in it carry it in the key table. */
  serial: number;
  /** How many keys the event has, nested ones included. */
  fields: number;
  readonly label: Int32Array;
  readonly kind: Uint8Array;
  readonly start: Int32Array;
  readonly end: Int32Array;
  readonly value: Float64Array;
}

export function createScannedRow(fieldLimit: number): ScannedRow {
  // One more than allowed: the scan goes on after the first key too many, reusing the last slot.
  const slots = fieldLimit + 1;
  return {
    count: 0,
    soft: 0,
    serial: 0,
    fields: 0,
    label: new Int32Array(slots),
    kind: new Uint8Array(slots),
    start: new Int32Array(slots),
    end: new Int32Array(slots),
    value: new Float64Array(slots),
  };
}
