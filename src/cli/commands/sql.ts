/** `coldcase sql`: one read-only statement over a store or files, or a prompt for many. */
import { text as readAll } from 'node:stream/consumers';
import { present } from '../../base/assert.js';
import { Fault, Faults, faultsOf } from '../../base/fault.js';
import { maxLimit } from '../../query/spec.js';
import { formatMoment } from '../../time/format.js';
import type { Answer } from '../answer.js';
import type { CommandModule, Invocation } from '../command.js';
import { damageNotes } from '../damage-notes.js';
import { fileOptionSpecs } from '../file-options.js';
import { chooseFormat } from '../format.js';
import { textOption, wholeNumber } from '../option-values.js';
import { openSource } from '../source.js';
import { type SqlQuestion, sqlAnswer } from '../sql-answer.js';
import { defaultSqlMemory, type SqlProcess, startSqlProcess } from '../sql-process.js';
import { sqlSnapshot } from '../sql-source.js';
import { type SqlWords, sqlParameters, sqlWords } from '../sql-words.js';
import { chooseWindow, windowOptionSpecs } from '../window-options.js';

export const sqlCommand: CommandModule = {
  name: 'sql',
  words: '[files-then-statement...]',
  summary: 'read-only SQL over the events, rejects and the ledger',
  examples: [
    ["coldcase sql 'select host, count(*) from events group by all order by 2 desc'", ''],
    ["coldcase sql access.log 'select status, count(*) from events group by 1'", ''],
    ['coldcase sql -f mismatch.sql -p version=1.10', '$version in the file'],
    ['coldcase sql', 'a prompt, on a terminal'],
  ],
  options: [
    { flags: '-e, --execute <sql>', help: 'the statement; all words are files then' },
    { flags: '-f, --file <file>', help: 'read the statement from a file, - for standard input' },
    {
      flags: '-p, --param <n=value>',
      help: 'a value for $name, as a text; $name::int',
      repeatable: true,
    },
    { flags: '--limit <n>', help: 'most rows (100 in a table, else 1000000)' },
    ...windowOptionSpecs,
    ...fileOptionSpecs,
  ],
  run: sql,
};

/** A screen or two; whoever wants more says so. Chosen by us. */
const tableLimit = 100;
/** Chosen by us: long enough for any question to one machine, short enough for a mistake. */
const defaultTimeMs = 600_000;

async function sql(invocation: Invocation): Promise<Answer> {
  const { values } = invocation;
  const words = sqlWords(invocation.words, values, process.stdin.isTTY === true);
  const parameters = sqlParameters(values);
  const rowLimit = rowLimitOf(invocation);
  await chooseWindow(invocation, null, null);
  const child = startProcess(invocation);
  try {
    const { source } = words;
    if (source.kind === 'terminal') return await prompt(invocation, words, child);
    const typed = source.kind === 'text' ? source.sql : await readAll(process.stdin);
    const file = source.kind === 'text' ? source.file : null;
    const ask = await open(invocation, words, child);
    return await inFile(file, () => ask({ sql: typed, parameters, rowLimit }, invocation.signal));
  } finally {
    child.close();
  }
}

async function prompt(invocation: Invocation, words: SqlWords, child: SqlProcess): Promise<Answer> {
  const { runPrompt } = await import('../sql-prompt.js');
  const snapshot = await snapshotOf(invocation, words);
  child.open(snapshot.source);
  const question = {
    parameters: sqlParameters(invocation.values),
    rowLimit: rowLimitOf(invocation),
  };
  return runPrompt(invocation, { child, snapshot, question });
}

type Ask = (question: SqlQuestion, signal: AbortSignal) => Promise<Answer>;

async function open(invocation: Invocation, words: SqlWords, child: SqlProcess): Promise<Ask> {
  const { zone } = invocation.settings;
  const snapshot = await snapshotOf(invocation, words);
  child.open(snapshot.source);
  const style = { zone, instant: (micros: number) => formatMoment(micros, zone) };
  return async (question, signal) => {
    invocation.progress.say('running the statement', 'running the statement');
    const { sql: text, parameters, rowLimit } = question;
    const result = await child.run({ sql: text, parameters, rowLimit }, signal);
    const answer = sqlAnswer(snapshot, question, result, style);
    return { ...answer, notes: [...snapshot.notes, ...answer.notes] };
  };
}

async function snapshotOf(invocation: Invocation, { files }: SqlWords) {
  const source = await openSource({ ...invocation, words: files });
  const window = await chooseWindow(invocation, source.span, null);
  const snapshot = await sqlSnapshot(source, window.range);
  const { range } = window;
  const damage = damageNotes(source, range && [range]);
  return { ...snapshot, notes: [...source.notes, ...window.notes, ...damage] };
}

function startProcess({ settings, entries, atExit }: Invocation): SqlProcess {
  const { timeoutMicros, maxMemoryBytes, threads } = settings;
  const child = startSqlProcess(present(entries.sql, 'the entry of the process for statements'), {
    memoryBytes: maxMemoryBytes ?? defaultSqlMemory(),
    threads,
    timeMs: timeoutMicros === null ? defaultTimeMs : Math.max(1, timeoutMicros / 1000),
  });
  atExit(child.close);
  return child;
}

function rowLimitOf({ values, settings, terminal }: Invocation): number {
  const limit = textOption(values, 'limit');
  if (limit !== undefined) return wholeNumber(limit, 'limit', 1);
  const { format, output } = settings;
  const chosen = chooseFormat({
    format,
    file: output,
    prose: false,
    stdoutTty: terminal.stdoutTty,
  });
  return chosen === 'table' ? tableLimit : maxLimit;
}

/** Faults in a statement of `-f` name the file beside the line. */
async function inFile<T>(file: string | null, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const faults = faultsOf(error);
    if (file === null || faults.length === 0) throw error;
    throw new Faults(
      faults.map((fault) => {
        const { code, params, at, hint, cause } = fault;
        return at === null ? fault : new Fault(code, params, { at: { ...at, file }, hint, cause });
      }),
    );
  }
}
