/**
 * XXH64 of a stream, which zstd frames end with. Sixty-four-bit numbers are pairs of 32-bit halves
 * (big integers were measured fifty times slower).
 * **Source** https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md
 */
export interface Xxh64 {
  readonly update: (bytes: Uint8Array) => void;
  /** The lowest 32 bits of the hash with seed 0. */
  readonly lowWord: () => number;
}

const primes = [
  0x9e3779b185ebca87n,
  0xc2b2ae3d27d4eb4fn,
  0x165667b19e3779f9n,
  0x85ebca77c2b2ae63n,
  0x27d4eb2f165667c5n,
] as const;
const mask = (1n << 64n) - 1n;
const stripeBytes = 32;

const prime1Low = 0x85ebca87;
const prime1High = 0x9e3779b1;
const prime2Low = 0x27d4eb4f;
const prime2High = 0xc2b2ae3d;

export function createXxh64(): Xxh64 {
  const lanes = new Int32Array(8);
  const first = [primes[0] + primes[1], primes[1], 0n, -primes[0]];
  first.forEach((value, lane) => {
    const wrapped = value & mask;
    lanes[lane * 2] = Number(wrapped & 0xffffffffn);
    lanes[lane * 2 + 1] = Number(wrapped >> 32n);
  });
  const pending = Buffer.alloc(stripeBytes);
  let pendingBytes = 0;
  let total = 0;

  return {
    update(bytes) {
      let at = 0;
      total += bytes.length;
      if (pendingBytes > 0) {
        at = Math.min(stripeBytes - pendingBytes, bytes.length);
        pending.set(bytes.subarray(0, at), pendingBytes);
        pendingBytes += at;
        if (pendingBytes < stripeBytes) return;
        mixStripes(lanes, new DataView(pending.buffer, pending.byteOffset, stripeBytes));
        pendingBytes = 0;
      }
      const whole = (bytes.length - at) & ~(stripeBytes - 1);
      if (whole > 0) mixStripes(lanes, new DataView(bytes.buffer, bytes.byteOffset + at, whole));
      pending.set(bytes.subarray(at + whole), 0);
      pendingBytes = bytes.length - at - whole;
    },
    lowWord: () => Number(finish(lanes, total, pending.subarray(0, pendingBytes)) & 0xffffffffn),
  };
}

/** lane = rotate(lane + word * prime2, 31) * prime1, for each of the four lanes of each stripe. */
function mixStripes(lanes: Int32Array, words: DataView): void {
  for (let at = 0; at < words.byteLength; at += 8) {
    const lane = (at >>> 2) & 6;
    const low = words.getInt32(at, true);
    const high = words.getInt32(at + 4, true);
    const productLow = Math.imul(low, prime2Low);
    const productHigh =
      multiplyHigh(low, prime2Low) + Math.imul(low, prime2High) + Math.imul(high, prime2Low);
    const oldLow = lanes[lane] ?? 0;
    const sumLow = (oldLow + productLow) | 0;
    const carry = sumLow >>> 0 < oldLow >>> 0 ? 1 : 0;
    const sumHigh = ((lanes[lane + 1] ?? 0) + productHigh + carry) | 0;
    const turnedLow = (sumLow << 31) | (sumHigh >>> 1);
    const turnedHigh = (sumHigh << 31) | (sumLow >>> 1);
    lanes[lane] = Math.imul(turnedLow, prime1Low);
    lanes[lane + 1] =
      multiplyHigh(turnedLow, prime1Low) +
      Math.imul(turnedLow, prime1High) +
      Math.imul(turnedHigh, prime1Low);
  }
}

/** The upper 32 bits of the product of two unsigned 32-bit numbers. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const cross = aLow * bHigh + (middle & 0xffff);
  return aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(cross / 0x10000);
}

function rotate(value: bigint, bits: bigint): bigint {
  return ((value << bits) | (value >> (64n - bits))) & mask;
}

function round(lane: bigint, word: bigint): bigint {
  return (rotate((lane + word * primes[1]) & mask, 31n) * primes[0]) & mask;
}

function finish(lanes: Int32Array, total: number, rest: Buffer): bigint {
  const lane = (index: number) =>
    (BigInt((lanes[index * 2 + 1] ?? 0) >>> 0) << 32n) | BigInt((lanes[index * 2] ?? 0) >>> 0);
  let result: bigint = primes[4];
  if (total >= stripeBytes) {
    result =
      rotate(lane(0), 1n) + rotate(lane(1), 7n) + rotate(lane(2), 12n) + rotate(lane(3), 18n);
    for (let index = 0; index < 4; index += 1) {
      result = ((result ^ round(0n, lane(index))) * primes[0] + primes[3]) & mask;
    }
  }
  result = (result + BigInt(total)) & mask;
  let at = 0;
  for (; at + 8 <= rest.length; at += 8) {
    result ^= round(0n, rest.readBigUInt64LE(at));
    result = (rotate(result, 27n) * primes[0] + primes[3]) & mask;
  }
  if (at + 4 <= rest.length) {
    result ^= (BigInt(rest.readUInt32LE(at)) * primes[0]) & mask;
    result = (rotate(result, 23n) * primes[1] + primes[2]) & mask;
    at += 4;
  }
  for (; at < rest.length; at += 1) {
    result ^= (BigInt(rest[at] ?? 0) * primes[4]) & mask;
    result = (rotate(result, 11n) * primes[0]) & mask;
  }
  result ^= result >> 33n;
  result = (result * primes[1]) & mask;
  result ^= result >> 29n;
  result = (result * primes[2]) & mask;
  return result ^ (result >> 32n);
}
