/**
 * Zstandard frames, walked by us and decoded block by block by fzstd, which checks neither the end
 * of a frame nor its checksum: a frame cut at a block end would give fewer rows without a word.
 * **Source** RFC 8878
 */
import { Decompress } from 'fzstd';
import type { Fault } from '../base/fault.js';
import { type ByteSource, createByteSource } from './byte-source.js';
import { fileFault } from './file-fault.js';
import { createXxh64 } from './xxh64.js';

const frameMagic = 0xfd2fb528;
const skippableMagic = 0x184d2a50;
/** **Source** RFC 8878, 3.1.1.2.4: no block is larger, whatever the window. */
const maxBlockBytes = 131_072;

interface FrameHeader {
  readonly bytes: Buffer;
  readonly hasChecksum: boolean;
  /** Null when the frame does not say. */
  readonly contentBytes: bigint | null;
}

/** **Faults** by class compressed_truncated, compressed_corrupt, compressed_trailing. */
export async function* readZstd(
  chunks: AsyncIterable<Buffer>,
  path: string,
): AsyncGenerator<Buffer> {
  const source = createByteSource(chunks);
  let frames = 0;
  while (!(await source.atEnd())) {
    const magic = await source.take(4);
    const word = magic?.readUInt32LE() ?? 0;
    if (magic !== null && (word & 0xfffffff0) >>> 0 === skippableMagic) {
      const size = await need(source, 4, path);
      await need(source, size.readUInt32LE(), path);
    } else if (word === frameMagic && magic !== null) {
      yield* readFrame(source, magic, path);
    } else if (frames > 0) {
      throw fileFault('compressed_trailing', path, 'bytes after the end of the zstd data');
    } else {
      throw corrupt(path, 'no frame where one should start');
    }
    frames += 1;
  }
}

async function* readFrame(source: ByteSource, magic: Buffer, path: string): AsyncGenerator<Buffer> {
  const header = await readHeader(source, magic, path);
  const decoded: Buffer[] = [];
  const decoder = new Decompress((data) => {
    if (data.length > 0) decoded.push(Buffer.from(data));
  });
  const hash = header.hasChecksum ? createXxh64() : null;
  let contentBytes = 0;
  push(decoder, header.bytes, path);
  for (let last = false; !last; ) {
    const block = await readBlock(source, path);
    last = block.last;
    push(decoder, block.bytes, path);
    if (last && hash !== null) {
      const checksum = await need(source, 4, path);
      push(decoder, checksum, path);
      for (const part of decoded) hash.update(part);
      if (hash.lowWord() !== checksum.readUInt32LE()) throw corrupt(path, 'wrong checksum');
    } else if (hash !== null) {
      for (const part of decoded) hash.update(part);
    }
    for (const part of decoded.splice(0)) {
      contentBytes += part.length;
      yield part;
    }
  }
  if (header.contentBytes !== null && header.contentBytes !== BigInt(contentBytes)) {
    throw corrupt(path, `${contentBytes} bytes instead of ${header.contentBytes}`);
  }
}

async function readHeader(source: ByteSource, magic: Buffer, path: string): Promise<FrameHeader> {
  const descriptor = (await need(source, 1, path))[0] ?? 0;
  const singleSegment = (descriptor & 0x20) !== 0;
  if ((descriptor & 0x08) !== 0) throw corrupt(path, 'a reserved bit is set');
  const windowBytes = singleSegment ? 0 : 1;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const sizeBytes = [singleSegment ? 1 : 0, 2, 4, 8][descriptor >>> 6] ?? 0;
  const rest = await need(source, windowBytes + dictionaryBytes + sizeBytes, path);
  const dictionary = rest.subarray(windowBytes, windowBytes + dictionaryBytes);
  if (dictionary.some((code) => code !== 0)) throw corrupt(path, 'it needs a dictionary');
  const size = Buffer.alloc(8);
  rest.copy(size, 0, windowBytes + dictionaryBytes);
  const contentBytes = size.readBigUInt64LE() + (sizeBytes === 2 ? 256n : 0n);
  return {
    bytes: Buffer.concat([magic, Buffer.from([descriptor]), rest]),
    hasChecksum: (descriptor & 4) !== 0,
    contentBytes: sizeBytes === 0 ? null : contentBytes,
  };
}

async function readBlock(
  source: ByteSource,
  path: string,
): Promise<{ readonly bytes: Buffer; readonly last: boolean }> {
  const head = await need(source, 3, path);
  const word = head.readUIntLE(0, 3);
  const type = (word >>> 1) & 3;
  const size = word >>> 3;
  if (type === 3 || size > maxBlockBytes) throw corrupt(path, 'a block of no known kind');
  const body = await need(source, type === 1 ? 1 : size, path);
  return { bytes: Buffer.concat([head, body]), last: (word & 1) === 1 };
}

function push(decoder: Decompress, bytes: Buffer, path: string): void {
  try {
    decoder.push(bytes);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw fileFault('compressed_corrupt', path, `zstd data is damaged (${reason})`, { cause });
  }
}

async function need(source: ByteSource, byteCount: number, path: string): Promise<Buffer> {
  const bytes = await source.take(byteCount);
  if (bytes === null) throw fileFault('compressed_truncated', path, 'zstd data ends early');
  return bytes;
}

function corrupt(path: string, reason: string): Fault {
  return fileFault('compressed_corrupt', path, `zstd data is damaged (${reason})`);
}
