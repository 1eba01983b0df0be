/** `coldcase repair`: damaged files out of the table, good ones back into it. Deletes nothing. */

import type { Transaction } from '../../delta/action.js';
import { formatCount, plural } from '../../render/number.js';
import type { Table } from '../../render/table.js';
import type { Dataset } from '../../store/dataset.js';
import { forgottenOf } from '../../store/forgotten.js';
import { type Gap, gapsOf } from '../../store/gap.js';
import {
  acceptGaps,
  applyRepair,
  planRepair,
  type RepairPlan,
  sourcesLostIn,
} from '../../store/repair.js';
import { sourceOf } from '../../store/sources.js';
import { type Verification, verify } from '../../store/verify.js';
import { formatMoment } from '../../time/format.js';
import { type Answer, wholeLinesBlock } from '../answer.js';
import type { CommandModule, Invocation } from '../command.js';
import { confirmed } from '../confirm.js';
import { limitsOf, openWriter, withInspector } from '../lazy-engine.js';
import { flagOption } from '../option-values.js';
import { presentMs } from '../present-time.js';
import { placeWords, shellWord } from '../shell-text.js';

export const repairCommand: CommandModule = {
  name: 'repair',
  words: '',
  summary: 'take damaged files out of the table, put good ones back',
  examples: [
    ['coldcase repair --dry-run', 'what is damaged and what would be done'],
    ['coldcase repair --yes', 'damaged files go to _quarantine; questions say what is missing'],
    ['coldcase repair --yes', 'again, with a good copy in its old place: it is put back'],
    ['coldcase repair --accept --yes', 'the files are lost; their sources may be ingested again'],
  ],
  options: [
    { flags: '--dry-run', help: 'say what would be done, change nothing' },
    { flags: '--accept', help: 'files are lost for good: end the notes, let sources come again' },
    { flags: '--yes', help: 'repair without asking' },
  ],
  run: repair,
};

type Done = 'dry' | 'refused' | 'done';

async function repair(invocation: Invocation): Promise<Answer> {
  const { settings, values, progress, signal } = invocation;
  const nowMs = await presentMs(invocation);
  const accepts = flagOption(values, 'accept') ?? false;
  const found = await withInspector(limitsOf(settings), (inspector) =>
    verify({
      place: { storeDir: settings.store, name: settings.dataset },
      inspector,
      quick: false,
      nowMs,
      say: (text) => progress.say(text),
      signal,
    }),
  );
  const plan = await planRepair(found, { nowMs, signal });
  const place = placeWords([], settings);
  const none = { lostSources: [], keptSources: [] };
  const context = { found, plan, place, zone: settings.zone, accepts, ...none };
  if (flagOption(values, 'dryRun') === true) return answerOf({ ...context, done: 'dry' });
  const { dataset } = found;
  const work = [...workOf(plan), ...(accepts && dataset !== null ? acceptWork(dataset) : [])];
  if (dataset === null || work.length === 0) return answerOf({ ...context, done: 'done' });
  if (!(await confirmed(invocation, work.join(', ')))) {
    return answerOf({ ...context, done: 'refused' });
  }
  const writer = await openWriter(limitsOf(settings));
  const { dataset: after } = await applyRepair(dataset, plan, { writer, nowMs });
  if (!accepts) return answerOf({ ...context, done: 'done' });
  const { free, kept } = sourcesLostIn(after, gapsOf(after));
  await acceptGaps(after, nowMs);
  const paths = (transactions: readonly Transaction[]) =>
    transactions
      .flatMap((one) => sourceOf(one) ?? [])
      .map(({ sha256 }) => found.log.sourcePaths.get(sha256) ?? null);
  const said = { lostSources: paths(free), keptSources: paths(kept) };
  return answerOf({ ...context, ...said, done: 'done' });
}

interface Context {
  readonly found: Verification;
  readonly plan: RepairPlan;
  readonly place: readonly string[];
  readonly zone: string;
  readonly accepts: boolean;
  /** Paths of the sources that may be ingested again; null where the log has lost them. */
  readonly lostSources: readonly (string | null)[];
  /** The same of those that stay known, since rows of theirs were forgotten. */
  readonly keptSources: readonly (string | null)[];
  readonly done: Done;
}

function workOf({ lost, restored, checkpoints, sidecars }: RepairPlan): readonly string[] {
  return [
    ...(lost.length === 0
      ? []
      : [`take ${plural(lost.length, 'data file')} (${rowsOf(lost)}) out of the table`]),
    ...(restored.length === 0 ? [] : [`put ${plural(restored.length, 'data file')} back`]),
    ...(checkpoints.length === 0 ? [] : ['write the checkpoint again']),
    ...(sidecars.length === 0 ? [] : [`make ${plural(sidecars.length, 'sidecar')} again`]),
  ];
}

function acceptWork(dataset: Dataset): readonly string[] {
  const count = gapsOf(dataset).length;
  return count === 0 ? [] : [`accept ${plural(count, 'gap')}`];
}

function rowsOf(gaps: readonly Gap[]): string {
  return plural(
    gaps.reduce((sum, { rowCount }) => sum + (rowCount ?? 0), 0),
    'row',
  );
}

function answerOf(context: Context): Answer {
  const { found, plan, done } = context;
  const isLeft = plan.left.length > 0;
  return {
    blocks: [wholeLinesBlock(linesOf(context))],
    table: tableOf(plan),
    document: {
      dry_run: done === 'dry',
      done: done === 'done',
      quarantined_files: done === 'done' ? plan.lost.length : 0,
      restored_files: done === 'done' ? plan.restored.length : 0,
      checkpoints: done === 'done' ? [...plan.checkpoints] : [],
      sidecars: done === 'done' ? [...plan.sidecars] : [],
      lost_sources: [...context.lostSources],
      kept_sources: [...context.keptSources],
      rows: [...plan.lost.map(asRow('quarantine')), ...plan.restored.map(asRow('restore'))],
      left: plan.left.map(({ fault, path }) => ({
        code: fault.code,
        path,
        problem: fault.message,
      })),
    },
    prose: true,
    notes: notesOf(context),
    next: nextOf(context),
    exitCode: isLeft || (done !== 'done' && found.damages.length > 0) ? 1 : 0,
    faults: plan.left.map(({ fault }) => fault),
  };
}

/** Files of one command to try at most; the document has all. Chosen by us. */
const mostPaths = 8;

function nextOf({ plan, done, place, lostSources }: Context): readonly string[] {
  if (done === 'dry' && workOf(plan).length > 0) {
    return [['coldcase repair', ...place, '--yes'].join(' ')];
  }
  const paths = lostSources.flatMap((path) => path ?? []).slice(0, mostPaths);
  return paths.length === 0
    ? []
    : [['coldcase ingest', ...paths.map(shellWord), ...place].join(' ')];
}

function asRow(action: 'quarantine' | 'restore') {
  return ({ file, rowCount, why, window }: Gap) => ({
    action,
    path: file.path,
    why,
    rows: rowCount,
    start: formatMoment(window.start, 'UTC'),
    end: formatMoment(window.end, 'UTC'),
  });
}

function linesOf(context: Context): readonly string[] {
  const { found, plan, done, zone, accepts, lostSources } = context;
  const would = done === 'dry' ? 'would ' : done === 'refused' ? 'did not ' : '';
  const verb = (plain: string, past: string) => (would === '' ? past : `${would}${plain}`);
  const { lost, restored, checkpoints, sidecars, left } = plan;
  if (found.damages.length + restored.length === 0) {
    return ['nothing to repair', ...(accepts ? acceptedLines(lostSources) : [])];
  }
  return [
    ...lost.map((gap) => `${verb('quarantine', 'quarantined')}  ${gapText(gap, zone)}`),
    ...restored.map((gap) => `${verb('put back', 'put back')}  ${gapText(gap, zone)}`),
    ...checkpoints.map((name) => `${verb('write again', 'wrote again')}  ${name}`),
    ...sidecars.map((path) => `${verb('make again', 'made again')}  ${path}`),
    ...left.map(({ fault }) => `left  ${fault.code} ${fault.message}`),
    ...(accepts && done === 'done' ? acceptedLines(lostSources) : []),
  ];
}

function acceptedLines(lostSources: readonly (string | null)[]): readonly string[] {
  const again = `${plural(lostSources.length, 'source')} with no row left may be ingested again`;
  return ['gaps are accepted', ...(lostSources.length === 0 ? [] : [again])];
}

function gapText({ file, rowCount, window }: Gap, zone: string): string {
  const rows = rowCount === null ? 'rows unknown' : `${formatCount(rowCount)} rows`;
  const [start, end] = [window.start, window.end - 1].map((micros) => {
    return formatMoment(Math.floor(micros / 1_000_000) * 1_000_000, zone);
  });
  return `${file.path}: ${rows}, ${start} → ${end} ${zone}`;
}

function notesOf(context: Context): Answer['notes'] {
  if (context.done === 'refused') return [];
  return [...copyNotes(context), ...forgottenNotes(context)];
}

/** What was forgotten must not come back without a word. */
function forgottenNotes({ found, plan, keptSources }: Context): Answer['notes'] {
  const warning = (text: string) => ({ level: 'warning', code: 'forgotten', text }) as const;
  const lastMs = found.dataset === null ? null : forgottenOf(found.dataset.snapshot).lastMs;
  const isBack = plan.restored.some(({ sinceMs }) => lastMs !== null && sinceMs <= lastMs);
  const paths = keptSources.flatMap((path) => path ?? []).slice(0, mostPaths);
  const named = paths.length === 0 ? '' : ` (${paths.join(', ')})`;
  const count = plural(keptSources.length, 'source');
  return [
    ...(keptSources.length === 0
      ? []
      : [
          warning(
            `${count} with no row left stay known${named}: rows of theirs may have been ` +
              'forgotten, and would be back; ingest a copy without those',
          ),
        ]),
    ...(isBack
      ? [warning('events were forgotten while a file put back was away: forget them again')]
      : []),
  ];
}

function copyNotes({ plan }: Context): Answer['notes'] {
  if (plan.lost.length === 0) return [];
  const text =
    'a copy of the file brings its rows back; their sources stay known, so the same source again ' +
    'is a duplicate (coldcase verify names them) until the file is given up: --accept';
  return [{ level: 'info', code: 'quarantine', text }];
}

function tableOf({ lost, restored }: RepairPlan): Table {
  const rows = [
    ...lost.map((gap) => ['quarantine', gap] as const),
    ...restored.map((gap) => ['restore', gap] as const),
  ];
  return {
    columns: [
      { key: 'action', title: 'action', align: 'left', show: 'text' },
      { key: 'path', title: 'path', align: 'left', show: 'text' },
      { key: 'rows', title: 'rows', align: 'right', show: 'count' },
      { key: 'why', title: 'why', align: 'left', show: 'text' },
    ],
    rows: rows.map(([action, { file, rowCount, why }]) => [action, file.path, rowCount, why]),
    seriesMax: null,
    footer: [],
  };
}
