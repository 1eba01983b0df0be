/** `coldcase history`: the questions asked on this machine, to be found again; runs none. */
import { Fault } from '../../base/fault.js';
import { jsonRow } from '../../render/json.js';
import type { Table } from '../../render/table.js';
import { parseDuration } from '../../time/duration.js';
import { type Answer, noTable, wholeLinesBlock } from '../answer.js';
import type { CommandModule, Invocation } from '../command.js';
import { type HistoryEntry, readHistory } from '../history-file.js';
import { textOption, wholeNumber } from '../option-values.js';
import { shellWord } from '../shell-text.js';

export const historyCommand: CommandModule = {
  name: 'history',
  words: '[n]',
  summary: 'the questions asked before, newest first',
  examples: [
    ['coldcase history --grep p95', ''],
    ['coldcase history 3', 'the whole command, to be copied'],
  ],
  options: [
    { flags: '--grep <text>', help: 'only commands or directories with this in them' },
    { flags: '--last <duration>', help: 'only those of the last 2h, 7d' },
    { flags: '--limit <n>', help: 'at most this many (20)' },
  ],
  run: history,
};

const defaultLimit = 20;

interface Numbered extends HistoryEntry {
  /** 1 is the newest of all. */
  readonly number: number;
}

async function history(invocation: Invocation): Promise<Answer> {
  const { values, words, clock } = invocation;
  const all = readHistory(process.env).map((entry, index) => ({ ...entry, number: index + 1 }));
  const [word] = words;
  if (word !== undefined) return commandAnswer(chosen(word, all));
  const last = textOption(values, 'last');
  const since = last === undefined ? null : clock.now() - parseDuration(last, '--last');
  const limit = textOption(values, 'limit');
  const most = limit === undefined ? defaultLimit : wholeNumber(limit, 'limit', 1);
  const grep = textOption(values, 'grep')?.toLowerCase() ?? '';
  const found = all.filter(
    (entry) =>
      (since === null || entry.atMicros >= since) &&
      `${commandOf(entry)}\n${entry.directory}`.toLowerCase().includes(grep),
  );
  return listAnswer(found.slice(0, most), found.length);
}

/** **Faults** CC1331. */
function chosen(word: string, all: readonly Numbered[]): Numbered {
  const entry = /^\d+$/.test(word) ? all[Number(word) - 1] : undefined;
  if (entry !== undefined) return entry;
  const hint = all.length === 0 ? 'nothing was asked yet' : `1 is the newest of ${all.length}`;
  throw new Fault('CC1331', { number: word }, { hint });
}

/** As it can be typed again in its directory. */
function commandOf({ args }: HistoryEntry): string {
  return ['coldcase', ...args.map(shellWord)].join(' ');
}

function commandAnswer(entry: Numbered): Answer {
  const command = `cd ${shellWord(entry.directory)} && ${commandOf(entry)}`;
  return {
    blocks: [wholeLinesBlock([command])],
    table: noTable,
    document: { command, directory: entry.directory, args: entry.args },
    prose: true,
    notes: [],
    next: [],
    exitCode: 0,
  };
}

function listAnswer(entries: readonly Numbered[], found: number): Answer {
  const table: Table = {
    columns: [
      { key: 'n', title: 'n', align: 'right', show: 'count' },
      { key: 'time', title: 'time', align: 'left', show: 'instant' },
      { key: 'rows', title: 'rows', align: 'right', show: 'count' },
      { key: 'elapsed_ms', title: 'ms', align: 'right', show: 'count' },
      { key: 'command', title: 'command', align: 'left', show: 'text', essential: true },
      { key: 'directory', title: 'directory', align: 'left', show: 'text' },
    ],
    rows: entries.map((entry) => [
      entry.number,
      entry.atMicros,
      entry.rows,
      entry.elapsedMs,
      commandOf(entry),
      entry.directory,
    ]),
    seriesMax: null,
    footer: [`${entries.length} of ${found} shown`],
  };
  return {
    blocks: [{ kind: 'table', table }],
    table,
    document: { rows: table.rows.map((row) => jsonRow(table, row)), total: found },
    prose: false,
    notes: [],
    next: [],
    exitCode: 0,
  };
}
