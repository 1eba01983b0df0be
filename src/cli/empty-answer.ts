/** Answers about a dataset in which nothing is stored yet: it has no columns to be asked about. */
import type { Note, Result, ResultColumn } from '../query/result.js';
import type { QuerySpec } from '../query/spec.js';
import type { TimeRange } from '../time/range.js';
import { type Answer, linesBlock } from './answer.js';
import { windowFields } from './query-document.js';
import type { Source } from './source.js';
import { versionsTable } from './versions-document.js';

/** True when no data file was ever stored: every name would be a fault, and none is meant. */
export function isEmptySource({ dataset }: Source): boolean {
  return dataset.schema.length === 0 && dataset.snapshot.files.length === 0;
}

/** Said where nothing is stored. */
export const emptyNote: Note = { level: 'warning', code: 'no_data', text: 'the dataset is empty' };

/** What to do about it. */
export const emptyNext = ['coldcase ingest FILES'] as const;

/** A result without groups, whose columns are those asked for. */
export function emptyResult(spec: QuerySpec, { dataset, name }: Source): Result {
  const column = (label: string, kind: ResultColumn['kind']): ResultColumn => ({
    name: label,
    kind,
    type: kind === 'breakdown' ? 'string' : 'number',
    unit: null,
    exact: true,
  });
  return {
    kind: 'result',
    columns: [
      ...spec.breakdowns.map(({ label }) => column(label, 'breakdown')),
      ...spec.calculations.map(({ label }) => column(label, 'calculation')),
    ],
    rows: [],
    series: null,
    intervals: null,
    heatmaps: [],
    other: null,
    total: null,
    overTime: null,
    groupCount: 0,
    events: null,
    window: spec.window ?? { start: 0, end: 0 },
    provenance: {
      source: name,
      dataset: dataset.name,
      snapshotVersion: dataset.snapshot.version,
      files: { total: 0, read: 0, pruned: 0 },
      rows: { scanned: 0, matched: 0 },
      weighted: false,
      usage: spec.usage,
      exact: true,
      bad: null,
    },
    notes: [emptyNote],
  };
}

/** The answer of `versions` where there is nothing to look at. */
export function emptyVersions(
  query: Answer['document'],
  range: TimeRange | null,
  notes: readonly Note[],
): Answer {
  return {
    blocks: [linesBlock(['no events, so no hosts and no versions'])],
    table: versionsTable([]),
    document: {
      query,
      window: range === null ? null : windowFields(range),
      rows: [],
      total: 0,
      mismatches: [],
      transitions: [],
      not_seen: null,
      bad: null,
      source: null,
    },
    prose: false,
    notes: [...notes, emptyNote],
    next: emptyNext,
    exitCode: 0,
  };
}
