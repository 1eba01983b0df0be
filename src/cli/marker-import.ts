/**
 * Markers out of what other tools print: CSV with a header, JSON of Honeycomb's markers, of
 * scaling activities and of Kubernetes objects, lines of `git log` and of rollout histories.
 * Never guesses a time: a record without one is rejected with its reason.
 */
import { isRecord, type JsonRecord, recordOf, textOf } from '../delta/json-field.js';
import { parseCells, startCells } from '../ingest/readers/csv-cells.js';
import { type StoredMarker, storedMarker } from '../store/marker-log.js';
import { readAbsolute } from '../time/absolute.js';

/** What was no marker, and why. */
export interface MarkerReject {
  /** The line, or for JSON the place in the list, from 1. */
  readonly place: number;
  readonly reason: string;
}

/** The markers of a text. */
export interface ImportedMarkers {
  readonly markers: readonly StoredMarker[];
  readonly rejects: readonly MarkerReject[];
  readonly format: 'csv' | 'json' | 'lines';
}

interface ImportOptions {
  readonly zone: string;
  /** Of markers that say none themselves. */
  readonly type: string;
}

/** Every record is a marker or a reject. */
export function importMarkers(text: string, options: ImportOptions): ImportedMarkers {
  const plain = text.replace(/^\uFEFF/, '');
  const objects = jsonObjects(plain);
  if (objects !== null) return { ...fromObjects(objects, options), format: 'json' };
  const lines = plain.split(/\r?\n/);
  const header = cellsOf(lines[0] ?? '');
  const columns = header === null ? null : headerColumns(header);
  if (columns !== null) return { ...fromCsv(lines, columns, options), format: 'csv' };
  return { ...fromLines(lines, options), format: 'lines' };
}

const timeKeys = [
  'start_time',
  'starttime',
  'start',
  'time',
  'timestamp',
  'at',
  'date',
  'created_at',
  'deployed_at',
] as const;
const endKeys = ['end_time', 'endtime', 'end', 'finished_at'] as const;
const typeKeys = ['type', 'kind', 'marker_type'] as const;
const messageKeys = [
  'message',
  'description',
  'label',
  'name',
  'title',
  'text',
  'summary',
  'version',
] as const;
const urlKeys = ['url', 'link', 'html_url'] as const;

type Read = MarkerReject | StoredMarker;

function collected(found: readonly Read[]) {
  return {
    markers: found.flatMap((one) => ('reason' in one ? [] : [one])),
    rejects: found.flatMap((one) => ('reason' in one ? [one] : [])),
  };
}

/** One list, one object with a list inside, or one object a line; null for what is no JSON. */
function jsonObjects(text: string): readonly unknown[] | null {
  if (!/^\s*[[{]/.test(text)) return null;
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value)) return value;
    if (!isRecord(value)) return null;
    const list = ['Activities', 'items', 'markers'].map((key) => value[key]).find(Array.isArray);
    return list ?? [value];
  } catch {
    const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
    return lines.map((line): unknown => {
      try {
        return JSON.parse(line);
      } catch {
        return null;
      }
    });
  }
}

function fromObjects(objects: readonly unknown[], options: ImportOptions) {
  return collected(
    objects.map((value, index): Read => {
      const place = index + 1;
      if (!isRecord(value)) return { place, reason: 'no JSON object' };
      const kubernetes = fromKubernetes(value, place, options);
      if (kubernetes !== null) return kubernetes;
      const lower = new Map(Object.entries(value).map(([key, own]) => [key.toLowerCase(), own]));
      return markerOf((names) => first(names, lower), { place, ...options });
    }),
  );
}

function first(names: readonly string[], values: ReadonlyMap<string, unknown>): unknown {
  for (const name of names) {
    const value = values.get(name);
    if (value !== undefined && value !== null && value !== '') return value;
  }
  return null;
}

/** A replica set or another object of a cluster: what it is called, and when it was made. */
function fromKubernetes(value: JsonRecord, place: number, { zone }: ImportOptions): Read | null {
  const metadata = recordOf(value, 'metadata');
  if (metadata === null || textOf(value, 'kind') === null) return null;
  const start = instantOf(metadata.creationTimestamp, zone);
  if (start === null) return { place, reason: 'no metadata.creationTimestamp' };
  const notes = recordOf(metadata, 'annotations') ?? {};
  const revision = textOf(notes, 'deployment.kubernetes.io/revision');
  const cause = textOf(notes, 'kubernetes.io/change-cause');
  const parts = [
    textOf(metadata, 'name') ?? textOf(value, 'kind'),
    revision === null ? null : `revision ${revision}`,
    cause,
  ];
  const message = parts.filter((part) => part !== null).join(' ');
  return storedMarker({ start, end: null, type: 'deploy', message, url: null });
}

function markerOf(
  get: (names: readonly string[]) => unknown,
  { place, zone, type }: ImportOptions & { readonly place: number },
): Read {
  const typed = get(timeKeys);
  const start = instantOf(typed, zone);
  if (start === null) {
    return { place, reason: typed === null ? 'no time' : `cannot read ${String(typed)} as a time` };
  }
  const end = instantOf(get(endKeys), zone);
  const message = get(messageKeys);
  return storedMarker({
    start,
    end: end === null || end <= start ? null : end,
    type: textFrom(get(typeKeys)) ?? type,
    message: textFrom(message) ?? '',
    url: textFrom(get(urlKeys)),
  });
}

function textFrom(value: unknown): string | null {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
}

/** Seconds, milliseconds, microseconds or nanoseconds since the epoch, by how many there are. */
function instantOf(value: unknown, zone: string): number | null {
  if (typeof value === 'string' && !/^\d+(?:\.\d+)?$/.test(value.trim())) {
    return readAbsolute(value.trim(), zone)?.start ?? null;
  }
  const number = typeof value === 'string' || typeof value === 'number' ? Number(value) : null;
  if (number === null || !Number.isFinite(number) || number <= 0) return null;
  const factor = number < 1e11 ? 1e6 : number < 1e14 ? 1e3 : number < 1e17 ? 1 : 1e-3;
  const micros = Math.round(number * factor);
  return Number.isSafeInteger(micros) ? micros : null;
}

function cellsOf(line: string): readonly (string | null)[] | null {
  const state = startCells();
  parseCells({ state, text: line, terminator: '\n', delimiter: ',' });
  if (state.outcome !== 'complete') return null;
  return state.cells.map((cell) => (cell === null ? null : String(cell)));
}

/** The names of a header; null where no column is one of a time. */
function headerColumns(cells: readonly (string | null)[]): readonly string[] | null {
  const names = cells.map((cell) => (cell ?? '').trim().toLowerCase());
  const isHeader = names.length > 1 && names.some((name) => timeKeys.some((key) => key === name));
  return isHeader ? names : null;
}

function fromCsv(lines: readonly string[], columns: readonly string[], options: ImportOptions) {
  const found = lines.slice(1).flatMap((line, index): readonly Read[] => {
    if (line.trim() === '') return [];
    const place = index + 2;
    const cells = cellsOf(line);
    if (cells === null || cells.length !== columns.length) {
      return [{ place, reason: `expected ${columns.length} cells` }];
    }
    const values = new Map(columns.map((name, at) => [name, cells[at] ?? null]));
    return [markerOf((names) => first(names, values), { place, ...options })];
  });
  return collected(found);
}

const clockText = '[T ]\\d\\d:\\d\\d(?::\\d\\d(?:\\.\\d+)?)?(?: ?(?:Z|[+-]\\d\\d:?\\d\\d))?';
/** A date with or without a time of day, or seconds since the epoch, as a word of its own. */
const timeText = new RegExp(
  `(?:^|[\\s=(])(\\d{4}-\\d\\d-\\d\\d(?:${clockText})?|@\\d{9,10}|1\\d{9})(?=$|[\\s),;])`,
);

/** The first time of a line and the rest of it; headings of a rollout history are skipped. */
function fromLines(lines: readonly string[], { zone, type }: ImportOptions) {
  const found = lines.flatMap((line, index): readonly Read[] => {
    const text = line.trim();
    if (text === '' || /^REVISION\s|^[\w./-]+\/[\w.-]+$/.test(text)) return [];
    const place = index + 1;
    const match = timeText.exec(text);
    const start = match === null ? null : instantOf(match[1], zone);
    if (match === null || start === null) return [{ place, reason: 'no time in the line' }];
    const rest = `${text.slice(0, match.index)} ${text.slice(match.index + match[0].length)}`;
    // What is left of a table whose header names no time.
    const message = rest.replace(/\s+/g, ' ').replace(/^[ ,;|]+|[ ,;|]+$/g, '');
    return [storedMarker({ start, end: null, type, message, url: null })];
  });
  return collected(found);
}
