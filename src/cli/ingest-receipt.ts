/** The receipt of an ingest: every record accounted for, for people and for machines. */
import type { Fault } from '../base/fault.js';
import { classOfFault } from '../ingest/file-fault.js';
import { type FileReport, type IngestReport, sumCounts } from '../ingest/receipt.js';
import type { SkippedPath } from '../ingest/sources.js';
import type { Note } from '../query/result.js';
import { exactInstant } from '../render/cell.js';
import type { JsonValue } from '../render/json.js';
import { formatCount, plural } from '../render/number.js';
import type { Table } from '../render/table.js';
import { formatMoment } from '../time/format.js';
import { type Answer, linesBlock } from './answer.js';
import { roleText } from './role-text.js';
import { formatBytes } from './size.js';

export interface ReceiptContext {
  /** Arguments that name nothing that can be read. */
  readonly faults: readonly Fault[];
  readonly skipped: readonly SkippedPath[];
  readonly zone: string;
  /** How the store is named in a command to try next. */
  readonly place: readonly string[];
}

/** **Invariant** exit 1 when a file has a fault, else 3 when records were rejected, else 0. */
export function receiptAnswer(report: IngestReport, context: ReceiptContext): Answer {
  const faults = [...context.faults, ...report.files.flatMap(({ fault }) => fault ?? [])];
  return {
    blocks: [linesBlock(receiptLines(report, context.zone))],
    table: filesTable(report),
    document: receiptDocument(report, faults),
    prose: true,
    notes: [...fileNotes(report), ...skippedNotes(context.skipped), ...maintenanceNotes(report)],
    next: nextCommands(report, context.place),
    exitCode: faults.length > 0 ? 1 : report.totals.rejected > 0 ? 3 : 0,
    faults,
  };
}

/** Several ingests as one receipt; none gives an empty one. */
export function joinReports(reports: readonly IngestReport[], dryRun: boolean): IngestReport {
  const spans = reports.flatMap(({ span }) => span ?? []);
  const last = reports.at(-1);
  return {
    files: reports.flatMap(({ files }) => files),
    totals: sumCounts(reports.map(({ totals }) => totals)),
    span:
      spans.length === 0
        ? null
        : {
            first: Math.min(...spans.map(({ first }) => first)),
            last: Math.max(...spans.map((span) => span.last)),
          },
    rejectsFile: reports.findLast(({ rejectsFile }) => rejectsFile !== null)?.rejectsFile ?? null,
    firstReject: reports.find(({ firstReject }) => firstReject !== null)?.firstReject ?? null,
    newColumns: reports.flatMap(({ newColumns }) => newColumns),
    extras: reports.flatMap(({ extras }) => extras),
    batch: last?.batch ?? '',
    snapshotVersion: last?.snapshotVersion ?? null,
    fileCount: reports.reduce((sum, { fileCount }) => sum + fileCount, 0),
    fileBytes: reports.reduce((sum, { fileBytes }) => sum + fileBytes, 0),
    dryRun,
    maintenance: reports.findLast(({ maintenance }) => maintenance !== null)?.maintenance ?? null,
    lateFault: reports.find(({ lateFault }) => lateFault !== null)?.lateFault ?? null,
  };
}

const worthAsking = ['host', 'version', 'status'] as const;

/** A first question, by the roles that were found. */
function nextCommands(
  { files, totals, dryRun }: IngestReport,
  place: readonly string[],
): readonly string[] {
  const found = new Set(files.flatMap(({ roles }) => roles.map(({ role }) => role)));
  const by = worthAsking.filter((role) => found.has(role)).join(',');
  if (totals.stored === 0 || dryRun || by === '') return [];
  return [['coldcase', 'query', ...place, '--by', by].join(' ')];
}

function receiptLines(report: IngestReport, zone: string): readonly string[] {
  const { totals, span, newColumns, extras } = report;
  const stored = report.dryRun ? 'would be stored' : 'stored';
  const counts = [
    `${formatCount(totals.read)} read`,
    `${formatCount(totals.stored)} ${stored}`,
    `${formatCount(totals.rejected)} rejected`,
    plural(totals.duplicates, 'duplicate'),
    ...(totals.blank === 0 ? [] : [plural(totals.blank, 'blank line')]),
  ];
  return [
    ...kindLines(report.files),
    counts.join('   '),
    ...rejectLines(report),
    ...(span === null
      ? []
      : [`span      ${moment(span.first, zone)} → ${moment(span.last, zone)} ${zone}`]),
    ...(newColumns.length === 0 ? [] : [`columns   ${columnsText(newColumns)}`]),
    ...extrasLines(extras, timeLabels(report.files)),
    ...(report.snapshotVersion === null ? [] : [`wrote     ${writtenText(report)}`]),
  ];
}

function moment(micros: number, zone: string): string {
  return formatMoment(Math.floor(micros / 1_000_000) * 1_000_000, zone);
}

/** Formats and roles said once for all files that agree on them. */
function kindLines(files: readonly FileReport[]): readonly string[] {
  const kinds = new Map<string, FileReport[]>();
  for (const file of files) {
    if (file.format === null) continue;
    const roles = file.roles.map(({ role, labels }) => [role, labels]);
    const key = JSON.stringify([file.format, roles]);
    kinds.set(key, [...(kinds.get(key) ?? []), file]);
  }
  return [...kinds.values()].flatMap((own) => {
    const [first] = own;
    if (first === undefined) return [];
    const which = own.length === 1 ? first.path : `${own.length} files, first ${first.path}`;
    const roles = first.roles.map((choice) => `  ${roleText(choice)}`);
    return [`${which}: ${first.format}, ${first.why}`, ...roles];
  });
}

function rejectLines({ totals, rejectsFile }: IngestReport): readonly string[] {
  if (totals.rejected === 0) return [];
  const reasons = Object.entries(totals.reasons).map(
    ([reason, count]) => `${formatCount(count)} ${reason}`,
  );
  const where = rejectsFile === null ? [] : [`see       ${rejectsFile}`];
  return [`rejected  ${reasons.join(', ')}`, ...where];
}

const namesShown = 6;

function columnsText(columns: IngestReport['newColumns']): string {
  const names = columns.slice(0, namesShown).map(({ label }) => label);
  const more = columns.length - names.length;
  const rest = more > 0 ? ` and ${more} more` : '';
  return `${plural(columns.length, 'new column')}: ${names.join(', ')}${rest}`;
}

/** Columns of times: beside them stands what was written, where micros do not hold all of it. */
function timeLabels(files: readonly FileReport[]): ReadonlySet<string> {
  return new Set(
    files.flatMap(({ roles }) =>
      roles.flatMap(({ role, labels }) => (role === 'time' ? labels : [])),
    ),
  );
}

const extraKinds = [
  ['time', 'as written, for digits beyond microseconds'],
  ['type', 'values of another type than their column'],
  ['cap', 'values without a column, beyond the most that there may be'],
] as const;

/** What stands beside the columns, by the reason why. */
function extrasLines(
  extras: IngestReport['extras'],
  times: ReadonlySet<string>,
): readonly string[] {
  return extraKinds.flatMap(([kind, title]) => {
    const own = extras.filter(({ label, why }) => (times.has(label) ? 'time' : why) === kind);
    if (own.length === 0) return [];
    const shown = own
      .slice(0, namesShown)
      .map(({ label, valueCount }) => `${formatCount(valueCount)} of ${label}`);
    const more = own.length - shown.length;
    const rest = more > 0 ? ` and ${formatCount(more)} more` : '';
    return [`beside    ${title}: ${shown.join(', ')}${rest}`];
  });
}

function writtenText({ fileCount, fileBytes, snapshotVersion }: IngestReport): string {
  return `${plural(fileCount, 'data file')}, ${formatBytes(fileBytes)}, version ${snapshotVersion}`;
}

function fileNotes({ files, lateFault }: IngestReport): readonly Note[] {
  const late: Note[] =
    lateFault === null ? [] : [{ level: 'warning', code: lateFault.code, text: lateFault.message }];
  const paths = new Map<string, string[]>();
  for (const { path, notes } of files) {
    for (const text of notes) paths.set(text, [...(paths.get(text) ?? []), path]);
  }
  const notes = [...paths].map(([text, own]): Note => {
    const which = own.length === 1 ? own[0] : `${formatCount(own.length)} files, first ${own[0]}`;
    return { level: 'info', code: 'input', text: `${which}: ${text}` };
  });
  const grown = files.flatMap(({ path, skippedBytes }) =>
    skippedBytes === 0 ? [] : [grownNote(path, skippedBytes)],
  );
  return [...notes, ...grown, ...late];
}

function grownNote(path: string, skippedBytes: number): Note {
  const text = `${path} grew: its first ${formatBytes(skippedBytes)} are stored already`;
  return { level: 'info', code: 'grown', text };
}

function skippedNotes(skipped: readonly SkippedPath[]): readonly Note[] {
  if (skipped.length === 0) return [];
  const [first] = skipped;
  const more = skipped.length > 1 ? ` and ${skipped.length - 1} more` : '';
  const text = `passed over ${first?.path ?? ''} (${first?.reason ?? ''})${more}`;
  return [{ level: 'info', code: 'skipped', text }];
}

function maintenanceNotes({ maintenance }: IngestReport): readonly Note[] {
  if (maintenance === null) return [];
  const { mergedCount, intoCount, swept, vacuumed, logEntriesRemoved } = maintenance;
  const removed = (what: string, bytes: number) => `removed ${what}, ${formatBytes(bytes)}`;
  const leftovers = `${plural(swept.removedCount, 'leftover')} of interrupted ingests`;
  const files = `${plural(vacuumed.removedCount, 'data file')} no version names any more`;
  const said: readonly (readonly [number, string])[] = [
    [mergedCount, `merged ${plural(mergedCount, 'data file')} into ${intoCount}`],
    [swept.removedCount, removed(leftovers, swept.removedBytes)],
    [vacuumed.removedCount, removed(files, vacuumed.removedBytes)],
    [logEntriesRemoved, `removed ${plural(logEntriesRemoved, 'old file')} of the log`],
  ];
  return said.flatMap(([count, text]): Note[] =>
    count === 0 ? [] : [{ level: 'info', code: 'maintenance', text }],
  );
}

/** **Source** the summary of the input rules. `warnings` is a number here; texts are `notes`. */
function receiptDocument(
  report: IngestReport,
  faults: readonly Fault[],
): Readonly<Record<string, JsonValue>> {
  const { totals, span } = report;
  const classes = faults.map((fault) => classOfFault(fault) ?? 'usage');
  return {
    ...countFields(totals),
    error_class: classes[0] ?? null,
    rejects_file: report.rejectsFile,
    dry_run: report.dryRun,
    span: span === null ? null : { first: exactInstant(span.first), last: exactInstant(span.last) },
    new_columns: report.newColumns.map(({ label, type }) => ({ column: label, type })),
    extras: report.extras.map(({ label, valueCount, why }) => ({
      column: label,
      values: valueCount,
      why,
    })),
    version: report.snapshotVersion,
    data_files: report.fileCount,
    data_bytes: report.fileBytes,
    files: report.files.map(fileFields),
    notes: fileNotes(report).map(({ text }) => text),
  };
}

function countFields(counts: IngestReport['totals']): Readonly<Record<string, JsonValue>> {
  const { read, stored, rejected, duplicates, blank, warnings, reasons } = counts;
  return { read, stored, rejected, duplicates, blank, warnings, reasons: { ...reasons } };
}

function fileFields(file: FileReport): JsonValue {
  return {
    path: file.path,
    format: file.format,
    why: file.why,
    ...countFields(file.counts),
    error_class: file.errorClass,
    sha256: file.sha256,
    roles: file.roles.map(({ role, labels, reason }) => ({ role, columns: labels, reason })),
  };
}

function filesTable({ files }: IngestReport): Table {
  const text = (key: string) => ({ key, title: key, align: 'left', show: 'text' }) as const;
  const count = (key: string) => ({ key, title: key, align: 'right', show: 'count' }) as const;
  const counts = ['read', 'stored', 'rejected', 'duplicates', 'blank'] as const;
  return {
    columns: [text('path'), text('format'), ...counts.map(count), text('error_class')],
    rows: files.map((file) => [
      file.path,
      file.format,
      ...counts.map((name) => file.counts[name]),
      file.errorClass,
    ]),
    seriesMax: null,
    footer: [],
  };
}
