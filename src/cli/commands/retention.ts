/** `coldcase retention`: removes days that are older than the dataset keeps, but for held ones. */
import { formatCount, plural } from '../../render/number.js';
import { changeSettings, openDataset } from '../../store/dataset.js';
import {
  applyRetention,
  type ExpiredDay,
  planRetention,
  type RetentionPlan,
  type RetentionRules,
} from '../../store/retention.js';
import { type Answer, linesBlock } from '../answer.js';
import type { CommandModule, Invocation } from '../command.js';
import { confirmed } from '../confirm.js';
import { keepDaysOf } from '../keep.js';
import { limitsOf, openWriter } from '../lazy-engine.js';
import { byteSize, flagOption, textOption } from '../option-values.js';
import { presentMs } from '../present-time.js';
import { placeWords, shellWord } from '../shell-text.js';
import { formatBytes } from '../size.js';

export const retentionCommand: CommandModule = {
  name: 'retention',
  words: '',
  summary: 'remove days older than the store keeps',
  examples: [
    ['coldcase retention --dry-run', 'which days would go'],
    ['coldcase retention --yes', 'from cron: nobody is asked'],
    ['coldcase retention --keep 90d --save --yes', 'and keep 90 days from now on'],
    ['coldcase retention --max-bytes 20GB --yes', 'also the oldest days beyond that size'],
  ],
  options: [
    { flags: '--keep <days>', help: 'days to keep, this time (60d, or what the store says)' },
    { flags: '--save', help: 'with --keep: the days the store keeps from now on' },
    { flags: '--max-bytes <size>', help: 'most bytes of data files: the oldest days go first' },
    { flags: '--dry-run', help: 'say what would be removed, change nothing' },
    { flags: '--yes', help: 'remove without asking' },
  ],
  run: retention,
};

async function retention(invocation: Invocation): Promise<Answer> {
  const { settings, values } = invocation;
  const keep = textOption(values, 'keep');
  const size = textOption(values, 'maxBytes');
  const keepDays = keep === undefined ? null : keepDaysOf(keep);
  const maxBytes = size === undefined ? null : byteSize(size, 'max-bytes');
  const writer = await openWriter(limitsOf(settings));
  const place = { storeDir: settings.store, name: settings.dataset };
  let dataset = await openDataset(place, writer, 'files');
  const nowMs = await presentMs(invocation);
  const rules = { nowMs, keepDays: keepDays ?? dataset.keepDays, maxBytes };
  const planned = planRetention(dataset, rules);
  const all = dataset.snapshot.files.length;
  const context = { rules, all, asked: wordsOf(invocation) };
  if (flagOption(values, 'dryRun') === true) return answerOf(planned, { ...context, done: 'dry' });
  if (planned.removed.length > 0 && !(await confirmed(invocation, questionOf(planned)))) {
    return answerOf({ ...planned, days: [], removed: [] }, { ...context, done: 'refused' });
  }
  const applied = await applyRetention(dataset, rules);
  dataset = applied.dataset;
  const isSaved = flagOption(values, 'save') === true && keepDays !== null;
  if (isSaved) await changeSettings(dataset, { keepDays }, nowMs);
  return answerOf(applied.plan, { ...context, done: isSaved ? 'saved' : 'removed' });
}

interface Context {
  readonly rules: RetentionRules;
  /** Data files before. */
  readonly all: number;
  readonly done: 'dry' | 'refused' | 'removed' | 'saved';
  /** The same place and rules, for a command to try next. */
  readonly asked: readonly string[];
}

function wordsOf({ settings, values }: Invocation): readonly string[] {
  const given = [
    ['--keep', textOption(values, 'keep')],
    ['--max-bytes', textOption(values, 'maxBytes')],
    ['--now', settings.now ?? undefined],
  ] as const;
  return [
    ...placeWords([], settings),
    ...given.flatMap(([flag, text]) => (text === undefined ? [] : [flag, shellWord(text)])),
    ...(flagOption(values, 'save') === true ? ['--save'] : []),
  ];
}

function questionOf(plan: RetentionPlan): string {
  return `remove ${sizeOf(goingOf(plan))}`;
}

function goingOf({ days }: RetentionPlan): readonly ExpiredDay[] {
  return days.filter(({ holds }) => holds.length === 0);
}

function sizeOf(days: readonly ExpiredDay[]): string {
  const bytes = days.reduce((sum, { fileBytes }) => sum + fileBytes, 0);
  return `${plural(days.length, 'day')}${datesOf(days)}, ${rowsOf(days)}${formatBytes(bytes)}`;
}

function rowsOf(days: readonly ExpiredDay[]): string {
  if (days.some(({ rowCount }) => rowCount === null)) return '';
  const rows = days.reduce((sum, { rowCount }) => sum + (rowCount ?? 0), 0);
  return `${formatCount(rows)} rows, `;
}

function datesOf(days: readonly ExpiredDay[]): string {
  const [first, last] = [days[0]?.date, days.at(-1)?.date];
  if (first === undefined || last === undefined) return '';
  return first === last ? ` (${first})` : ` (${first} → ${last})`;
}

function answerOf(plan: RetentionPlan, { rules, all, done, asked }: Context): Answer {
  const going = goingOf(plan);
  const held = plan.days.filter(({ holds }) => holds.length > 0);
  const verb = done === 'dry' ? 'would remove' : 'removed';
  const lines = [
    done === 'refused'
      ? 'nothing removed'
      : `${verb} ${going.length === 0 ? 'nothing' : sizeOf(going)}`,
    `keeps     ${plural(rules.keepDays, 'day')}, from ${plan.firstKept} on${capOf(rules)}`,
    ...held.map((day) => `held      ${day.date} by ${day.holds.join(', ')}`),
    ...(done === 'saved' ? [`saved     the store keeps ${plural(rules.keepDays, 'day')}`] : []),
  ];
  return {
    blocks: [linesBlock(lines)],
    table: {
      columns: [
        { key: 'date', title: 'date', align: 'left', show: 'text' },
        { key: 'why', title: 'why', align: 'left', show: 'text' },
        { key: 'files', title: 'files', align: 'right', show: 'count' },
        { key: 'rows', title: 'rows', align: 'right', show: 'count' },
        { key: 'bytes', title: 'bytes', align: 'right', show: 'count' },
        { key: 'held_by', title: 'held by', align: 'left', show: 'text' },
      ],
      rows: plan.days.map(({ date, why, fileCount, rowCount, fileBytes, holds }) => {
        return [date, why, fileCount, rowCount, fileBytes, holds.join(', ') || null];
      }),
      seriesMax: null,
      footer: [],
    },
    document: {
      dry_run: done === 'dry',
      keep_days: rules.keepDays,
      max_bytes: rules.maxBytes,
      first_kept: plan.firstKept,
      removed_files: done === 'dry' ? 0 : plan.removed.length,
      rows: plan.days.map(({ date, why, fileCount, rowCount, fileBytes, holds }) => ({
        date,
        why,
        files: fileCount,
        rows: rowCount,
        bytes: fileBytes,
        held_by: [...holds],
      })),
    },
    prose: true,
    notes: notesOf(plan, { all, done }),
    next:
      done === 'dry' && going.length > 0
        ? [['coldcase retention', ...asked, '--yes'].join(' ')]
        : [],
    exitCode: 0,
  };
}

function capOf({ maxBytes }: RetentionRules): string {
  return maxBytes === null ? '' : `, at most ${formatBytes(maxBytes)}`;
}

function notesOf(
  { removed, undatedCount }: RetentionPlan,
  { all, done }: Pick<Context, 'all' | 'done'>,
): Answer['notes'] {
  const texts = [
    ...(removed.length > 0 && removed.length === all ? ['that is everything there is'] : []),
    ...(removed.length > 0 && done !== 'dry'
      ? ['the files leave the disk in 7 days, with the next ingest or coldcase compact']
      : []),
    ...(undatedCount === 0 ? [] : [`${plural(undatedCount, 'data file')} without a day stay`]),
  ];
  return texts.map((text) => ({ level: 'info', code: 'retention', text }));
}
