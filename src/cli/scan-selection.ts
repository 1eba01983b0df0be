/** `scan:1`: a finding of the last scan as the window and the events of the next question. */
import { Fault } from '../base/fault.js';
import { isRecord } from '../delta/json-field.js';
import type { Note } from '../query/result.js';
import { plural } from '../render/number.js';
import type { Dataset } from '../store/dataset.js';
import { readLastScan } from '../store/last-scan.js';
import type { TimeRange } from '../time/range.js';

const selectionPattern = /^scan:(\d{1,9})$/;

/** What a finding says of the events it is about. */
export interface ScanSelection {
  /** `scan:1`. */
  readonly id: string;
  readonly title: string;
  readonly window: TimeRange;
  /** Who it is about, as a filter; null: everything. */
  readonly who: string | null;
  /** Which events were wrong, as a filter; null where it is about events that are missing. */
  readonly wrong: string | null;
  /** The same without who: `status = 429`. */
  readonly signal: string | null;
  /** How many events did not come, about; null where it is about events that did. */
  readonly missing: number | null;
  /** What counted as failing in that scan. */
  readonly rule: string | null;
  /** Said when the store has changed since. */
  readonly notes: readonly Note[];
}

/** The finding among the words of a command, and the words left: files. */
function splitSelection(words: readonly string[]): {
  readonly id: string | null;
  readonly files: readonly string[];
} {
  const id = words.find(isSelectionName) ?? null;
  return { id, files: words.filter((word) => word !== id) };
}

function isSelectionName(text: string): boolean {
  return selectionPattern.test(text);
}

/** The same, for a command that cannot take both. **Faults** CC1004. */
export function selectionOf(words: readonly string[], command: string) {
  const { id, files } = splitSelection(words);
  if (id === null || files.length === 0) return { id, files };
  const problem = `${id} is a finding in a store; files have none`;
  throw new Fault('CC1004', { command, problem });
}

/** The finding that a command was given, if it was given one. **Faults** CC1350, CC1351. */
export async function givenFinding(
  { tableDir, snapshot }: Dataset,
  id: string | null,
): Promise<ScanSelection | null> {
  return id === null ? null : await scanSelection(tableDir, id, snapshot.version);
}

/** **Faults** CC1350 there was no scan, CC1351 it found no such thing. */
export async function scanSelection(
  tableDir: string,
  id: string,
  version: number | null = null,
): Promise<ScanSelection> {
  const last = await readLastScan(tableDir);
  if (last === null) throw new Fault('CC1350', { name: id });
  const findings = recordsOf(last.document.findings);
  const finding = findings.find((one) => one.id === id);
  if (finding === undefined) {
    const count = findings.length === 0 ? 'nothing' : plural(findings.length, 'thing');
    throw new Fault('CC1351', { name: id, count });
  }
  const [first, , third] = recordsOf(finding.evidence).map((one) => whereOf(one.spec));
  const missing = missingOf(finding);
  const [wrong, who] = missing === null ? [first, third] : [null, first];
  return {
    id,
    title: textIn(finding, 'title') ?? id,
    window: { start: instantIn(finding, 'start', id), end: instantIn(finding, 'end', id) },
    who: who ?? null,
    wrong: wrong === who ? null : (wrong ?? null),
    signal: signalOf(wrong ?? null, who ?? null),
    missing,
    rule: textIn(last.document, 'rule'),
    notes: version === null ? [] : changedNotes(last.document.snapshot, id, version),
  };
}

/** Detectors of what did not come: their evidence is what did. */
const ofAbsence: readonly unknown[] = ['silence', 'ingest-gap'];

function missingOf({ detector, requests_affected: missing }: Fields): number | null {
  if (!ofAbsence.includes(detector)) return null;
  return typeof missing === 'number' ? missing : 0;
}

type Fields = Readonly<Record<string, unknown>>;

function signalOf(wrong: string | null, who: string | null): string | null {
  if (wrong === null || wrong === who) return null;
  const prefix = `${who} and `;
  return wrong.startsWith(prefix) ? wrong.slice(prefix.length) : wrong;
}

function recordsOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function textIn(fields: Fields, name: string): string | null {
  const value = fields[name];
  return typeof value === 'string' ? value : null;
}

function whereOf(spec: unknown): string | null {
  return isRecord(spec) ? textIn(spec, 'where') : null;
}

/** **Faults** CC1350: what was kept cannot be read. */
function instantIn(fields: Fields, name: string, id: string): number {
  const micros = Date.parse(textIn(fields, name) ?? '') * 1000;
  if (Number.isSafeInteger(micros)) return micros;
  throw new Fault('CC1350', { name: id });
}

function changedNotes(snapshot: unknown, id: string, version: number): readonly Note[] {
  const scanned = isRecord(snapshot) ? snapshot.version : null;
  if (typeof scanned !== 'number' || scanned === version) return [];
  const text = `${id} is of version ${scanned} of the store, which is at ${version}`;
  return [{ level: 'info', code: 'old_scan', text }];
}
