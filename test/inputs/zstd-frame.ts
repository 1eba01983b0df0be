/**
 * Zstandard frames of raw and repeated blocks, made by hand, as no compressor is at hand.
 * **Source** RFC 8878; xxHash64 after its specification.
 */
const mask = (1n << 64n) - 1n;
const primes = [
  0x9e3779b185ebca87n,
  0xc2b2ae3d27d4eb4fn,
  0x165667b19e3779f9n,
  0x85ebca77c2b2ae63n,
  0x27d4eb2f165667c5n,
] as const;
const [prime1, prime2, prime3, prime4, prime5] = primes;

const rotate = (value: bigint, bits: bigint) => ((value << bits) | (value >> (64n - bits))) & mask;
const times = (left: bigint, right: bigint) => (left * right) & mask;
const round = (state: bigint, input: bigint) =>
  times(rotate((state + times(input, prime2)) & mask, 31n), prime1);

/** The lowest four bytes of xxHash64 with seed 0, little endian: the checksum of a frame. */
export function frameChecksum(content: Buffer): Buffer {
  let at = 0;
  let hash: bigint = prime5;
  if (content.length >= 32) {
    const state = [(prime1 + prime2) & mask, prime2, 0n, -prime1 & mask];
    for (; at + 32 <= content.length; at += 32) {
      const start = at;
      state.forEach((lane, index) => {
        state[index] = round(lane, content.readBigUInt64LE(start + index * 8));
      });
    }
    const turns = [1n, 7n, 12n, 18n];
    hash = state.reduce((sum, lane, i) => (sum + rotate(lane, turns[i] ?? 0n)) & mask, 0n);
    for (const lane of state) hash = (times(hash ^ round(0n, lane), prime1) + prime4) & mask;
  }
  hash = (hash + BigInt(content.length)) & mask;
  for (; at + 8 <= content.length; at += 8) {
    const mixed = hash ^ round(0n, content.readBigUInt64LE(at));
    hash = (times(rotate(mixed, 27n), prime1) + prime4) & mask;
  }
  if (at + 4 <= content.length) {
    const mixed = hash ^ times(BigInt(content.readUInt32LE(at)), prime1);
    hash = (times(rotate(mixed, 23n), prime2) + prime3) & mask;
    at += 4;
  }
  for (; at < content.length; at += 1) {
    hash = times(rotate(hash ^ times(BigInt(content[at] ?? 0), prime5), 11n), prime1);
  }
  hash = times(hash ^ (hash >> 33n), prime2);
  hash = times(hash ^ (hash >> 29n), prime3);
  hash ^= hash >> 32n;
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(hash & mask);
  return bytes.subarray(0, 4);
}

function blockHeader(kind: 0 | 1, size: number, last: boolean): Buffer {
  const bytes = Buffer.alloc(3);
  bytes.writeUIntLE((size << 3) | (kind << 1) | (last ? 1 : 0), 0, 3);
  return bytes;
}

/** Magic and header: a window of 1 MiB; a checksum when asked for; no content size. */
function frameStart(checksum: boolean): Buffer {
  return Buffer.from([0x28, 0xb5, 0x2f, 0xfd, checksum ? 0x04 : 0x00, 0x50]);
}

/** A frame whose content lies in raw blocks of at most `blockBytes`. */
export function zstdFrame(content: Buffer, blockBytes = 100_000): Buffer {
  const parts = [frameStart(true)];
  for (let at = 0; at < content.length; at += blockBytes) {
    const block = content.subarray(at, at + blockBytes);
    parts.push(blockHeader(0, block.length, at + blockBytes >= content.length), block);
  }
  return Buffer.concat([...parts, frameChecksum(content)]);
}

/** A frame of `blocks` times 128 KiB of one byte; four bytes each. */
export function zstdBomb(blocks: number, byte: number): Buffer {
  const parts = [frameStart(false)];
  for (let index = 0; index < blocks; index += 1) {
    parts.push(blockHeader(1, 131_072, index === blocks - 1), Buffer.from([byte]));
  }
  return Buffer.concat(parts);
}
