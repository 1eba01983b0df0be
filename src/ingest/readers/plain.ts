/** Lines of no known form: each is the column `message`. Only read where a time comes with them. */
import { createTextReader, type LineReader, placeOf } from '../lines.js';
import type { RecordLimits, RecordSink } from '../record.js';

const labels = ['message'];

/** A reader that refuses no line for its form. */
export function createPlainReader(limits: RecordLimits, sink: RecordSink): LineReader {
  return createTextReader(limits, sink, (line, text) => {
    sink.record(placeOf(line), labels, [text]);
  });
}
