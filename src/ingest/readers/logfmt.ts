/**
 * logfmt: `key=value key="quoted \"text\"" bare`. Values are text; `key=` is empty text, a bare
 * word is `true`, as text. A line without any `=` is prose and rejected. A time in front of the
 * pairs is the column `time`, and a program with a colon behind it (`app[web.1]:`) is
 * `program`.
 * **Source** https://pkg.go.dev/github.com/go-logfmt/logfmt
 */
import { createTextReader, type LineReader, placeOf } from '../lines.js';
import type { RecordReason } from '../receipt.js';
import { isLongKey, type RecordLimits, type RecordSink } from '../record.js';

export interface LogfmtOptions {
  readonly limits: RecordLimits;
}

export interface LogfmtLine {
  readonly labels: readonly string[];
  readonly values: readonly string[];
}

export interface LogfmtProblem {
  readonly reason: RecordReason;
  readonly message: string;
}

/** A reader of logfmt. Rejects `line_shape`, `dup_key`, `bad_key`, `too_many_fields`. */
export function createLogfmtReader(options: LogfmtOptions, sink: RecordSink): LineReader {
  let labels: readonly string[] = [];
  return createTextReader(options.limits, sink, (line, text) => {
    const found = parseLogfmt(text);
    const problem = 'reason' in found ? found : keyProblem(found.labels, options.limits);
    if (problem !== null || 'reason' in found) {
      if (problem !== null) sink.reject(placeOf(line), problem.reason, problem.message);
      return;
    }
    if (!sameLabels(labels, found.labels)) labels = found.labels;
    sink.record(placeOf(line), labels, found.values);
  });
}

const leadingTime =
  /^\[?(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z| ?[+-]\d\d:?\d\d)?)\]?\s+/;
const leadingProgram = /^([A-Za-z][\w./-]{0,63}(?:\[[^\]\s]{0,63}\])?):\s+/;

/** What stands in front of the pairs, by name, and where they begin. */
function readPrefix(text: string): { readonly start: number; readonly fields: Prefix } {
  const first = text[0] ?? '';
  const time = first === '[' || (first >= '0' && first <= '9') ? leadingTime.exec(text) : null;
  if (time === null) return { start: 0, fields: [] };
  const [whole, instant = ''] = time;
  const program = leadingProgram.exec(text.slice(whole.length, whole.length + 160));
  if (program === null) return { start: whole.length, fields: [['time', instant]] };
  const fields: Prefix = [
    ['time', instant],
    ['program', program[1] ?? ''],
  ];
  return { start: whole.length + program[0].length, fields };
}

type Prefix = readonly (readonly [label: string, value: string])[];

/** Reads one line, or says what is wrong with its shape. */
export function parseLogfmt(text: string): LogfmtLine | LogfmtProblem {
  const { start, fields } = readPrefix(text);
  const found = parsePairs(text, start);
  if ('reason' in found || fields.length === 0) return found;
  const { labels, values } = found;
  const names = fields.map(([label]) => (labels.includes(label) ? `line_${label}` : label));
  return { labels: [...names, ...labels], values: [...fields.map(([, one]) => one), ...values] };
}

function parsePairs(text: string, start: number): LogfmtLine | LogfmtProblem {
  const labels: string[] = [];
  const values: string[] = [];
  let pairs = 0;
  let at = skipBlanks(text, start);
  while (at < text.length) {
    const keyEnd = endOfKey(text, at);
    if (keyEnd === at) return shapeProblem(`no key at character ${at + 1}`);
    labels.push(text.slice(at, keyEnd));
    if (text[keyEnd] !== '=') {
      values.push('true');
      at = keyEnd;
    } else {
      const value = readValue(text, keyEnd + 1);
      if (value === null) return shapeProblem(`the quote at character ${keyEnd + 2} is not closed`);
      values.push(value.text);
      at = value.end;
      pairs += 1;
    }
    if (at < text.length && !isBlankAt(text, at)) {
      return shapeProblem(`expected a space at character ${at + 1}`);
    }
    at = skipBlanks(text, at);
  }
  return pairs === 0 ? shapeProblem('no key=value in the line') : { labels, values };
}

function shapeProblem(message: string): LogfmtProblem {
  return { reason: 'line_shape', message };
}

function isBlankAt(text: string, at: number): boolean {
  return text.charCodeAt(at) <= 32;
}

function skipBlanks(text: string, start: number): number {
  let at = start;
  while (at < text.length && isBlankAt(text, at)) at += 1;
  return at;
}

function endOfKey(text: string, start: number): number {
  let at = start;
  while (at < text.length && !isBlankAt(text, at) && text[at] !== '=' && text[at] !== '"') at += 1;
  return at;
}

function readValue(text: string, start: number): { text: string; end: number } | null {
  if (text[start] === '"') return readQuoted(text, start);
  let end = start;
  while (end < text.length && !isBlankAt(text, end)) end += 1;
  return { text: text.slice(start, end), end };
}

const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  n: '\n',
  r: '\r',
  t: '\t',
  b: '\b',
  f: '\f',
};

/** An escape that is none stays as it was written. */
function readQuoted(text: string, start: number): { text: string; end: number } | null {
  let out = '';
  let at = start + 1;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote < 0) return null;
    const slash = text.indexOf('\\', at);
    if (slash < 0 || slash > quote) return { text: out + text.slice(at, quote), end: quote + 1 };
    const next = text[slash + 1] ?? '';
    const code = next === 'u' ? /^[0-9a-fA-F]{4}/.exec(text.slice(slash + 2))?.[0] : undefined;
    out += text.slice(at, slash);
    out += code === undefined ? (escapes[next] ?? `\\${next}`) : unicode(code);
    at = slash + (code === undefined ? 2 : 6);
  }
}

/** NUL and halves of surrogate pairs cannot be stored as text, and stay as they were written. */
function unicode(code: string): string {
  const value = Number.parseInt(code, 16);
  const storable = value !== 0 && (value < 0xd800 || value > 0xdfff);
  return storable ? String.fromCharCode(value) : `\\u${code}`;
}

function keyProblem(labels: readonly string[], limits: RecordLimits): LogfmtProblem | null {
  if (labels.length > limits.fields) {
    const message = `${labels.length} keys are over the limit of ${limits.fields}`;
    return { reason: 'too_many_fields', message };
  }
  const long = labels.find((label) => isLongKey(label, limits));
  if (long !== undefined) {
    return { reason: 'bad_key', message: `a key of ${long.length} characters is too long` };
  }
  if (new Set(labels).size === labels.length) return null;
  const twice = labels.find((label, index) => labels.indexOf(label) !== index) ?? '';
  return { reason: 'dup_key', message: `the key ${JSON.stringify(twice)} twice` };
}

function sameLabels(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((label, index) => label === right[index]);
}
