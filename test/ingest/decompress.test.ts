import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type DecodeLimits, decode, defaultDecodeLimits } from '../../src/ingest/decompress.js';
import { detectCompression } from '../../src/ingest/detect.js';
import { createXxh64 } from '../../src/ingest/xxh64.js';

const plain = Buffer.from(Array.from({ length: 400 }, (_, i) => `line ${i * 7919}\n`).join(''));

/** `hello hello hello\n` as the reference program packs it, with a checksum. */
const zstdChecked = Buffer.from('KLUv/QRYbQAAOGhlbGxvIAoBADFKEaOqdM4=', 'base64');

async function read(
  bytes: Buffer,
  limits: DecodeLimits = defaultDecodeLimits,
  pieceBytes = 97,
): Promise<Buffer> {
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      yield bytes.subarray(at, at + pieceBytes);
    }
  }
  const compression = detectCompression('x', bytes);
  const parts: Buffer[] = [];
  for await (const part of decode(pieces(), { path: 'x', compression, limits })) parts.push(part);
  return Buffer.concat(parts);
}

const failing = (bytes: Buffer, limits?: DecodeLimits) =>
  read(bytes, limits).then(
    () => 'no fault',
    (error) => error.params.class,
  );

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 0x10;
  return copy;
}

describe('gzip', () => {
  const packed = gzipSync(plain);

  it('is read, in one member or several, in any pieces', async () => {
    expect(await read(packed)).toEqual(plain);
    expect(await read(packed, defaultDecodeLimits, 1)).toEqual(plain);
    expect(await read(Buffer.concat([packed, packed]))).toEqual(Buffer.concat([plain, plain]));
  });

  it('is refused cut anywhere', async () => {
    for (const end of [3, 10, packed.length >> 1, packed.length - 8, packed.length - 1]) {
      expect(await failing(packed.subarray(0, end)), `cut at ${end}`).toBe('compressed_truncated');
    }
  });

  it('is refused with a wrong checksum, length or byte', async () => {
    expect(await failing(flipped(packed, packed.length - 1))).toBe('compressed_corrupt');
    expect(await failing(flipped(packed, packed.length - 7))).toBe('compressed_corrupt');
    expect(await failing(flipped(packed, packed.length >> 1))).toBe('compressed_corrupt');
  });

  it('is refused with anything behind it', async () => {
    for (const more of ['x', '\0\0\0\0', 'hello world, this is no gzip']) {
      const bytes = Buffer.concat([packed, Buffer.from(more)]);
      expect(await failing(bytes), more).toBe('compressed_trailing');
    }
  });

  it('is stopped when it grows too much', async () => {
    const bomb = gzipSync(Buffer.alloc(2_000_000));
    const small = { decodedBytes: 1_000_000, ratio: 500, ratioFromBytes: 10_000_000 };
    expect(await failing(bomb, small)).toBe('limit');
    const dense = { decodedBytes: 10_000_000, ratio: 500, ratioFromBytes: 1_000_000 };
    expect(await failing(bomb, dense)).toBe('limit');
  });
});

describe('zstd', () => {
  const hello = Buffer.from('hello hello hello\n');

  it('is read, in one frame or several, past frames to skip', async () => {
    expect(await read(zstdChecked)).toEqual(hello);
    const skipped = Buffer.from('502a4d1803000000aabbcc', 'hex');
    const bytes = Buffer.concat([skipped, zstdChecked, zstdChecked]);
    expect(await read(bytes, defaultDecodeLimits, 1)).toEqual(Buffer.concat([hello, hello]));
  });

  it('is refused cut anywhere', async () => {
    for (let end = 4; end < zstdChecked.length; end += 1) {
      expect(await failing(zstdChecked.subarray(0, end))).toBe('compressed_truncated');
    }
  });

  it('is refused with a wrong checksum, or with anything behind it', async () => {
    expect(await failing(flipped(zstdChecked, zstdChecked.length - 1))).toBe('compressed_corrupt');
    const more = Buffer.concat([zstdChecked, Buffer.from('more')]);
    expect(await failing(more)).toBe('compressed_trailing');
  });
});

describe('xxh64', () => {
  it.each(['a', 'abc', 'hello '])('is independent of the pieces for %j', (text) => {
    const bytes = Buffer.from(text.repeat(100));
    const whole = createXxh64();
    whole.update(bytes);
    const pieces = createXxh64();
    for (let at = 0; at < bytes.length; at += 7) pieces.update(bytes.subarray(at, at + 7));
    expect(pieces.lowWord()).toBe(whole.lowWord());
  });

  it('of nothing is what the specification says', () => {
    expect(createXxh64().lowWord()).toBe(0x51d8e999);
  });
});
