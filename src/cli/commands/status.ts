/** `coldcase status`: what the store holds, and where it has gaps. */

import { exactInstant } from '../../render/cell.js';
import { formatCount, plural } from '../../render/number.js';
import type { Table } from '../../render/table.js';
import { listDatasets, openDataset } from '../../store/dataset.js';
import { type DatasetStatus, statusOf } from '../../store/status.js';
import { formatDate, formatMoment } from '../../time/format.js';
import { microsPerDay } from '../../time/instant.js';
import type { TimeRange } from '../../time/range.js';
import { type Answer, linesBlock } from '../answer.js';
import type { CommandModule, Invocation } from '../command.js';
import { damageNotes } from '../damage-notes.js';
import { lazyCheckpoints, limitsOf } from '../lazy-engine.js';
import { formatBytes } from '../size.js';

export const statusCommand: CommandModule = {
  name: 'status',
  words: '',
  summary: 'what the store holds, and where it has gaps',
  examples: [['coldcase status --store DIR', 'span, size, coverage day by day']],
  options: [],
  run: status,
};

async function status({ settings }: Invocation): Promise<Answer> {
  const place = { storeDir: settings.store, name: settings.dataset };
  const dataset = await openDataset(place, lazyCheckpoints(limitsOf(settings)));
  const found = statusOf(dataset);
  const datasets = await listDatasets(settings.store);
  const { keepDays, bad } = dataset;
  const weighted = (dataset.roles.weight ?? []).length > 0;
  const facts = { weighted, keepDays, bad, datasets, zone: settings.zone, store: settings.store };
  return {
    blocks: [linesBlock(lines(found, facts))],
    table: daysTable(found),
    document: {
      store: settings.store,
      dataset: dataset.name,
      datasets,
      version: found.version,
      files: found.fileCount,
      bytes: found.fileBytes,
      events: found.rowCount,
      foreign_files: found.foreignFileCount,
      span: found.span === null ? null : rangeFields(found.span),
      days: found.days.map((day) => ({
        date: day.date,
        files: day.fileCount,
        bytes: day.fileBytes,
        rows: day.rowCount,
      })),
      gaps: found.gaps.map(rangeFields),
      sources: found.sourceCount,
      columns: found.columnCount,
      keep_days: keepDays,
      bad,
    },
    prose: true,
    notes: [...damageNotes({ dataset }, null), ...foreignNote(found)],
    next: found.fileCount === 0 ? ['coldcase ingest FILES'] : [],
    exitCode: 0,
  };
}

function rangeFields({ start, end }: TimeRange): { readonly start: string; readonly end: string } {
  return { start: exactInstant(start), end: exactInstant(end) };
}

function foreignNote({ foreignFileCount }: DatasetStatus): Answer['notes'] {
  if (foreignFileCount === 0) return [];
  const files = plural(foreignFileCount, 'data file');
  const text = `${files} of another tool; their rows are not counted`;
  return [{ level: 'info', code: 'foreign_files', text }];
}

interface Facts {
  /** Events are sampled: a row stands for several. */
  readonly weighted: boolean;
  readonly store: string;
  readonly zone: string;
  readonly keepDays: number;
  readonly bad: string;
  readonly datasets: readonly string[];
}

function lines(found: DatasetStatus, facts: Facts): readonly string[] {
  const { zone, weighted } = facts;
  const size = `${plural(found.fileCount, 'data file')}, ${formatBytes(found.fileBytes)}`;
  const rows = found.rowCount === null ? 'unknown' : formatCount(found.rowCount);
  const what = weighted ? 'rows' : 'events';
  const head = [
    `store     ${facts.store}`,
    `dataset   ${facts.datasets.join(', ')}   version ${found.version}`,
    `${what.padEnd(10)}${rows}   in ${size}   from ${plural(found.sourceCount, 'source')}`,
    `keep      ${plural(facts.keepDays, 'day')}   bad: ${facts.bad}`,
  ];
  if (found.span === null) return [...head, 'span      no events yet'];
  const first = formatMoment(found.span.start, zone);
  const last = formatMoment(found.span.end - 1, zone);
  return [
    ...head,
    `span      ${first} → ${last} ${zone}`,
    `coverage  ${coverage(found)}`,
    ...found.gaps.map((gap) => `gap       ${dayRange(gap)}`),
  ];
}

const widestCoverage = 60;

/** One mark a day, or one for several days when there are many: kept or not. */
function coverage({ days }: DatasetStatus): string {
  const [first, last] = [days[0]?.date, days.at(-1)?.date];
  if (first === undefined || last === undefined) return 'none';
  const start = Date.parse(first) / 86_400_000;
  const count = Date.parse(last) / 86_400_000 - start + 1;
  const kept = new Set(days.map(({ date }) => Date.parse(date) / 86_400_000 - start));
  const each = Math.ceil(count / widestCoverage);
  const marks = Array.from({ length: Math.ceil(count / each) }, (_, mark) =>
    Array.from({ length: each }, (_unused, day) => mark * each + day)
      .filter((day) => day < count)
      .every((day) => kept.has(day)),
  );
  const bar = marks.map((whole) => (whole ? '█' : '░')).join('');
  return `${first} ${bar} ${last}   ${days.length} of ${plural(count, 'day')}`;
}

function dayRange({ start, end }: TimeRange): string {
  const first = formatDate(start);
  const last = formatDate(end - microsPerDay);
  return first === last ? first : `${first} → ${last}`;
}

function daysTable({ days }: DatasetStatus): Table {
  return {
    columns: [
      { key: 'date', title: 'date', align: 'left', show: 'text' },
      { key: 'files', title: 'files', align: 'right', show: 'count' },
      { key: 'bytes', title: 'bytes', align: 'right', show: 'count' },
      { key: 'rows', title: 'rows', align: 'right', show: 'count' },
    ],
    rows: days.map((day) => [day.date, day.fileCount, day.fileBytes, day.rowCount]),
    seriesMax: null,
    footer: [],
  };
}
