/**
 * Guesses the format of an input from its name and its first decoded bytes, and says why. A few
 * broken lines never change the answer; what cannot be told apart is a fault that asks for
 * `--format`, never a guess in silence.
 */
import { accessTailNames } from './access-tail.js';
import { type ContainerSample, detectContainer } from './detect-container.js';
import { type CsvScore, scoreCsv } from './detect-csv.js';
import { detectJson, detectOtlp } from './detect-json.js';
import { sampleLines } from './detect-sample.js';
import { fileFault } from './file-fault.js';
import { parseAccessLine } from './readers/access-log.js';
import type { Delimiter } from './readers/csv.js';
import { parseElbLine } from './readers/elb-log.js';
import { parseLogfmt } from './readers/logfmt.js';
import { unwrapSyslog } from './readers/syslog-line.js';
import { fitW3c } from './readers/w3c-log.js';
import { defaultLimits, type Format } from './record.js';

export interface DetectInput {
  /** For the ending of the name and for faults; `-` for standard input. */
  readonly path: string;
  /** The start of the decoded stream, at most 1 MiB of it is looked at. */
  readonly head: Buffer;
  /** Whether `head` is the whole stream. */
  readonly complete: boolean;
}

export interface Detected {
  readonly format: Format;
  /** For the receipt: what was seen. */
  readonly why: string;
  /** Of CSV and TSV, null for others. */
  readonly delimiter: Delimiter | null;
  /** Of access logs: names for the fields behind the usual ones, where they could be told. */
  readonly tailNames: readonly string[];
  /** Of the logs of containers and of syslog: what is inside; null where no format of lines is. */
  readonly inner?: Detected | null;
  /** Of OTLP: whether each line is a request. */
  readonly lines?: boolean;
}

export type Compression = 'none' | 'gzip' | 'zstd';

const foreignMagic: readonly (readonly [string, string])[] = [
  ['425a68', 'bzip2'],
  ['fd377a585a00', 'xz'],
  ['504b0304', 'zip'],
  ['377abcaf271c', '7z'],
  ['04224d18', 'lz4'],
];

/** Tells compression by the first bytes. **Faults** CC2004 for one that cannot be read. */
export function detectCompression(path: string, head: Uint8Array): Compression {
  const hex = Buffer.from(head.subarray(0, 8)).toString('hex');
  if (hex.startsWith('1f8b')) return 'gzip';
  if (hex.startsWith('28b52ffd') || /^5.2a4d18/.test(hex)) return 'zstd';
  const foreign = foreignMagic.find(([magic]) => hex.startsWith(magic));
  if (foreign === undefined) return 'none';
  const hint = `decompress it first and pipe it in: ${foreign[1]} -dc FILE | coldcase ingest -`;
  throw fileFault('format', path, `${foreign[1]} is not supported`, { hint });
}

/**
 * Guesses the format. **Faults** CC2005 nothing but blanks, CC2004 not recognised or binary data,
 * CC2006 UTF-16.
 */
export function detectFormat(input: DetectInput): Detected {
  const { path, head } = input;
  const columnar = detectColumnar(head);
  if (columnar !== null) return columnar;
  checkEncoding(path, head);
  const lines = sampleLines(input);
  const ending = endingOf(path);
  if (lines.length === 0) {
    if (input.complete) throw fileFault('empty', path, 'no records');
    throw fileFault('format', path, 'nothing but blanks in the first bytes');
  }
  const container = detectContainer(lines);
  if (container !== null) return containerOf(container, lines.length);
  const otlp = detectOtlp(lines);
  if (otlp !== null) return { ...simple('otlp', otlp.why), lines: otlp.lines };
  const json = detectJson(lines, ending);
  if (json !== null) return simple(json.format, json.why);
  checkBinary(path, head);
  return detectText({ path, lines, ending });
}

function containerOf({ fitting, inner }: ContainerSample, lineCount: number): Detected {
  const found = detectInner(inner);
  const inside = found === null ? 'messages of no known form' : `${found.format}, ${found.why}`;
  const why = `${fitting} of ${lineCount} lines are those of a container; inside ${inside}`;
  return { ...simple('container', why), inner: found };
}

/** What the lines of a container are; only formats that have an event a line can be. */
function detectInner(lines: readonly string[]): Detected | null {
  if (lines.length === 0) return null;
  const objects = lines.filter((line) => /^\s*\{\s*["}]/.test(line)).length;
  if (objects >= lines.length * neededScore) {
    return simple('ndjson', `${objects} of ${lines.length} lines start with {`);
  }
  const sample = { path: '-', lines, ending: '' };
  const scores = [scoreAccess(sample), scoreElb(sample), scoreLogfmt(sample)];
  return scores.find((one) => one !== null && one.score >= neededScore)?.detected ?? null;
}

function simple(format: Format, why: string): Detected {
  return { format, why, delimiter: null, tailNames: [] };
}

/** `jsonl` of `/var/log/a.JSONL.gz`. */
function endingOf(path: string): string {
  const name = path.toLowerCase().replace(/\.(gz|zst|zstd)$/, '');
  return /\.([a-z0-9]+)$/.exec(name)?.[1] ?? '';
}

function detectColumnar(head: Buffer): Detected | null {
  const start = head.toString('latin1', 0, 6);
  if (start.startsWith('PAR1')) return simple('parquet', 'starts with PAR1');
  if (start === 'ARROW1') return simple('arrow', 'starts with ARROW1');
  // An Arrow stream: a continuation mark, then the length of the schema message.
  if (head.length > 8 && head.readUInt32LE(0) === 0xffffffff && head.readInt32LE(4) > 0) {
    return simple('arrow', 'starts as an Arrow stream');
  }
  return null;
}

const sniffedBytes = 4096;

function checkEncoding(path: string, head: Buffer): void {
  const marked = /^(fffe|feff|0000feff)/.test(head.toString('hex', 0, 4));
  const part = head.subarray(0, sniffedBytes);
  let even = 0;
  let odd = 0;
  for (const [index, byte] of part.entries()) {
    if (byte === 0 && index % 2 === 0) even += 1;
    else if (byte === 0) odd += 1;
  }
  const half = Math.floor(part.length / 2);
  const lopsided =
    half >= 4 && Math.max(even, odd) > half * 0.7 && Math.min(even, odd) < half * 0.2;
  if (!marked && !lopsided) return;
  const hint = 'convert it first: iconv -f UTF-16 -t UTF-8 FILE | coldcase ingest -';
  throw fileFault('encoding', path, 'UTF-16 or UTF-32, expected UTF-8', { hint });
}

/** Chosen: text has hardly any control characters, compressed or binary data about an eighth. */
const binaryShare = 0.05;

function checkBinary(path: string, head: Buffer): void {
  const part = head.subarray(0, sniffedBytes);
  const controls = part.filter(
    (byte) => byte < 32 && (byte < 9 || byte > 13) && byte !== 27,
  ).length;
  if (controls <= part.length * binaryShare) return;
  throw fileFault('format', path, 'binary data');
}

interface TextSample {
  readonly path: string;
  readonly lines: readonly string[];
  readonly ending: string;
}

interface TextScore {
  readonly detected: Detected;
  /** The share of lines that fit, 0 to 1. */
  readonly score: number;
}

/** Half of the lines must fit: then the others are broken lines of that format. */
const neededScore = 0.5;

function detectText(sample: TextSample): Detected {
  // No other kind of line looks like these by chance, so they need not win against commas.
  for (const scoreOf of [scoreW3c, scoreSyslog, scoreAccess, scoreElb]) {
    const found = scoreOf(sample);
    if (found !== null && found.score >= neededScore) return found.detected;
  }
  const scores = [scoreLogfmt(sample), scoreTable(sample)]
    .filter((one) => one !== null)
    .filter((one) => one.score >= neededScore)
    .sort((left, right) => right.score - left.score);
  const [best, next] = scores;
  if (best === undefined) {
    const first = JSON.stringify((sample.lines[0] ?? '').slice(0, 60));
    const reason = `no JSON, CSV, access log or logfmt; the first line is ${first}`;
    throw fileFault('format', sample.path, reason);
  }
  if (next !== undefined && next.score === best.score) {
    const reason = `${best.detected.format} and ${next.detected.format} fit equally well`;
    throw fileFault('format', sample.path, reason);
  }
  return best.detected;
}

function scoreAccess({ lines }: TextSample): TextScore | null {
  const parsed = lines.map(parseAccessLine).filter((line) => line !== null);
  if (parsed.length === 0) return null;
  const tailNames = accessTailNames(parsed);
  const named = tailNames.length === 0 ? '' : `, then ${tailNames.join(', ')}`;
  const why = `${parsed.length} of ${lines.length} lines are access log lines${named}`;
  return {
    detected: { format: 'access', why, delimiter: null, tailNames },
    score: parsed.length / lines.length,
  };
}

function scoreElb({ lines }: TextSample): TextScore | null {
  const fitting = lines.filter((text) => parseElbLine(text) !== null).length;
  if (fitting === 0) return null;
  const why = `${fitting} of ${lines.length} lines are load balancer log lines`;
  return { detected: simple('elb', why), score: fitting / lines.length };
}

function scoreSyslog({ lines }: TextSample): TextScore | null {
  const inner = lines.flatMap((line) => {
    const found = unwrapSyslog(Buffer.from(line));
    return 'reason' in found ? [] : [found.content.toString()];
  });
  if (inner.length === 0) return null;
  const filled = inner.filter((line) => line.trim() !== '');
  const found = detectInner(filled);
  const inside = found === null ? 'messages' : `${found.format}, ${found.why}`;
  const why = `${inner.length} of ${lines.length} lines are syslog; inside ${inside}`;
  return {
    detected: { ...simple('syslog', why), inner: found },
    score: inner.length / lines.length,
  };
}

/** A header with nothing below it is enough: nothing else has one. */
function scoreW3c({ lines }: TextSample): TextScore | null {
  const fit = fitW3c(lines, defaultLimits);
  if (fit === null) return null;
  const { records, fitting } = fit;
  const why = `${fitting} of ${records} lines fit their #Fields`;
  return { detected: simple('w3c', why), score: records === 0 ? 1 : fitting / records };
}

/** A line counts when it has two pairs or is one, and most of its words are pairs. */
function scoreLogfmt({ lines }: TextSample): TextScore | null {
  const fitting = lines.filter((text) => {
    const found = parseLogfmt(text);
    if ('reason' in found) return false;
    const pairs = found.labels.filter((label) => text.includes(`${label}=`)).length;
    return pairs > found.labels.length / 2 && found.labels.every((label) => !/[,;]/.test(label));
  });
  if (fitting.length === 0) return null;
  const why = `${fitting.length} of ${lines.length} lines are key=value pairs`;
  return { detected: simple('logfmt', why), score: fitting.length / lines.length };
}

function scoreTable({ lines, ending }: TextSample): TextScore | null {
  const wanted: readonly Delimiter[] = ending === 'tsv' ? ['\t'] : [',', '\t', ';', '|'];
  const named = ending === 'csv' || ending === 'tsv';
  const best = wanted
    .map((delimiter) => scoreCsv({ lines, delimiter, named }))
    .filter((one) => one !== null)
    .sort((left, right) => right.score - left.score || right.columns - left.columns)[0];
  return best === undefined ? null : { detected: tableOf(best), score: best.score };
}

function tableOf(best: CsvScore): Detected {
  const mark = best.delimiter === '\t' ? 'tabs' : `"${best.delimiter}"`;
  const fit = `${best.fitting} of ${best.records} records fit`;
  const why = `${best.columns} columns between ${mark}, ${fit}`;
  const format = best.delimiter === '\t' ? 'tsv' : 'csv';
  return { format, why, delimiter: best.delimiter, tailNames: [] };
}
