/**
 * The prompt of `coldcase sql`: statements over several lines until `;`, history, completion, and
 * a Ctrl-C that stops the statement and not the prompt.
 */
import { performance } from 'node:perf_hooks';
import { createInterface, type Interface } from 'node:readline';
import { faultsOf } from '../base/fault.js';
import type { Note } from '../query/result.js';
import { type ViewName, viewColumns, viewNames } from '../query/user-views.js';
import { isBlank, splitStatements } from '../sql/token.js';
import { formatMoment } from '../time/format.js';
import { type Answer, textAnswer } from './answer.js';
import type { Invocation } from './command.js';
import { writeAnswer } from './output.js';
import { reportFailure } from './report.js';
import { type SqlQuestion, type SqlSnapshot, sqlAnswer } from './sql-answer.js';
import { completerOf } from './sql-complete.js';
import { addToHistory, historyPath, oneLine, readHistory } from './sql-history.js';
import type { SqlProcess } from './sql-process.js';

/** What a prompt works with. */
export interface PromptParts {
  readonly child: SqlProcess;
  readonly snapshot: SqlSnapshot & { readonly notes: readonly Note[] };
  readonly question: Omit<SqlQuestion, 'sql'>;
}

const promptText = 'coldcase> ';
const moreText = '       -> ';

/** Runs until Ctrl-D or `.quit`. Everything is written as it goes. */
export async function runPrompt(invocation: Invocation, parts: PromptParts): Promise<Answer> {
  const prompt = new Prompt(invocation, parts);
  try {
    await prompt.run();
  } finally {
    prompt.close();
  }
  return { ...textAnswer([]), isWritten: true };
}

/** Holds the terminal while it is open. */
class Prompt {
  readonly #invocation: Invocation;
  readonly #parts: PromptParts;
  readonly #lines: Interface;
  readonly #historyFile: string;
  readonly #queue: string[] = [];
  #typed = '';
  /** Lines of the statement being typed, which history keeps as one. */
  #typedLines: string[] = [];
  #history: string[] = [];
  #running: AbortController | null = null;
  #working: Promise<void> | null = null;

  constructor(invocation: Invocation, parts: PromptParts) {
    this.#invocation = invocation;
    this.#parts = parts;
    this.#historyFile = historyPath(process.env);
    const history = readHistory(this.#historyFile);
    this.#lines = createInterface({
      input: process.stdin,
      output: invocation.terminal.stdoutTty ? process.stdout : process.stderr,
      prompt: promptText,
      history: [...history].reverse(),
      historySize: 1_000,
      removeHistoryDuplicates: true,
      completer: completerOf(viewColumnNames(parts.snapshot)),
    });
    this.#lines.on('history', (kept) => {
      this.#history = kept;
    });
  }

  async run(): Promise<void> {
    const { snapshot } = this.#parts;
    await this.#write({ ...textAnswer(greeting(snapshot)), notes: snapshot.notes });
    this.#lines.on('line', (line) => this.#take(line));
    this.#lines.on('SIGINT', () => this.#interrupt());
    const closed = new Promise<void>((resolve) => this.#lines.on('close', resolve));
    this.#invocation.signal.addEventListener('abort', () => this.#lines.close(), { once: true });
    this.#lines.prompt();
    await closed;
    this.#running?.abort(new Error('left'));
    this.#queue.length = 0;
    await this.#working;
    process.stderr.write('\n');
  }

  close(): void {
    this.#lines.close();
  }

  #take(line: string): void {
    const isFirst = isBlank(this.#typed);
    if (isFirst && line.trim().startsWith('.')) this.#queue.push(line.trim());
    else {
      this.#typed += `${line}\n`;
      this.#typedLines.push(line);
      const { whole, rest } = splitStatements(this.#typed);
      this.#typed = isBlank(rest) ? '' : rest;
      for (const statement of whole) this.#queue.push(statement);
      if (whole.length > 0) this.#keep(whole);
    }
    this.#lines.setPrompt(this.#typed === '' ? promptText : moreText);
    this.#working ??= this.#work().finally(() => {
      this.#working = null;
    });
  }

  /** History gets the statement as one line instead of its lines. */
  #keep(statements: readonly string[]): void {
    const lines = new Set(this.#typedLines);
    this.#typedLines = [];
    const joined = statements.map(oneLine);
    const whole = joined.flatMap((line) => line ?? []);
    if (whole.length < joined.length) return;
    while (this.#history[0] !== undefined && lines.has(this.#history[0])) this.#history.shift();
    for (const line of whole) {
      this.#history.unshift(line);
      addToHistory(this.#historyFile, line);
    }
  }

  async #work(): Promise<void> {
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      await this.#runOne(next);
    }
    this.#lines.prompt();
  }

  async #runOne(text: string): Promise<void> {
    const { settings, progress } = this.#invocation;
    const startedMs = performance.now();
    const running = new AbortController();
    this.#running = running;
    const seconds = () => Math.floor((performance.now() - startedMs) / 1000);
    const ticker = setInterval(() => {
      if (seconds() > 0) progress.say(`running ${seconds()} s, Ctrl-C stops it`);
    }, 200);
    try {
      if (text.startsWith('.')) await this.#command(text);
      else await this.#statement(text, running.signal, startedMs);
    } catch (error) {
      progress.clear();
      const isStopped = running.signal.aborted && faultsOf(error).length === 0;
      if (isStopped) process.stderr.write('interrupted\n');
      else await reportFailure(error, { argv: [], settings, startedMs });
    } finally {
      clearInterval(ticker);
      progress.clear();
      this.#running = null;
    }
  }

  async #statement(text: string, signal: AbortSignal, startedMs: number): Promise<void> {
    const { child, snapshot, question } = this.#parts;
    const { zone } = this.#invocation.settings;
    const asked = { ...question, parameters: askedOf(question.parameters, text), sql: text };
    const result = await child.run(asked, signal);
    this.#invocation.progress.clear();
    const style = { zone, instant: (micros: number) => formatMoment(micros, zone) };
    await this.#write(sqlAnswer(snapshot, asked, result, style), startedMs);
  }

  async #command(text: string): Promise<void> {
    const [name = '', word = ''] = text.slice(1).split(/\s+/);
    const { source } = this.#parts.snapshot;
    const view = viewNames.find((known) => known === word);
    switch (name) {
      case 'quit':
      case 'exit':
      case 'q':
        this.#queue.length = 0;
        this.#lines.close();
        return;
      case 'tables':
        await this.#write(textAnswer(viewNames.map((known) => `${known}  ${viewTexts[known]}`)));
        return;
      case 'schema': {
        const views = word === '' ? viewNames : view === undefined ? [] : [view];
        if (views.length === 0) process.stderr.write(`no view; there are ${viewNames.join(' ')}\n`);
        else await this.#write(textAnswer(views.flatMap((known) => schemaLines(known, source))));
        return;
      }
      default:
        await this.#write(textAnswer(helpLines));
    }
  }

  #interrupt(): void {
    if (this.#running !== null) {
      this.#queue.length = 0;
      this.#running.abort(new Error('interrupted'));
      return;
    }
    this.#typed = '';
    this.#typedLines = [];
    this.#lines.write(null, { ctrl: true, name: 'e' });
    this.#lines.write(null, { ctrl: true, name: 'u' });
    process.stderr.write('\n');
    this.#lines.setPrompt(promptText);
    this.#lines.prompt();
  }

  async #write(answer: Answer, startedMs = performance.now()): Promise<void> {
    const { settings, terminal, argv, entry, signal } = this.#invocation;
    await writeAnswer(answer, {
      settings: { ...settings, pager: false },
      terminal: { ...terminal, width: process.stdout.columns ?? terminal.width },
      instant: (micros) => formatMoment(micros, settings.zone),
      elapsedMs: Math.round(performance.now() - startedMs),
      env: process.env,
      argv,
      command: 'sql',
      signal,
      entry,
    });
  }
}

/** A prompt runs many statements, and not each asks for every parameter. */
function askedOf(parameters: SqlQuestion['parameters'], text: string): SqlQuestion['parameters'] {
  return Object.fromEntries(
    Object.entries(parameters).filter(([name]) => text.includes(`$${name}`)),
  );
}

function greeting({ name, dataset, version, files }: SqlSnapshot): readonly string[] {
  const count = `${files.length} data file${files.length === 1 ? '' : 's'}`;
  return [`${name}: ${dataset} version ${version}, ${count}. .help says more, Ctrl-D leaves`];
}

const viewTexts: Readonly<Record<ViewName, string>> = {
  events: '    the events, with the names of the data',
  events_raw: 'the events as stored, and what lies beside the columns',
  rejects: '   records that could not be read',
  ledger: '    each commit: when, what was read, stored and rejected',
  markers: '   deploys and incidents somebody marked',
};

const helpLines = [
  'A statement ends with ; and may take several lines. Tab completes, arrows go back.',
  '.tables         the views',
  '.schema [view]  their columns',
  '.quit           leave, as Ctrl-D',
  'Ctrl-C stops a statement, or forgets the one being typed. coldcase help sql says more.',
] as const;

function schemaLines(name: ViewName, source: SqlSnapshot['source']): readonly string[] {
  const columns = viewColumns(name, source);
  const width = Math.max(...columns.map((column) => column.name.length));
  return [
    `${name}`,
    ...columns.map((column) => {
      const about = column.about === '' ? '' : `   ${column.about}`;
      return `  ${column.name.padEnd(width)}  ${column.type}${about}`;
    }),
  ];
}

function viewColumnNames({ source }: SqlSnapshot): ReadonlyMap<ViewName, readonly string[]> {
  return new Map(
    viewNames.map((name) => [name, viewColumns(name, source).map((one) => one.name)] as const),
  );
}
