/**
 * One line of a container's log, taken out of its wrapper: the JSON files of Docker
 * (`{"log":"…\n","stream":"stdout","time":"…"}`) and the logs of the Container Runtime Interface,
 * as kubelets keep them (`2020-04-16T14:12:00.123456789Z stdout F …`).
 * **Source** the design proposal "CRI: Log management" of Kubernetes; docs.docker.com, JSON File.
 */
import { isUtf8 } from 'node:buffer';
import { fieldOf } from '../field-value.js';
import { fail } from '../json-bytes.js';
import { problemOf } from '../json-problem.js';
import type { JsonScanner } from '../json-scanner.js';
import type { FieldValue, RecordLimits } from '../record.js';
import type { RowProblem } from '../stage-options.js';

/** What a wrapper says, and what is in it. */
export interface Unwrapped {
  readonly stream: string;
  /** Whether the line goes on in the next one of its stream. */
  readonly partial: boolean;
  /** Without its end; not checked to be UTF-8, as a character may be cut by the end of a part. */
  readonly content: Buffer;
  /** What the wrapper adds to the event: its time, its stream, and whatever else it has. */
  readonly labels: readonly string[];
  readonly values: readonly FieldValue[];
}

/** The columns of the time and the stream of a wrapper, by the names of OpenTelemetry. */
export const wrapperTime = 'observed_timestamp';
const streamLabel = 'log.iostream';
const usualLabels = [wrapperTime, streamLabel];

const brace = 0x7b;

/** Unwraps a line, without its end. `scanner` is used up by it. */
export function unwrapLine(
  bytes: Buffer,
  scanner: JsonScanner,
  limits: RecordLimits,
): Unwrapped | RowProblem {
  return bytes[0] === brace ? unwrapDocker(bytes, scanner, limits) : unwrapCri(bytes);
}

const instant = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)`;
const criStart = new RegExp(String.raw`^(${instant}) (stdout|stderr) ([FP])(?::[\w:]*)?(?: |$)`);

/** Longer than any start of a line that is one. */
const startBytes = 128;

function unwrapCri(bytes: Buffer): Unwrapped | RowProblem {
  const found = criStart.exec(bytes.toString('latin1', 0, startBytes));
  if (found === null) return { reason: 'line_shape', message: 'not a line of a container log' };
  const [start, time = '', stream = '', tag] = found;
  const content = bytes.subarray(start.length);
  return { stream, partial: tag === 'P', content, labels: usualLabels, values: [time, stream] };
}

function unwrapDocker(
  bytes: Buffer,
  scanner: JsonScanner,
  limits: RecordLimits,
): Unwrapped | RowProblem {
  const text = Buffer.concat([bytes, Buffer.from('\n')]);
  scanner.open(text);
  const end = isUtf8(bytes) ? scanner.scan(text, 0) : fail.utf8;
  if (end < 0) return problemOf(end, limits);
  const { row, keys } = scanner;
  const known = new Map<string, FieldValue>();
  for (let index = 0; index < row.count; index += 1) {
    known.set(keys.labels[row.label[index] ?? 0] ?? '', fieldOf(row, index, text));
  }
  const [log, stream, time] = ['log', 'stream', 'time'].map((key) => known.get(key));
  if (typeof log !== 'string' || typeof time !== 'string') {
    return { reason: 'line_shape', message: 'no text in "log" or "time" of a container log' };
  }
  if (stream !== 'stdout' && stream !== 'stderr') {
    return { reason: 'line_shape', message: 'neither stdout nor stderr in "stream"' };
  }
  const whole = log.endsWith('\n');
  const content = Buffer.from(whole ? log.replace(/\r?\n$/, '') : log);
  const more = [...known].filter(([key]) => key !== 'log' && key !== 'stream' && key !== 'time');
  return {
    stream,
    partial: !whole,
    content,
    labels: more.length === 0 ? usualLabels : [...usualLabels, ...more.map(([key]) => key)],
    values: [time, stream, ...more.map(([, value]) => value)],
  };
}
