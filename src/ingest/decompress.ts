/**
 * Compressed inputs to plain bytes, proven complete: checksums and lengths are checked, several
 * members or frames in a row are read, and what follows them is a fault. Output is bounded.
 */
import { createGunzip } from 'node:zlib';
import type { Fault } from '../base/fault.js';
import type { Compression } from './detect.js';
import { fileFault } from './file-fault.js';
import { readZstd } from './zstd.js';

/** **Units** bytes of decoded output. */
export interface DecodeLimits {
  readonly decodedBytes: number;
  /** Beyond `ratioFromBytes`, decoded bytes per byte of input at most. */
  readonly ratio: number;
  readonly ratioFromBytes: number;
}

/** **Source** the input rules: 500:1 beyond 256 MiB; the cap leaves room for a day of big logs. */
export const defaultDecodeLimits: DecodeLimits = {
  decodedBytes: 1024 ** 4,
  ratio: 500,
  ratioFromBytes: 256 * 1_048_576,
};

export interface DecodeRequest {
  readonly path: string;
  readonly compression: Compression;
  readonly limits: DecodeLimits;
}

/**
 * The decoded bytes of an input. **Faults** by class compressed_truncated, compressed_corrupt,
 * compressed_trailing, limit, encoding; what came before a fault has been handed on.
 */
export async function* decode(
  source: AsyncIterable<Buffer>,
  request: DecodeRequest,
): AsyncGenerator<Buffer> {
  const { path, compression, limits } = request;
  let rawBytes = 0;
  let decodedBytes = 0;
  async function* counted(): AsyncGenerator<Buffer> {
    for await (const chunk of source) {
      rawBytes += chunk.length;
      yield chunk;
    }
  }
  const chunks =
    compression === 'gzip'
      ? readGzip(counted(), path)
      : compression === 'zstd'
        ? readZstd(counted(), path)
        : counted();
  for await (const chunk of chunks) {
    if (decodedBytes === 0) checkEncoding(chunk, path);
    decodedBytes += chunk.length;
    if (compression !== 'none') checkSize({ rawBytes, decodedBytes }, limits, path);
    yield chunk;
  }
}

function checkSize(
  { rawBytes, decodedBytes }: { readonly rawBytes: number; readonly decodedBytes: number },
  limits: DecodeLimits,
  path: string,
): void {
  if (decodedBytes > limits.decodedBytes) {
    throw fileFault('limit', path, `more than ${limits.decodedBytes} bytes when decompressed`);
  }
  if (decodedBytes > limits.ratioFromBytes && decodedBytes > limits.ratio * rawBytes) {
    throw fileFault('limit', path, `decompresses to more than ${limits.ratio} times its size`);
  }
}

function checkEncoding(head: Buffer, path: string): void {
  const wide =
    (head[0] === 0xff && head[1] === 0xfe) ||
    (head[0] === 0xfe && head[1] === 0xff) ||
    (head[0] === 0 && head[1] === 0 && head[2] === 0xfe && head[3] === 0xff);
  if (wide) throw fileFault('encoding', path, 'UTF-16 or UTF-32; only UTF-8 is read');
}

/** **Units** bytes of decoded output at a time. */
const outputBytes = 1_048_576;

/** A member ends with its length in four bytes; one byte behind it is too short to be judged. */
const tailBytes = 5;

/** **Source** RFC 1952: a header of ten bytes, an empty block of two, checksum and length. */
const leastMemberBytes = 20;

/**
 * Node's gunzip checks every member's CRC and length. It stops at bytes that start no member
 * without saying so; those are found by counting.
 */
async function* readGzip(source: AsyncIterable<Buffer>, path: string): AsyncGenerator<Buffer> {
  const gunzip = createGunzip({ chunkSize: outputBytes });
  let fed = 0;
  let tail: Buffer = Buffer.alloc(0);
  let sourceError: unknown = null;
  const feeding = (async () => {
    try {
      for await (const chunk of source) {
        fed += chunk.length;
        tail = Buffer.concat([tail, chunk.subarray(-tailBytes)]).subarray(-tailBytes);
        if (gunzip.destroyed || gunzip.readableEnded) break;
        if (!gunzip.write(chunk)) await drained(gunzip);
      }
    } catch (error) {
      sourceError = error;
    }
    gunzip.end();
  })();
  let decoded = 0;
  try {
    for await (const chunk of gunzip) {
      decoded += chunk.length;
      yield chunk;
    }
  } catch (error) {
    throw sourceError ?? faultOfGunzip(error, { path, fed, decoded, tail });
  } finally {
    gunzip.destroy();
  }
  await feeding;
  if (sourceError !== null) throw sourceError;
  if (gunzip.bytesWritten < fed) {
    const count = fed - gunzip.bytesWritten;
    throw fileFault('compressed_trailing', path, `${count} bytes after the end of the gzip data`);
  }
}

/** Room for more input, or an end of the stream that makes more input pointless. */
function drained(gunzip: ReturnType<typeof createGunzip>): Promise<void> {
  return new Promise((resolve) => {
    const events = ['drain', 'end', 'close', 'error'] as const;
    const done = () => {
      for (const event of events) gunzip.off(event, done);
      resolve();
    };
    for (const event of events) gunzip.on(event, done);
  });
}

function faultOfGunzip(
  error: unknown,
  seen: {
    readonly path: string;
    readonly fed: number;
    readonly decoded: number;
    readonly tail: Buffer;
  },
): Fault {
  const { path, fed, decoded, tail } = seen;
  const code = error instanceof Error && 'code' in error ? error.code : '';
  const lengthBefore = tail.length === tailBytes ? tail.readUInt32LE(0) : -1;
  const unseen = lengthBefore - (decoded % 2 ** 32);
  // Output that was not handed on before the error is lost.
  const strayByte =
    code === 'Z_BUF_ERROR' &&
    fed > leastMemberBytes &&
    lengthBefore > 0 &&
    unseen >= 0 &&
    unseen <= outputBytes;
  if (code === 'Z_BUF_ERROR' && !strayByte) {
    const reason = `gzip data ends early, after ${decoded} decoded bytes`;
    return fileFault('compressed_truncated', path, reason, { cause: error });
  }
  const message = error instanceof Error ? error.message : String(error);
  // The first member starts as it should, or this were no gzip input.
  if (strayByte || message === 'incorrect header check') {
    const reason = 'bytes after the end of the gzip data';
    return fileFault('compressed_trailing', path, reason, { cause: error });
  }
  const reason = `gzip data is damaged (${message})`;
  return fileFault('compressed_corrupt', path, reason, { cause: error });
}
