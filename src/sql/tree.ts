/** The tree of a statement as the engine's parser gives it: JSON, nothing taken for sure. */

export type TreeRecord = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is TreeRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function textOf(record: TreeRecord, key: string): string {
  const value = record[key];
  return typeof value === 'string' ? value : '';
}

export function listOf(record: TreeRecord, key: string): readonly unknown[] {
  const value = record[key];
  return Array.isArray(value) ? value : [];
}

export function childrenOf(record: TreeRecord): readonly (readonly [string, unknown])[] {
  return Object.entries(record);
}

/** **Units** bytes of UTF-8; null where the parser did not say. */
export function locationOf(record: TreeRecord): number | null {
  const { query_location: at } = record;
  return typeof at === 'number' && Number.isSafeInteger(at) ? at : null;
}

/** What `json_serialize_sql` gave. */
export type ParsedText =
  | { readonly kind: 'statements'; readonly nodes: readonly unknown[] }
  /** **Units** `at` in bytes of UTF-8. */
  | {
      readonly kind: 'failed';
      readonly isSyntax: boolean;
      readonly message: string;
      readonly at: number | null;
    };

/** Infinity and NaN are no JSON; the number of a constant is of no account here. */
const notJson = /:-?(?:Infinity|NaN)(?=[,}\]])/gi;

export function parsedText(json: string): ParsedText {
  const document: unknown = JSON.parse(json.replace(notJson, ':0'));
  if (!isRecord(document)) return failed(false, 'no statement', null);
  if (document.error !== false) {
    const position = Number.parseInt(textOf(document, 'position'), 10);
    const isSyntax = textOf(document, 'error_type') === 'parser';
    const at = Number.isNaN(position) ? null : position;
    return failed(isSyntax, textOf(document, 'error_message'), at);
  }
  const nodes = listOf(document, 'statements').map((item) => (isRecord(item) ? item.node : null));
  return { kind: 'statements', nodes };
}

function failed(isSyntax: boolean, message: string, at: number | null): ParsedText {
  return { kind: 'failed', isSyntax, message, at };
}

/** A reference to a column, with the parts of its name. */
export interface ColumnReference {
  readonly parts: readonly string[];
  readonly at: number;
}

/** All references to columns that have a place, in no order. */
export function columnReferences(value: unknown): readonly ColumnReference[] {
  if (Array.isArray(value)) return value.flatMap(columnReferences);
  if (!isRecord(value)) return [];
  const inner = childrenOf(value).flatMap(([, child]) => columnReferences(child));
  const at = locationOf(value);
  if (value.class !== 'COLUMN_REF' || at === null) return inner;
  const parts = listOf(value, 'column_names').filter((part) => typeof part === 'string');
  return [...inner, { parts, at }];
}
