/** Which rows of a batch have a value, a bit each, gathered from chunks that begin anywhere. */

/** **Invariant** bits behind the last row are 0, so that the same rows are the same bytes. */
export class Presence {
  readonly #bits: Uint8Array;
  #rowCount = 0;

  constructor(mostRows: number) {
    this.#bits = new Uint8Array((mostRows + 7) >>> 3);
  }

  /** Rows `from` to `to` of a chunk; all have a value where there is no validity. */
  add(validity: Uint8Array | null, from: number, to: number): void {
    const isAligned = ((this.#rowCount | from) & 7) === 0;
    const whole = isAligned ? (to - from) & ~7 : 0;
    const byte = this.#rowCount >>> 3;
    if (validity === null) this.#bits.fill(0xff, byte, byte + (whole >>> 3));
    else this.#bits.set(validity.subarray(from >>> 3, (from + whole) >>> 3), byte);
    for (let row = from + whole; row < to; row += 1) {
      if (!hasValue(validity, row)) continue;
      const own = this.#rowCount + row - from;
      this.#bits[own >>> 3] = (this.#bits[own >>> 3] ?? 0) | (1 << (own & 7));
    }
    this.#rowCount += to - from;
  }

  clear(row: number): void {
    this.#bits[row >>> 3] = (this.#bits[row >>> 3] ?? 0) & ~(1 << (row & 7));
  }

  /** Calls back for each row without a value, and says how many there are. */
  eachMissing(clear: (row: number) => void): number {
    let count = 0;
    for (let byte = 0; byte * 8 < this.#rowCount; byte += 1) {
      if (this.#bits[byte] === 0xff) continue;
      const end = Math.min(this.#rowCount, byte * 8 + 8);
      for (let row = byte * 8; row < end; row += 1) {
        if (hasValue(this.#bits, row)) continue;
        count += 1;
        clear(row);
      }
    }
    return count;
  }

  bits(): Uint8Array {
    return this.#bits.subarray(0, (this.#rowCount + 7) >>> 3);
  }
}

/** Whether a row has a value. */
export function hasValue(validity: Uint8Array | null, row: number): boolean {
  return validity === null || ((validity[row >>> 3] ?? 0) & (1 << (row & 7))) !== 0;
}
