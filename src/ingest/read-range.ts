/** The bytes of a part of a file, by the piece; what is appended meanwhile is for the next time. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';

const streamBytes = 4 * 1_048_576;

/** The bytes `[start, end)` of a file, in chunks of their own. */
export function readRange(path: string, start: number, end: number): AsyncIterable<Buffer> {
  return createReadStream(path, { start, end: end - 1, highWaterMark: streamBytes });
}

/** Small enough to stay in a core's cache between the read and what is done with it. */
const lentBytes = 1_048_576;

/**
 * The same, lent: a chunk is written over when the next one is asked for. Fresh memory for every
 * chunk costs as much as the reading (measured: half of the time was spent in page faults).
 */
export async function* lendRange(path: string, start: number, end: number): AsyncGenerator<Buffer> {
  const file = await open(path, 'r');
  try {
    const buffer = Buffer.allocUnsafeSlow(Math.max(0, Math.min(lentBytes, end - start)));
    for (let at = start; at < end; ) {
      const wanted = Math.min(buffer.length, end - at);
      const { bytesRead } = await file.read(buffer, 0, wanted, at);
      if (bytesRead === 0) return;
      at += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}
