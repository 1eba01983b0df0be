/**
 * When a thing was first and last seen in all that is kept: from the censuses of data files where
 * these say it of the value asked for, else from rows. Never looks further than to both ends.
 */
import type { Condition } from '../query/condition.js';
import type { QueryFile, QuerySource } from '../query/ports.js';
import { resolve } from '../query/resolve.js';
import { systemSchema } from '../query/scope.js';
import { countCalculation, querySpec } from '../query/spec.js';
import { runEnds, type TrailOptions, type TrailSpec } from '../query/trail.js';
import { type ColumnCensus, isWhole, type Sighting } from '../store/census.js';
import type { Micros } from '../time/instant.js';

/** Null where it never was. */
export interface Seen {
  readonly first: Micros | null;
  readonly last: Micros | null;
}

/** When it was first and last seen in all that is kept, and what that took. */
export interface EverSeen extends Seen {
  /** Data files looked into beside those of the window, by what answered for them. */
  readonly files: { readonly census: number; readonly rows: number };
}

export interface EverOptions extends TrailOptions {
  /** The census of some columns of a data file; null where there is none. */
  readonly censusOf: (
    path: string,
    columns: readonly string[],
  ) => Promise<readonly ColumnCensus[] | null>;
}

/** `known`: sightings that are sure already. **Faults** those of the engine. */
export async function everSeen(
  asked: QuerySource,
  { where, window }: Pick<TrailSpec, 'where' | 'window'>,
  known: Seen,
  { censusOf, ...options }: EverOptions,
): Promise<EverSeen> {
  const plan = resolve(querySpec({ calculations: [countCalculation], where, window }), asked);
  const wanted = new Set(plan.files.paths);
  const files = asked.files.filter(({ path }) => wanted.has(path));
  const needle = plan.relations.length > 0 ? null : needleOf(plan.where);
  const looked = new Map<QueryFile, FileSighting>();
  const look = async (file: QueryFile): Promise<FileSighting> => {
    const before = looked.get(file);
    if (before !== undefined) return before;
    const census = needle && (await censusOf(file.path, needle.columns));
    const found = needle && census ? sightingIn(file, census, needle) : 'unknown';
    looked.set(file, found);
    return found;
  };
  const first = await nearestEnd(files, startOf, { known: known.first, look });
  const last = await nearestEnd(files, endOf, { known: known.last, look });
  const unread = files.filter((file) => first.unread.has(file) || last.unread.has(file));
  const paths = unread.map(({ path }) => path);
  const byRows = unread.length === 0 ? null : await runEnds(plan, paths, options);
  const least = (place: number, ofOthers: number | undefined): number | null => {
    const both = Math.min(place, ofOthers ?? Number.POSITIVE_INFINITY);
    return Number.isFinite(both) ? both : null;
  };
  const end = least(last.place, byRows === null ? undefined : -byRows.last);
  return {
    first: least(first.place, byRows?.first),
    last: end === null ? null : -end,
    files: {
      census: [...looked.values()].filter((found) => found !== 'unknown').length,
      rows: unread.length,
    },
  };
}

/** Null: the file has none. */
type FileSighting = Sighting | null | 'unknown';

/** Where something lies in time, counted from the end that is looked for. */
type PlaceOf = (range: { readonly first: Micros | null; readonly last: Micros | null }) => number;

const startOf: PlaceOf = ({ first }) => first ?? Number.NEGATIVE_INFINITY;
const endOf: PlaceOf = ({ last }) => (last === null ? Number.NEGATIVE_INFINITY : -last);

/** The least place of what the censuses say, and the files whose rows may have a lesser one. */
async function nearestEnd(
  files: readonly QueryFile[],
  placeOf: PlaceOf,
  {
    known,
    look,
  }: {
    readonly known: Micros | null;
    readonly look: (file: QueryFile) => Promise<FileSighting>;
  },
): Promise<{ readonly place: number; readonly unread: ReadonlySet<QueryFile> }> {
  let place = known === null ? Number.POSITIVE_INFINITY : placeOf({ first: known, last: known });
  const unknown: { readonly file: QueryFile; readonly least: number }[] = [];
  const ordered = files
    .map((file) => ({ file, least: placeOf({ first: file.minTs, last: file.maxTs }) }))
    .sort((a, b) => a.least - b.least);
  for (const { file, least } of ordered) {
    if (least >= place) break;
    const found = await look(file);
    if (found === 'unknown') unknown.push({ file, least });
    else if (found !== null) place = Math.min(place, placeOf(found));
  }
  const unread = unknown.filter(({ least }) => least < place).map(({ file }) => file);
  return { place, unread: new Set(unread) };
}

/** One value of one field, as a census lists it. */
interface Needle {
  /** Stored names of the columns that may hold it. */
  readonly columns: readonly string[];
  /** Labels under which values of other types may lie beside them. */
  readonly labels: readonly string[];
  readonly text: string;
}

/** Null where a condition is another than that a field has one text, integer or boolean. */
function needleOf(where: readonly Condition[]): Needle | null {
  const [only] = where;
  if (where.length !== 1 || only?.kind !== 'compare' || only.op !== '=') return null;
  const { left, right } = only;
  const isListed = right.type === 'string' || right.type === 'integer' || right.type === 'boolean';
  if (!isListed || right.type !== left.as) return null;
  const columns: string[] = [];
  const labels: string[] = [];
  for (const source of left.field.sources) {
    if (source.kind === 'extra') labels.push(source.label);
    else if (source.kind !== 'column' || source.scale !== 1) return null;
    else if (source.column.type !== left.as || isSystem(source.column.name)) return null;
    else columns.push(source.column.name);
  }
  return { columns, labels, text: String(right.value) };
}

/** No census has these. */
function isSystem(name: string): boolean {
  return systemSchema.some((column) => column.name === name);
}

/** Unknown too where two columns hold values: which one counts depends on the row. */
function sightingIn(
  { extraLabels }: QueryFile,
  census: readonly ColumnCensus[],
  { columns, labels, text }: Needle,
): FileSighting {
  if (labels.some((label) => extraLabels?.includes(label) ?? true)) return 'unknown';
  const [held, ...others] = census.filter(({ column }) => columns.includes(column));
  if (held === undefined) return null;
  if (others.length > 0) return 'unknown';
  const listed = held.values.find(({ value }) => value === text);
  if (listed !== undefined) return listed;
  return isWhole(held) ? null : 'unknown';
}
