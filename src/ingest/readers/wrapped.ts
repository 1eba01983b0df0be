/**
 * Lines in wrappers, those of containers and of syslog: each is taken out of its wrapper, lines
 * that were cut are put together again, and what was inside is read as what it is. To each event
 * comes what the wrapper says, its time as `observed_timestamp`; a line that has a column of such a
 * name keeps its own. At most one record a stream is held, of at most the size of a line.
 */
import { createHash, type Hash } from 'node:crypto';
import { present } from '../../base/assert.js';
import type { ReaderSinks } from '../dialect.js';
import { jsonOf } from '../field-value.js';
import {
  createLineSplitter,
  isBlank,
  keptBytes,
  type Line,
  type LineReader,
  placeOf,
  textProblem,
  tooLargeMessage,
} from '../lines.js';
import type { RecordReason } from '../receipt.js';
import type { FieldValue, RecordLimits, RecordPlace } from '../record.js';
import type { RowProblem } from '../stage-options.js';
import type { Unwrapped } from './container-line.js';

export interface WrappedOptions {
  readonly limits: RecordLimits;
  readonly unwrap: (line: Buffer) => Unwrapped | RowProblem;
  /** Whether a line that has not the form of the others is a message, and not refused. */
  readonly mixed: boolean;
  /** Whether events are JSON: then what the wrapper says is put into the object. */
  readonly json: boolean;
  /** A reader of what is inside. */
  readonly inner: (sinks: ReaderSinks) => LineReader;
}

/** A record that is put together from its parts. */
interface Parts {
  readonly first: Unwrapped;
  readonly line: number;
  readonly byteOffset: number;
  readonly contents: Buffer[];
  readonly raws: Buffer[];
  contentBytes: number;
  rawBytes: number;
  /** Set once it is too large to keep; then only its first line is. */
  hash: Hash | null;
}

const lineEnd = Buffer.from('\n');

/**
 * A reader of wrapped lines. Rejects `line_shape` and the reasons of JSON for a wrapper that is
 * none, `too_large` for parts that make too long a line, and what the inner reader rejects.
 */
export function createWrappedReader(options: WrappedOptions, sinks: ReaderSinks): LineReader {
  const { limits } = options;
  const read = createInnerReader(options, sinks);
  const open = new Map<string, Parts>();
  let cutLine: Line | null = null;
  let lastIsRecord = false;

  function unwrap(bytes: Buffer): Unwrapped | RowProblem {
    const found = options.unwrap(bytes);
    if ('reason' in found || found.labels.length <= limits.fields) return found;
    const message = `${found.labels.length} fields are over the limit of ${limits.fields}`;
    return { reason: 'too_many_fields', message };
  }

  function take(line: Line): void {
    lastIsRecord = !isBlank(line);
    if (!lastIsRecord) {
      sinks.records.blank();
      return;
    }
    const found = unwrap(line.bytes);
    const known = 'reason' in found ? undefined : open.get(found.stream);
    const others = open.size - (known === undefined ? 0 : 1);
    // What the end of the file cuts is one record, with all that was begun before it.
    const ends = !('reason' in found || found.partial);
    if (line.terminator === '' && open.size > 0 && (others > 0 || !ends)) {
      cutLine = line;
    } else if ('reason' in found) {
      sinks.records.reject(placeOf(line), found.reason, found.message);
    } else if (known === undefined && !found.partial) {
      read(placeOf(line), found, found.content);
    } else {
      const parts = addPart(known ?? startParts(line, found), line, found, limits);
      open.set(found.stream, parts);
      if (!found.partial) finish(parts);
    }
  }

  function finish(parts: Parts): void {
    open.delete(parts.first.stream);
    const place = placeOfParts(parts);
    if (parts.hash === null) read(place, parts.first, Buffer.concat(parts.contents));
    else sinks.records.reject(place, 'too_large', tooLargeMessage(place, limits.lineBytes));
  }

  const splitter = createLineSplitter(limits.lineBytes, {
    line: take,
    tooLarge(place) {
      lastIsRecord = true;
      sinks.records.reject(place, 'too_large', tooLargeMessage(place, limits.lineBytes));
    },
  });
  let endsInside = false;
  return {
    write: splitter.write,
    end() {
      splitter.end();
      const parts = [...open.values()];
      endsInside = parts.length > 0;
      if (!endsInside) return;
      const raws = [
        ...parts.flatMap((one) => one.raws),
        ...(cutLine === null ? [] : [cutLine.bytes]),
      ];
      const { line, byteOffset } = present(parts[0], 'a record that was begun');
      const raw = rawOf({ raws });
      const message = 'the file ends before the parts of this line do';
      sinks.records.reject({ line, byteOffset, raw }, 'line_shape', message);
    },
    unterminated: () => endsInside || (splitter.unterminated() && lastIsRecord),
  };
}

function startParts(line: Line, first: Unwrapped): Parts {
  const { number, byteOffset } = line;
  const nothing = { contents: [], raws: [], contentBytes: 0, rawBytes: 0, hash: null };
  return { first, line: number, byteOffset, ...nothing };
}

function addPart(parts: Parts, line: Line, found: Unwrapped, limits: RecordLimits): Parts {
  parts.contentBytes += found.content.length;
  parts.rawBytes += line.bytes.length + (parts.rawBytes === 0 ? 0 : 1);
  if (parts.hash !== null) {
    parts.hash.update(lineEnd).update(line.bytes);
    return parts;
  }
  parts.contents.push(found.content);
  parts.raws.push(line.bytes);
  if (parts.contentBytes <= limits.lineBytes && parts.rawBytes <= 2 * limits.lineBytes)
    return parts;
  const raw = rawOf(parts);
  parts.hash = createHash('sha256').update(raw);
  parts.contents.length = 0;
  parts.raws.splice(0, parts.raws.length, Buffer.from(raw.subarray(0, keptBytes)));
  return parts;
}

/** The lines of a record, as they stood in the file. */
function rawOf({ raws }: Pick<Parts, 'raws'>): Buffer {
  return Buffer.concat(raws.flatMap((raw, at) => (at === 0 ? [raw] : [lineEnd, raw])));
}

function placeOfParts(parts: Parts): RecordPlace {
  const { line, byteOffset, rawBytes, hash } = parts;
  const place = { line, byteOffset, raw: rawOf(parts) };
  if (hash === null) return place;
  return { ...place, whole: { byteLength: rawBytes, sha256: hash.digest('hex') } };
}

/** Reads what was in one wrapper, or in several that make one line. */
type ReadInner = (place: RecordPlace, wrapper: Unwrapped, content: Buffer) => void;

function createInnerReader(options: WrappedOptions, sinks: ReaderSinks): ReadInner {
  let problem: RowProblem | null = null;
  let place: RecordPlace = { line: 0, byteOffset: 0, raw: Buffer.alloc(0) };
  let wrapper: Unwrapped | null = null;
  const join = createLabelJoiner();
  const inner = options.inner({
    scanned: {
      event: sinks.scanned.event,
      reject: (_, found) => {
        problem = found;
      },
      blank: sinks.scanned.blank,
    },
    records: {
      record(_, labels, values) {
        record(labels, values, present(wrapper, 'a line that is being read'));
      },
      reject: (_, reason, message) => {
        problem = { reason, message };
      },
      blank: sinks.records.blank,
    },
  });

  function record(own: readonly string[], values: readonly FieldValue[], from: Unwrapped): void {
    const { labels, added } = join(own, from);
    const more = added.map((at) => from.values[at] ?? null);
    sinks.records.record(place, labels, [...values, ...more]);
  }

  function attempt(content: Buffer): RowProblem | null {
    problem = null;
    inner.write(content);
    return problem;
  }

  return (at, found, content) => {
    place = at;
    wrapper = found;
    const line = content.includes(lineEnd) ? null : Buffer.concat([content, lineEnd]);
    if (line === null) {
      sinks.records.reject(place, 'line_shape', 'a line end inside a line');
      return;
    }
    let failed = attempt(options.json ? withWrapper(line, found) : line);
    if (options.json && failed?.reason === 'dup_key') {
      failed = attempt(withWrapper(line, withoutOwn(line, found)));
    }
    if (failed === null) return;
    if (options.mixed && otherForm.has(failed.reason) && textProblem(content) === null) {
      record(messageLabels, [content.toString()], found);
      return;
    }
    sinks.records.reject(place, failed.reason, failed.message);
  };
}

const messageLabels = ['message'];
/** What a line is refused for that is no line of the format. */
const otherForm: ReadonlySet<RecordReason> = new Set(['line_shape', 'json_syntax', 'not_object']);

/** The wrapper without what the object names itself. */
function withoutOwn(line: Buffer, wrapper: Unwrapped): Unwrapped {
  const own = new Set(namesIn(line.toString()));
  const kept = wrapper.labels.flatMap((label, at) => (own.has(label) ? [] : [at]));
  return {
    ...wrapper,
    labels: kept.map((at) => wrapper.labels[at] ?? ''),
    values: kept.map((at) => wrapper.values[at] ?? null),
  };
}

/** The names of an object, none of what cannot be read. */
function namesIn(json: string): readonly string[] {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null ? Object.keys(value) : [];
  } catch {
    return [];
  }
}

/** A JSON object with what the wrapper says as its first members; other text as it is. */
function withWrapper(line: Buffer, { labels, values }: Unwrapped): Buffer {
  let start = 0;
  while (line[start] === 0x20 || line[start] === 0x09) start += 1;
  if (line[start] !== 0x7b) return line;
  const members = labels.flatMap((label, index) => {
    const value = values[index] ?? null;
    return value === null ? [] : [`${JSON.stringify(label)}:${jsonOf(value)}`];
  });
  const rest = line.subarray(start + 1);
  const comma = members.length === 0 || /^\s*\}/.test(rest.toString('latin1', 0, 64)) ? '' : ',';
  return Buffer.concat([Buffer.from(`{${members.join(',')}${comma}`), rest]);
}

interface JoinedLabels {
  readonly labels: readonly string[];
  /** The places of the wrapper's labels that are added. */
  readonly added: readonly number[];
}

/** The labels of a record and its wrapper; the same array while neither changes. */
function createLabelJoiner(): (own: readonly string[], wrapper: Unwrapped) => JoinedLabels {
  let lastOwn: readonly string[] = [];
  let lastWrapper: readonly string[] = [];
  let joined: JoinedLabels = { labels: [], added: [] };
  return (own, wrapper) => {
    if (own === lastOwn && wrapper.labels === lastWrapper) return joined;
    lastOwn = own;
    lastWrapper = wrapper.labels;
    const added = wrapper.labels.flatMap((label, at) => (own.includes(label) ? [] : [at]));
    const labels = [...own, ...added.map((at) => wrapper.labels[at] ?? '')];
    joined = { labels, added };
    return joined;
  };
}
