/** A sink that remembers everything, and ways to cut the same bytes into chunks. */
import fc from 'fast-check';
import type { FieldValue, RecordPlace, RecordSink, StreamReader } from '../../src/ingest/record.js';

export interface Recorded {
  readonly records: {
    readonly line: number;
    readonly byteOffset: number;
    readonly raw: string;
    readonly row: Readonly<Record<string, FieldValue>>;
  }[];
  readonly rejects: {
    readonly line: number;
    readonly byteOffset: number;
    readonly raw: string;
    readonly reason: string;
    readonly message: string;
    readonly byteLength: number;
  }[];
  blank: number;
}

export function createRecorder(): { readonly seen: Recorded; readonly sink: RecordSink } {
  const seen: Recorded = { records: [], rejects: [], blank: 0 };
  const rawOf = (place: RecordPlace): string => Buffer.from(place.raw).toString('latin1');
  const sink: RecordSink = {
    record(place, labels, values) {
      if (new Set(labels).size !== labels.length || labels.length !== values.length) {
        throw new Error(`labels and values do not fit: ${labels.join()}`);
      }
      const row = Object.fromEntries(labels.map((label, index) => [label, values[index] ?? null]));
      const { line, byteOffset } = place;
      seen.records.push({ line, byteOffset, raw: rawOf(place), row });
    },
    reject(place, reason, message) {
      const { line, byteOffset } = place;
      const byteLength = place.whole?.byteLength ?? place.raw.length;
      seen.rejects.push({ line, byteOffset, raw: rawOf(place), reason, message, byteLength });
    },
    blank() {
      seen.blank += 1;
    },
  };
  return { seen, sink };
}

/** What a reader finds in `text`, given in one chunk or cut after each of `cuts` bytes. */
export function readAll(
  make: (sink: RecordSink) => StreamReader,
  text: string | Buffer,
  cuts: readonly number[] = [],
): Recorded {
  const { seen, sink } = createRecorder();
  const reader = make(sink);
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  let start = 0;
  for (const cut of cuts) {
    const end = Math.min(bytes.length, start + cut);
    reader.write(Buffer.from(bytes.subarray(start, end)));
    start = end;
  }
  reader.write(bytes.subarray(start));
  reader.end();
  return seen;
}

export const cutSizes = fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 60 });

/** Text made of `pieces`, which a reader finds hard. */
export function textOf(pieces: readonly string[]): fc.Arbitrary<string> {
  return fc.array(fc.constantFrom(...pieces), { maxLength: 60 }).map((parts) => parts.join(''));
}
