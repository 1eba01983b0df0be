/** `coldcase forget`: matching events leave the store for good, with a receipt. */
import { Fault } from '../../base/fault.js';
import { plural } from '../../render/number.js';
import type { Table } from '../../render/table.js';
import { type Dataset, openDataset } from '../../store/dataset.js';
import {
  eraseNow,
  type FileMatches,
  type ForgetPlan,
  type ForgetRequest,
  forget,
  planForget,
} from '../../store/forget.js';
import { rejectsFiles } from '../../store/ledger.js';
import { spanOf } from '../../store/status.js';
import { type Answer, linesBlock } from '../answer.js';
import type { CommandModule, Invocation } from '../command.js';
import { confirmed } from '../confirm.js';
import { matchOf, rejectsWith } from '../forget-match.js';
import { limitsOf, openWriter, withForgetter } from '../lazy-engine.js';
import { flagOption, listOption } from '../option-values.js';
import { presentMs } from '../present-time.js';
import { querySourceOf } from '../query-source.js';
import { shellWord } from '../shell-text.js';
import { chooseWindow, windowOptionSpecs } from '../window-options.js';

export const forgetCommand: CommandModule = {
  name: 'forget',
  words: '',
  summary: 'remove matching events for good, such as those of a customer',
  examples: [
    ["coldcase forget --where 'customer = acme' --dry-run", 'how many, in which files'],
    ["coldcase forget --where 'customer = acme' --yes", 'gone from every answer at once'],
    ["coldcase forget --where 'user.email exists' --since 7d --yes", 'only these days'],
  ],
  options: [
    { flags: '--where <expr>', help: 'which events; see help filters', repeatable: true },
    ...windowOptionSpecs,
    { flags: '--include-held', help: 'also events of days that a hold keeps' },
    { flags: '--erase-now', help: 'take the old files off the disk at once, under any reader' },
    { flags: '--dry-run', help: 'count, change nothing' },
    { flags: '--yes', help: 'remove without asking' },
  ],
  run: runForget,
};

async function runForget(invocation: Invocation): Promise<Answer> {
  const { settings, values, progress, signal } = invocation;
  const where = listOption(values, 'where');
  if (where.length === 0) {
    throw new Fault('CC1004', { command: 'forget', problem: 'say which events with --where' });
  }
  const limits = limitsOf(settings);
  const place = { storeDir: settings.store, name: settings.dataset };
  const dataset = await openDataset(place, await openWriter(limits), 'files');
  const { range, notes } = await chooseWindow(invocation, spanOf(dataset), null);
  const source = querySourceOf(dataset, settings.store);
  const { match, texts } = matchOf(where, source, range);
  const nowMs = await presentMs(invocation);
  return await withForgetter(limits, match, async (forgetter) => {
    const request: ForgetRequest = {
      forgetter,
      window: range,
      includeHeld: flagOption(values, 'includeHeld') ?? false,
      nowMs,
      say: (text) => progress.say(text, `${text}; nothing is removed yet`),
      signal,
    };
    const planned = await planForget(dataset, request);
    const rejects = await rejectsWith(await rejectsFiles(dataset.tableDir), texts);
    const context = { rejects, notes };
    if (flagOption(values, 'dryRun') === true) {
      return answerOf(dataset, planned, { ...context, done: 'dry' });
    }
    const going = goingOf(planned);
    if (going.length > 0 && !(await confirmed(invocation, `remove ${sizeOf(going)} for good`))) {
      return answerOf(dataset, planned, { ...context, done: 'refused' });
    }
    const done = await forget(dataset, request);
    const erases = (flagOption(values, 'eraseNow') ?? false) && goingOf(done.plan).length > 0;
    if (erases) {
      const files = goingOf(done.plan).map(({ file }) => file);
      await eraseNow(done.dataset, files);
    }
    return answerOf(done.dataset, done.plan, { ...context, done: erases ? 'erased' : 'removed' });
  });
}

interface Context {
  readonly done: 'dry' | 'refused' | 'removed' | 'erased';
  /** Rejects files that hold a text of the filter. */
  readonly rejects: readonly string[];
  readonly notes: Answer['notes'];
}

function goingOf({ matches }: ForgetPlan): readonly FileMatches[] {
  return matches.filter(({ holds }) => holds.length === 0);
}

function sum(matches: readonly FileMatches[], count: (match: FileMatches) => number): number {
  return matches.reduce((total, match) => total + count(match), 0);
}

function daysIn(matches: readonly FileMatches[]): number {
  return new Set(matches.map(({ date }) => date)).size;
}

function sizeOf(matches: readonly FileMatches[]): string {
  const events = plural(
    sum(matches, ({ matchedCount }) => matchedCount),
    'row',
  );
  const files = plural(matches.length, 'data file');
  return `${events} in ${files} of ${plural(daysIn(matches), 'day')}`;
}

function answerOf(dataset: Dataset, plan: ForgetPlan, context: Context): Answer {
  const going = goingOf(plan);
  const held = plan.matches.filter(({ holds }) => holds.length > 0);
  const removed = sum(going, ({ matchedCount }) => matchedCount);
  const isDone = context.done === 'removed' || context.done === 'erased';
  return {
    blocks: [linesBlock(linesOf(plan, context))],
    table: tableOf(plan),
    document: {
      dry_run: context.done === 'dry',
      done: isDone,
      version: dataset.snapshot.version,
      matched_rows: sum(plan.matches, ({ matchedCount }) => matchedCount),
      removed_rows: isDone ? removed : 0,
      kept_rows: sum(going, ({ rowCount }) => rowCount) - removed,
      held_rows: sum(held, ({ matchedCount }) => matchedCount),
      files_looked_at: plan.lookedAtCount,
      foreign_files: plan.foreign.length,
      damaged_files: plan.gaps.length,
      erased: context.done === 'erased',
      rejects_files: [...context.rejects],
      rows: plan.matches.map(({ file, date, rowCount, matchedCount, holds }) => ({
        date,
        path: file.path,
        rows: rowCount,
        matched: matchedCount,
        held_by: [...holds],
      })),
    },
    prose: true,
    notes: [...context.notes, ...notesOf(plan, context)],
    next: context.rejects.map((path) => `rm ${shellWord(path)}`),
    exitCode: plan.foreign.length > 0 ? 1 : 0,
  };
}

function linesOf(plan: ForgetPlan, { done }: Context): readonly string[] {
  const going = goingOf(plan);
  const held = plan.matches.filter(({ holds }) => holds.length > 0);
  const removed = sum(going, ({ matchedCount }) => matchedCount);
  const rest = sum(going, ({ rowCount }) => rowCount) - removed;
  const verb = {
    dry: 'would forget',
    refused: 'forgot nothing of',
    removed: 'forgot',
    erased: 'forgot',
  };
  const names = [...new Set(held.flatMap(({ holds }) => holds))].sort();
  return [
    going.length === 0 ? nothingLine(plan, done) : `${verb[done]} ${sizeOf(going)}`,
    ...(going.length === 0 ? [] : [`kept      ${plural(rest, 'other row')} of these files`]),
    ...(held.length === 0 ? [] : [`held      ${sizeOf(held)}, by ${names.join(', ')}`]),
  ];
}

function nothingLine({ matches }: ForgetPlan, done: Context['done']): string {
  const why = matches.length === 0 ? 'no row matches' : 'holds keep what matches';
  return `${done === 'dry' ? 'would forget' : 'forgot'} nothing: ${why}`;
}

function notesOf(plan: ForgetPlan, { done, rejects }: Context): Answer['notes'] {
  const info = (text: string) => ({ level: 'info', code: 'forget', text }) as const;
  const warning = (text: string) => ({ level: 'warning', code: 'forget', text }) as const;
  const isDone = goingOf(plan).length > 0 && (done === 'removed' || done === 'erased');
  return [
    ...(isDone && done === 'removed'
      ? [info('the old files leave the disk in 7 days, or at once with --erase-now')]
      : []),
    ...(isDone && done === 'erased'
      ? [warning('the old files are gone; a question under way has to be asked again')]
      : []),
    ...(isDone
      ? [
          info('the same sources again are duplicates, so nothing of this comes back by itself'),
          info('the log may name a value as the first or last of a file until it is cleaned up'),
        ]
      : []),
    ...(plan.gaps.length === 0
      ? []
      : [
          warning(
            `${plural(plan.gaps.length, 'damaged data file')} not looked into: a copy put back ` +
              'by repair brings its rows back, then forget again; their sources stay known',
          ),
        ]),
    ...(plan.foreign.length === 0
      ? []
      : [warning(`${plural(plan.foreign.length, 'data file')} of another tool not looked into`)]),
    ...(rejects.length === 0
      ? []
      : [warning(`${plural(rejects.length, 'rejects file')} may hold the same: see next`)]),
  ];
}

function tableOf({ matches }: ForgetPlan): Table {
  return {
    columns: [
      { key: 'date', title: 'date', align: 'left', show: 'text' },
      { key: 'path', title: 'path', align: 'left', show: 'text' },
      { key: 'rows', title: 'rows', align: 'right', show: 'count' },
      { key: 'matched', title: 'matched', align: 'right', show: 'count' },
      { key: 'held_by', title: 'held by', align: 'left', show: 'text' },
    ],
    rows: matches.map(({ file, date, rowCount, matchedCount, holds }) => {
      return [date, file.path, rowCount, matchedCount, holds.join(', ') || null];
    }),
    seriesMax: null,
    footer: [],
  };
}
