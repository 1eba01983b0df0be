/** `coldcase queries`: which saved queries there are, one in full, whether all are sound. */
import { readFileSync } from 'node:fs';
import { Fault, faultsOf, throwAll } from '../../base/fault.js';
import { suggest } from '../../base/suggest.js';
import type { Table, TableColumn } from '../../render/table.js';
import { type Answer, type Block, linesBlock, noTable, wholeLinesBlock } from '../answer.js';
import type { CommandModule, Invocation } from '../command.js';
import { commandList } from '../command-list.js';
import { checkSaved } from '../saved-check.js';
import type { SavedParameter, SavedQuery } from '../saved-query.js';
import { readSavedQuery } from '../saved-query-file.js';
import { findSaved, type NamedFile, savedFiles } from '../saved-query-list.js';
import { savedPlaces } from '../saved-run.js';
import { queryCommand, refuseQuestion } from './query.js';

const actions = ['list', 'show', 'check'] as const;

export const queriesCommand: CommandModule = {
  name: 'queries',
  words: '[action] [names...]',
  summary: 'saved queries: list them, show one, check all',
  examples: [
    ['coldcase queries', 'what there is to ask'],
    ['coldcase queries show hosts-failing', 'its parameters and its file'],
    ['coldcase queries check', 'all files are sound; for CI'],
    ['coldcase query @hosts-failing --last 7d', 'runs one'],
  ],
  options: [],
  run: queries,
};

async function queries(invocation: Invocation): Promise<Answer> {
  const [word = 'list', ...names] = invocation.words;
  const action = actions.find((known) => known === word);
  const plain = names.map((name) => name.replace(/^@/, ''));
  switch (action) {
    case 'list':
      return list(invocation, names);
    case 'show':
      return show(invocation, plain);
    case 'check':
      return check(invocation, plain);
    case undefined: {
      const near = suggest(word, actions);
      const hint = near === null ? 'write coldcase queries show NAME' : `did you mean ${near}?`;
      const problem = `expected list, show or check, found ${word}`;
      throw new Fault('CC1004', { command: 'queries', problem }, { hint });
    }
  }
}

const text = (key: string): TableColumn => ({ key, title: key, align: 'left', show: 'text' });

/** People read a question a line; machines a table. Files that are not sound are told apart. */
function list(invocation: Invocation, [stray]: readonly string[]): Answer {
  if (stray !== undefined) {
    const problem = `expected nothing behind list, found ${stray}`;
    throw new Fault('CC1004', { command: 'queries', problem }, { hint: 'coldcase queries' });
  }
  const faults: Fault[] = [];
  const read = savedFiles(savedPlaces(invocation)).flatMap((file) => {
    try {
      return { file, saved: readSavedQuery(file, queryCommand.options) };
    } catch (error) {
      const found = faultsOf(error);
      if (found.length === 0) throw error;
      faults.push(...found);
      return [];
    }
  });
  const lines = read.flatMap(({ file, saved }) => [
    `@${saved.name}  ${saved.question}`,
    ...(saved.parameters.length === 0 ? [] : [`    -p ${parameterText(saved)}`]),
    ...(file.origin === 'shipped' ? [] : [`    ${placeText(file)}`]),
  ]);
  const rows = read.map(({ file, saved }) => [
    saved.name,
    saved.question,
    saved.parameters.length === 0 ? null : parameterText(saved),
    file.shown,
    file.origin,
  ]);
  const columns = ['query', 'question', 'parameters', 'file', 'from'].map(text);
  const document = read.map(({ file, saved }) => fields(file, saved));
  return {
    ...silent,
    blocks: [linesBlock(lines), linesBlock([`${rows.length} saved queries`])],
    table: { columns, rows, seriesMax: null, footer: [] },
    document: { rows: document, total: rows.length },
    next: ['coldcase queries show NAME', 'coldcase query @NAME'],
    faults,
    exitCode: faults.length > 0 ? 2 : 0,
  };
}

function placeText({ shown, hides }: NamedFile): string {
  const others = hides.map((file) => (file.origin === 'shipped' ? 'that of coldcase' : file.shown));
  return others.length === 0 ? shown : `${shown}; it hides ${others.join(', ')}`;
}

function parameterText({ parameters }: SavedQuery): string {
  return parameters.map(shortParameter).join(' ');
}

const silent: Omit<Answer, 'blocks' | 'table' | 'document'> = {
  prose: false,
  notes: [],
  next: [],
  exitCode: 0,
};

function shortParameter({ name, initial }: SavedParameter): string {
  return initial === null ? `${name}=…` : `${name}=${initial.text}`;
}

function fields({ shown, origin, hides }: NamedFile, saved: SavedQuery) {
  const { name, title, question, example } = saved;
  return {
    name,
    title,
    question,
    parameters: saved.parameters.map(({ name: own, type, initial, about }) => {
      return { name: own, type, default: initial?.text ?? null, about };
    }),
    example: example?.text ?? null,
    file: shown,
    from: origin,
    hides: hides.map((file) => file.shown),
  };
}

/** **Faults** CC1004, CC1270. */
function show(invocation: Invocation, [name, ...more]: readonly string[]): Answer {
  if (name === undefined || more.length > 0) {
    const found = name === undefined ? 'none' : `${more.length + 1}`;
    const problem = `expected one name behind show, found ${found}`;
    throw new Fault('CC1004', { command: 'queries', problem }, { hint: 'coldcase queries' });
  }
  const file = findSaved(savedPlaces(invocation), name);
  const saved = readSavedQuery(file, queryCommand.options);
  const parameters = saved.parameters.map((parameter) => [
    parameter.name,
    parameter.type,
    parameter.initial?.text ?? null,
    parameter.about,
  ]);
  const table: Table = {
    columns: ['parameter', 'type', 'default', 'about'].map(text),
    rows: parameters,
    seriesMax: null,
    footer: [],
  };
  const head = [
    `@${saved.name}: ${saved.title}`,
    saved.question,
    ...file.hides.map((other) => `it hides ${other.shown} (${other.origin})`),
  ];
  const blocks: Block[] = [linesBlock(head)];
  if (parameters.length > 0) blocks.push({ kind: 'table', table });
  const whole = readFileSync(file.path, 'utf8').trimEnd().split('\n');
  blocks.push(wholeLinesBlock([`# ${file.shown}`, ...whole]));
  return {
    ...silent,
    blocks,
    table: parameters.length > 0 ? table : noTable,
    document: { ...fields(file, saved), text: whole.join('\n') },
    prose: true,
    next: saved.example === null ? [] : [saved.example.text],
  };
}

/** **Faults** CC1270, CC1271, CC1272 and those of questions; all of all files at once. */
async function check(invocation: Invocation, names: readonly string[]): Promise<Answer> {
  const places = savedPlaces(invocation);
  const named =
    names.length > 0 ? names.map((name) => findSaved(places, name)) : savedFiles(places);
  const files = named.flatMap((file) => [file, ...file.hides]);
  const ports = {
    invocation,
    options: queryCommand.options,
    commands: commandList,
    refuse: refuseQuestion,
  };
  const faults: Fault[] = [];
  for (const file of files) faults.push(...(await checkSaved(file, ports)));
  throwAll(faults);
  const rows = files.map(({ shown, origin }) => [shown, origin]);
  const said = `${files.length === 1 ? '1 file is' : `${files.length} files are`} sound`;
  return {
    ...silent,
    blocks: [linesBlock([said])],
    table: { columns: [text('file'), text('from')], rows, seriesMax: null, footer: [] },
    document: {},
    prose: true,
  };
}
