/** `coldcase hold`: windows whose days stay beyond retention. */
import { Fault } from '../../base/fault.js';
import { exactInstant } from '../../render/cell.js';
import { plural } from '../../render/number.js';
import type { Table } from '../../render/table.js';
import { type Dataset, openDataset } from '../../store/dataset.js';
import { addHold, type Hold, holdsOf, isActive, isHoldName, removeHold } from '../../store/hold.js';
import { spanOf } from '../../store/status.js';
import { parseDuration } from '../../time/duration.js';
import { formatMoment } from '../../time/format.js';
import { type Answer, linesBlock } from '../answer.js';
import type { CommandModule, Invocation } from '../command.js';
import { lazyCheckpoints, limitsOf } from '../lazy-engine.js';
import { textOption } from '../option-values.js';
import { presentMs } from '../present-time.js';
import { chooseWindow, windowOptionSpecs } from '../window-options.js';

export const holdCommand: CommandModule = {
  name: 'hold',
  words: '[verb] [name]',
  summary: 'keep a window beyond retention: add, list, rm',
  examples: [
    ["coldcase hold add CC-7 --at '2020-04-16 14:12' --reason 'four hosts'", ''],
    ['coldcase hold add audit --window 2020-04-01 --reason audit --expires 90d', ''],
    ['coldcase hold list', ''],
    ['coldcase hold rm CC-7', ''],
  ],
  options: [
    { flags: '--reason <text>', help: 'why; asked for by add' },
    { flags: '--expires <duration>', help: 'the hold ends by itself, 90d from now' },
    ...windowOptionSpecs,
  ],
  run: hold,
};

async function hold(invocation: Invocation): Promise<Answer> {
  const { settings, words } = invocation;
  const [verb = 'list', name, ...rest] = words;
  if (rest.length > 0) throw usage(`expected one name, found ${rest.join(' ')}`);
  const place = { storeDir: settings.store, name: settings.dataset };
  const dataset = await openDataset(place, lazyCheckpoints(limitsOf(settings)), 'files');
  const nowMs = await presentMs(invocation);
  switch (verb) {
    case 'list':
      return listAnswer(dataset, nowMs, settings.zone);
    case 'add':
      return await add(invocation, dataset, named(name, verb), nowMs);
    case 'rm': {
      const after = await removeHold(dataset, named(name, verb), nowMs);
      return done(`removed   hold ${name}`, after, nowMs);
    }
    default:
      throw usage(`expected add, list or rm, found ${verb}`);
  }
}

function usage(problem: string): Fault {
  return new Fault('CC1004', { command: 'hold', problem });
}

function named(name: string | undefined, verb: string): string {
  if (name === undefined) throw usage(`${verb} needs the name of the hold`);
  if (isHoldName(name)) return name;
  throw usage(`expected a name of up to 64 letters, digits and . _ -, found ${name}`);
}

async function add(
  invocation: Invocation,
  dataset: Dataset,
  name: string,
  nowMs: number,
): Promise<Answer> {
  const { values, settings } = invocation;
  const reason = textOption(values, 'reason')?.trim() ?? '';
  if (reason === '') throw usage('add needs --reason, for whoever finds the hold next year');
  const { range, notes } = await chooseWindow(invocation, spanOf(dataset), null);
  if (range === null) throw usage('add needs a window: --window A..B, --at T or --since T');
  const expires = textOption(values, 'expires');
  const lifeMs = expires === undefined ? null : parseDuration(expires, '--expires') / 1000;
  const expiresMs = lifeMs === null ? null : nowMs + lifeMs;
  const held = { name, window: range, reason, createdMs: nowMs, expiresMs };
  const after = await addHold(dataset, held);
  const answer = done(`holds     ${windowText(held, settings.zone)}`, after, nowMs);
  return { ...answer, notes: [...notes, ...answer.notes] };
}

function done(line: string, dataset: Dataset, nowMs: number): Answer {
  return { ...listAnswer(dataset, nowMs, 'UTC'), blocks: [linesBlock([line])], prose: true };
}

function windowText({ window }: Hold, zone: string): string {
  return `${formatMoment(window.start, zone)} → ${formatMoment(window.end, zone)} ${zone}`;
}

function listAnswer(dataset: Dataset, nowMs: number, zone: string): Answer {
  const holds = holdsOf(dataset);
  const table = tableOf(holds, nowMs);
  return {
    blocks: holds.length === 0 ? [linesBlock(['no holds'])] : [{ kind: 'table', table }],
    table,
    document: {
      zone,
      rows: holds.map((item) => ({
        name: item.name,
        start: exactInstant(item.window.start),
        end: exactInstant(item.window.end),
        reason: item.reason,
        created: exactInstant(item.createdMs * 1000),
        expires: item.expiresMs === null ? null : exactInstant(item.expiresMs * 1000),
        active: isActive(item, nowMs),
      })),
    },
    prose: false,
    notes: [],
    next: [],
    exitCode: 0,
  };
}

function tableOf(holds: readonly Hold[], nowMs: number): Table {
  return {
    columns: [
      { key: 'name', title: 'name', align: 'left', show: 'text' },
      { key: 'start', title: 'start', align: 'left', show: 'instant' },
      { key: 'end', title: 'end', align: 'left', show: 'instant' },
      { key: 'state', title: 'state', align: 'left', show: 'text' },
      { key: 'expires', title: 'expires', align: 'left', show: 'instant' },
      { key: 'reason', title: 'reason', align: 'left', show: 'text' },
    ],
    rows: holds.map((item) => [
      item.name,
      item.window.start,
      item.window.end,
      isActive(item, nowMs) ? 'holds' : 'expired',
      item.expiresMs === null ? null : item.expiresMs * 1000,
      item.reason,
    ]),
    seriesMax: null,
    footer: [plural(holds.length, 'hold')],
  };
}
