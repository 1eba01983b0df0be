/** Compressed files are whole or refused as a whole, even where every decoded line is whole. */
import { gzipSync } from 'node:zlib';
import {
  after,
  allStored,
  before,
  fileFault,
  type InputCase,
  rejectedLine,
  wholeFile,
  withRejects,
} from './case.js';
import { zstdBomb, zstdFrame } from './zstd-frame.js';

const text = Buffer.from(`${before}\n${after}\n`);
const many = Buffer.from(`${before}\n`.repeat(5000));
const gz = gzipSync(text);
const gzMany = gzipSync(Buffer.concat([many, Buffer.from(randomText(40_000))]));

/** Text that does not compress away, so that a cut falls into the data. */
function randomText(lines: number): string {
  let state = 20200416;
  const words = Array.from({ length: lines }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return `{"timestamp":"2020-04-16T14:00:00Z","n":${state}}`;
  });
  return `${words.join('\n')}\n`;
}

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 0xff;
  return copy;
}

const gzFile = (name: string, bytes: Buffer, expected: InputCase['expected']) =>
  wholeFile(`gzip: ${name}`, 'events.ndjson.gz', () => bytes, expected);
const zstFile = (name: string, bytes: () => Buffer, expected: InputCase['expected']) =>
  wholeFile(`zstd: ${name}`, 'events.ndjson.zst', bytes, expected);
const truncated = fileFault('compressed_truncated');
const corrupt = fileFault('compressed_corrupt');
const trailing = fileFault('compressed_trailing');
const badLine = '{"timestamp":"2020-04-16T14:00:01Z",}';

const gzip: readonly InputCase[] = [
  gzFile('whole', gz, allStored(2)),
  gzFile('two members', Buffer.concat([gz, gz]), allStored(4)),
  gzFile('an empty member between', Buffer.concat([gz, gzipSync(''), gz]), allStored(4)),
  gzFile(
    'a line across two members',
    Buffer.concat([gzipSync(text.subarray(0, 20)), gzipSync(text.subarray(20))]),
    allStored(2),
  ),
  gzFile('many lines', gzipSync(many), allStored(5000)),
  gzFile('five bytes', gz.subarray(0, 5), truncated),
  gzFile('a header and no more', gz.subarray(0, 10), truncated),
  wholeFile('gzip: under another name', 'events.log', () => gz, allStored(2)),
  gzFile(
    'rejects with offsets of the decoded stream',
    gzipSync(`${before}\n${badLine}\n${after}\n`),
    withRejects([before, badLine, after], { 2: 'json_syntax' }, 3),
  ),
  ...[3, 10, 11, 30].map((length) =>
    gzFile(`cut to ${length} bytes`, gz.subarray(0, length), truncated),
  ),
  ...[1, 4, 5, 8, 9].map((missing) =>
    gzFile(`${missing} bytes short`, gz.subarray(0, gz.length - missing), truncated),
  ),
  gzFile('cut in the middle of much', gzMany.subarray(0, gzMany.length >> 1), truncated),
  gzFile('second member cut', Buffer.concat([gz, gz.subarray(0, 20)]), truncated),
  gzFile('second member without trailer', Buffer.concat([gz, gz.subarray(0, -8)]), truncated),
  gzFile('wrong checksum', flipped(gz, gz.length - 8), corrupt),
  gzFile('wrong length', flipped(gz, gz.length - 1), corrupt),
  gzFile(
    'wrong checksum of the second member',
    Buffer.concat([gz, flipped(gz, gz.length - 5)]),
    corrupt,
  ),
  gzFile('unknown method', flipped(gz, 2), corrupt),
  gzFile('damaged in the middle of much', flipped(gzMany, gzMany.length >> 1), corrupt),
  gzFile('text behind', Buffer.concat([gz, Buffer.from('oops\n')]), trailing),
  gzFile('a JSON line behind', Buffer.concat([gz, text]), trailing),
  wholeFile(
    'gzip: 300 MiB of spaces',
    'events.ndjson.gz',
    () => gzipSync(Buffer.alloc(300 * 1_048_576, 0x20), { level: 9 }),
    fileFault('limit'),
    'ndjson',
  ),
];

const frame = zstdFrame(text);
const split = zstdFrame(text, before.length + 1);
const skippable = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4]);

const zstd: readonly InputCase[] = [
  zstFile('whole', () => frame, allStored(2)),
  zstFile('two frames', () => Buffer.concat([frame, frame]), allStored(4)),
  zstFile('several blocks', () => split, allStored(2)),
  zstFile('a skippable frame before', () => Buffer.concat([skippable, frame]), allStored(2)),
  zstFile('a skippable frame behind', () => Buffer.concat([frame, skippable]), allStored(2)),
  wholeFile('zstd: under another name', 'events.log', () => frame, allStored(2)),
  zstFile('cut in the header', () => frame.subarray(0, 5), truncated),
  zstFile('cut in a block', () => frame.subarray(0, 40), truncated),
  zstFile(
    'cut at the end of a block',
    () => split.subarray(0, 6 + 3 + before.length + 1),
    truncated,
  ),
  zstFile('checksum missing', () => frame.subarray(0, -4), truncated),
  zstFile('checksum cut short', () => frame.subarray(0, -1), truncated),
  zstFile('second frame cut', () => Buffer.concat([frame, frame.subarray(0, 30)]), truncated),
  zstFile('wrong checksum', () => flipped(frame, frame.length - 1), corrupt),
  zstFile('damaged content', () => flipped(frame, 20), corrupt),
  zstFile('text behind', () => Buffer.concat([frame, Buffer.from('oops\n')]), trailing),
  wholeFile(
    'zstd: 300 MiB of spaces',
    'events.ndjson.zst',
    () => zstdBomb(2400, 0x20),
    fileFault('limit'),
    'ndjson',
  ),
];

export const compressionCases: readonly InputCase[] = [...gzip, ...zstd, inflatedReject()];

/** A rejected record of a compressed file looks as that of a plain one. */
function inflatedReject(): InputCase {
  const plain = rejectedLine('gzip: broken line between two', badLine, 'json_syntax');
  const bytes = async () => gzipSync(await plain.bytes());
  return { ...plain, file: 'events.ndjson.gz', bytes };
}
