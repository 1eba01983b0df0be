/**
 * Rows of foreign columnar files (Parquet, Arrow) under the same rules as all others. Runs in a
 * child process; see `foreign.ts`.
 */
import type { ColumnSample, SampleValue } from '../event/column-sample.js';
import { jsonOf, sampleValue } from './field-value.js';
import { fileFault } from './file-fault.js';
import { instantText } from './instant-text.js';
import { isExact } from './json-number.js';
import type { FieldValue } from './record.js';
import { addReject, createRejectList } from './reject-sink.js';
import { createRowStage } from './row-stage.js';
import type { StageOutcome, StageRequest } from './stage-input.js';

/** **Units** `instant` in micros since the epoch, UTC. */
export type ForeignValue = FieldValue | { readonly kind: 'instant'; readonly micros: bigint };

export interface ForeignBatch {
  /** The same array in every batch of a file. */
  readonly labels: readonly string[];
  /** **Shape** rows × labels, in the order of the file. */
  readonly rows: readonly (readonly ForeignValue[])[];
}

/** `damaged`: rows handed on so far may be wrong and must not be kept. */
export type ForeignEnd =
  | { readonly kind: 'complete'; readonly rowCount: number }
  | { readonly kind: 'damaged'; readonly rowCount: number; readonly reason: string };

/** Hands on the rows of one file in batches. */
export type ForeignSource = (
  path: string,
  onBatch: (batch: ForeignBatch) => void,
) => Promise<ForeignEnd>;

/** Rows a guess of roles looks at. */
const sampleRows = 5_000;

/** Thrown to end a reading that has seen enough. */
class Enough extends Error {}

/** The columns of the first rows. **Faults** by class parquet_corrupt, arrow_corrupt. */
export async function sampleForeign(
  request: Pick<StageRequest, 'path' | 'localPath' | 'dialect'>,
  source: ForeignSource,
): Promise<readonly ColumnSample[]> {
  const values = new Map<string, SampleValue[]>();
  let rows = 0;
  const add = ({ labels, rows: batch }: ForeignBatch) => {
    for (const label of labels) if (!values.has(label)) values.set(label, []);
    for (const row of batch) {
      if (rows >= sampleRows) throw new Enough();
      rows += 1;
      for (const [index, label] of labels.entries()) {
        const value = sampleValue(fieldOfForeign(row[index] ?? null));
        if (value !== null) values.get(label)?.push(value);
      }
    }
  };
  try {
    const end = await source(request.localPath, add);
    if (end.kind === 'damaged') throw damage(request, end.reason);
  } catch (error) {
    if (!(error instanceof Enough)) throw error;
  }
  return [...values].map(([label, found]) => ({ label, values: found, rows }));
}

/** Stages all rows of a foreign file; a damaged one keeps none. **Faults** of the disk. */
export async function stageForeign(
  request: StageRequest,
  source: ForeignSource,
): Promise<StageOutcome> {
  const stage = createRowStage(request.stage);
  const sharedLabels = sharedLabelFinder();
  const rejects = createRejectList();
  let line = 0;
  let fault: unknown = null;
  try {
    const end = await source(request.localPath, ({ labels, rows }) => {
      for (const row of rows) {
        line += 1;
        const values = row.map(fieldOfForeign);
        const problem =
          rangeProblem(values) ??
          conflictProblem(sharedLabels(labels), values) ??
          stage.addRecord(labels, values);
        if (problem === null) continue;
        const raw = Buffer.from(rowText(labels, row));
        addReject(rejects, request.path, { line, byteOffset: 0, raw }, problem);
      }
    });
    if (end.kind === 'damaged') fault = damage(request, end.reason);
  } catch (error) {
    stage.abandon();
    throw error;
  }
  const rest = { decodedBytes: request.rawEnd, openLine: null, openLineStored: false };
  if (fault !== null) {
    stage.abandon();
    const rejects = createRejectList();
    return { files: [], rows: 0, minTs: 0, maxTs: 0, rejects, fault, ...rest };
  }
  const { file, rows, minTs, maxTs } = stage.finish();
  return { files: file === null ? [] : [file], rows, minTs, maxTs, rejects, fault, ...rest };
}

function damage({ path, dialect }: Pick<StageRequest, 'path' | 'dialect'>, reason: string) {
  const reasonClass = dialect.format === 'arrow' ? 'arrow_corrupt' : 'parquet_corrupt';
  return fileFault(reasonClass, path, reason);
}

function fieldOfForeign(value: ForeignValue): FieldValue {
  if (typeof value === 'bigint' && (value >= int64Limit || value < -int64Limit)) {
    return { kind: 'number', text: value.toString() };
  }
  if (value === null || typeof value !== 'object' || value.kind === 'json') return value;
  if (value.kind === 'instant') return instantText(value.micros * 1000n);
  if (/^-?\d{16,19}$/.test(value.text)) return fieldOfForeign(BigInt(value.text));
  const number = Number(value.text);
  return isExact(value.text, number) ? number : value;
}

const int64Limit = 2n ** 63n;

/** JSON has no NaN and no infinity. */
function rangeProblem(values: readonly FieldValue[]) {
  const lost = values.some((value) => typeof value === 'number' && !Number.isFinite(value));
  const message = 'a number that cannot be kept exactly';
  return lost ? ({ reason: 'number_range', message } as const) : null;
}

interface SharedLabel {
  readonly label: string;
  readonly indexes: readonly number[];
}

/** Labels that several columns have, such as `a.b` and the field `b` of `a`; found once a file. */
function sharedLabelFinder(): (labels: readonly string[]) => readonly SharedLabel[] {
  let known: readonly string[] = [];
  let shared: readonly SharedLabel[] = [];
  return (labels) => {
    if (labels === known) return shared;
    known = labels;
    const indexes = new Map<string, number[]>();
    for (const [index, label] of labels.entries()) {
      indexes.set(label, [...(indexes.get(label) ?? []), index]);
    }
    shared = [...indexes]
      .filter(([, places]) => places.length > 1)
      .map(([label, places]) => ({ label, indexes: places }));
    return shared;
  };
}

function conflictProblem(shared: readonly SharedLabel[], values: readonly FieldValue[]) {
  const clash = shared.find(
    ({ indexes }) => indexes.filter((index) => (values[index] ?? null) !== null).length > 1,
  );
  if (clash === undefined) return null;
  const message = `two values for ${JSON.stringify(clash.label)}`;
  return { reason: 'key_conflict', message } as const;
}

/** A row as one JSON object, in which a label may stand twice. */
function rowText(labels: readonly string[], row: readonly ForeignValue[]): string {
  const members = labels.map((label, index) => {
    const value = fieldOfForeign(row[index] ?? null);
    const text = typeof value === 'number' ? String(value) : jsonOf(value ?? '');
    return `${JSON.stringify(label)}:${value === null ? 'null' : text}`;
  });
  return `{${members.join(',')}}`;
}
