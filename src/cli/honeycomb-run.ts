/** `query --honeycomb`: pasted queries by the road of typed ones, one after the other. */
import { Fault, Faults, faultsOf } from '../base/fault.js';
import { type HoneycombOption, honeycombOptions } from '../query/honeycomb.js';
import type { Note } from '../query/result.js';
import type { JsonValue } from '../render/json.js';
import { type Answer, type Block, explanation, linesBlock, noTable } from './answer.js';
import { type Asking, isPasted } from './asking.js';
import type { Invocation, OptionSpec } from './command.js';
import { chooseFormat } from './format.js';
import { type PastedQuery, pastedQueries } from './honeycomb-source.js';
import { type KeptOption, laidOver } from './lay-over.js';
import { textOption } from './option-values.js';
import { longFlag } from './options.js';
import { shellWord } from './shell-text.js';

export interface PasteCall {
  readonly options: readonly OptionSpec[];
  readonly run: (invocation: Invocation, asking: Asking) => Promise<Answer>;
}

/** **Faults** CC1280 to CC1282, those of `query`. */
export async function runHoneycomb(invocation: Invocation, call: PasteCall): Promise<Answer> {
  const { honeycomb: asked, ...typed } = invocation.values;
  const [first = ''] = invocation.words;
  const isWord = typeof asked !== 'string' && isPasted(first);
  const pasted = pastedQueries(typeof asked === 'string' ? asked : first);
  const words = isWord ? invocation.words.slice(1) : invocation.words;
  const questions = pasted.queries.map((query) => ({
    query,
    kept: keptOptions(honeycombOptions(query.json, query.path), query.path, call.options),
  }));
  const form = textOption(typed, 'explain');
  if (form === 'command' || form === 'yaml') {
    const write = form === 'command' ? commandLine : savedFile;
    return written(questions.map(({ query, kept }) => write(query, kept, words)));
  }
  const notes: readonly Note[] = pasted.leftOut.map((text) => {
    return { level: 'warning', code: 'left_out', text };
  });
  const answers: Answer[] = [];
  for (const { query, kept } of questions) {
    const values = laidOver(kept, typed, call.options);
    const asking: Asking = { bind: async () => null, notes: [], pasted: query.json };
    try {
      answers.push(await call.run({ ...invocation, words, values }, asking));
    } catch (error) {
      throw placed(query, error);
    }
  }
  const [only] = answers;
  if (answers.length === 1 && only !== undefined) {
    return { ...only, notes: [...notes, ...only.notes] };
  }
  return together(
    invocation,
    questions.map(({ query }) => query),
    answers,
    notes,
  );
}

/** Where an option has not been built, that is a fault of the key it comes from. */
function keptOptions(
  asked: readonly HoneycombOption[],
  path: string,
  options: readonly OptionSpec[],
): readonly KeptOption[] {
  return asked.map(({ name, texts }) => {
    const spec = options.find(({ flags }) => longFlag(flags) === `--${name}`);
    if (spec === undefined) {
      const place = path === '' ? 'the query' : path;
      const problem = `${keyOf[name] ?? name} cannot be asked here`;
      throw new Fault('CC1282', { path: place, problem });
    }
    return { name, texts, flag: spec.flags.includes('<') ? null : true };
  });
}

const keyOf: Readonly<Record<string, string>> = {
  field: 'calculated_fields',
  formula: 'formulas',
  compare: 'compare_time_offset_seconds',
};

/** Nobody typed these options, so a place in one says which query it was. */
function placed({ heading }: PastedQuery, error: unknown): unknown {
  const found = faultsOf(error);
  if (found.length === 0) return error;
  const named = found.map((fault) => {
    const { code, params, hint, at, cause } = fault;
    const place = at === null ? {} : { at };
    const where = heading === null ? hint : `${hint} (${heading})`;
    return new Fault(code, params, { ...place, hint: where, cause });
  });
  const [only] = named;
  return named.length === 1 && only !== undefined ? only : new Faults(named);
}

/** All answers of a board; a table cannot hold them, a document can. */
function together(
  { settings, terminal }: Invocation,
  queries: readonly PastedQuery[],
  answers: readonly Answer[],
  notes: readonly Note[],
): Answer {
  const { format, output } = settings;
  const chosen = chooseFormat({ format, file: output, prose: true, stdoutTty: terminal.stdoutTty });
  if (!severalFormats.has(chosen)) {
    const what = `a board of ${queries.length} queries in ${chosen}`;
    const problem = 'several tables do not go into one; write --format json, plain or markdown';
    throw new Fault('CC1280', { name: what, problem });
  }
  const blocks = answers.flatMap((answer, index): readonly Block[] => [
    linesBlock([queries[index]?.heading ?? '']),
    ...answer.blocks,
  ]);
  const documents = answers.map(({ document }, index) => {
    return { heading: queries[index]?.heading ?? null, ...document };
  });
  const all = answers.flatMap((answer) => answer.notes);
  const unique = all.filter(
    ({ text }, index) => all.findIndex((note) => note.text === text) === index,
  );
  return {
    blocks,
    table: noTable,
    document: { rows: [], total: answers.length, queries: documents },
    honeycomb: answers.map((answer): JsonValue => answer.honeycomb ?? null),
    prose: true,
    notes: [...notes, ...unique],
    next: [],
    exitCode: 0,
  };
}

const severalFormats: ReadonlySet<string> = new Set([
  'table',
  'plain',
  'markdown',
  'json',
  'honeycomb',
]);

function commandLine(
  _query: PastedQuery,
  kept: readonly KeptOption[],
  words: readonly string[],
): string {
  const options = kept.flatMap(({ name, flag, texts }) =>
    flag === null ? texts.flatMap((text) => [`--${name}`, shellWord(text)]) : [`--${name}`],
  );
  return ['coldcase query', ...words.map(shellWord), ...options].join(' ');
}

/** JSON texts are YAML texts. */
function savedFile({ heading }: PastedQuery, kept: readonly KeptOption[]): string {
  const title = heading ?? 'A query from Honeycomb';
  const spec = kept.map(({ name, flag, texts }) => {
    const [only] = texts;
    const isOne = texts.length === 1 && only !== undefined;
    const value = isOne ? JSON.stringify(only) : JSON.stringify(texts);
    return `  ${name}: ${flag === null ? value : String(flag)}`;
  });
  return [
    `title: ${JSON.stringify(title)}`,
    'question: "What does it show?"',
    'spec:',
    ...spec,
  ].join('\n');
}

function written(texts: readonly string[]): Answer {
  const separator = texts.some((text) => text.includes('\n')) ? '\n---\n' : '\n';
  return explanation(texts.join(separator));
}
