/** `coldcase help`: the program, a command, a topic or a fault code. */
import { Fault } from '../../base/fault.js';
import { type FaultEntry, faultTable } from '../../base/fault-table.js';
import { suggest } from '../../base/suggest.js';
import { textAnswer } from '../answer.js';
import type { CommandModule } from '../command.js';
import { commandList } from '../command-list.js';
import { commandHelp, programHelp, topicNames } from '../help-text.js';
import { topics } from '../topics.js';

export const helpCommand: CommandModule = {
  name: 'help',
  words: '[topic]',
  summary: 'a command, a topic or a fault code',
  examples: [
    ['coldcase help time', 'how to write times'],
    ['coldcase help CC1201', 'what a fault means'],
  ],
  options: [],
  run: async ({ words }) => textAnswer(await pageOf(words[0])),
};

async function pageOf(word: string | undefined): Promise<readonly string[]> {
  if (word === undefined) return textLines(programHelp(commandList));
  const topic = topicNames.find((name) => name === word);
  if (topic !== undefined) return topics[topic];
  if (word === 'topics') return topicNames.map((name) => `coldcase help ${name}`);
  const entry = commandList.find(({ name, alias }) => name === word || alias === word);
  if (entry !== undefined) return textLines(commandHelp(await entry.load()));
  const codes: Readonly<Record<string, FaultEntry>> = faultTable;
  const code = word.toUpperCase();
  const fault = Object.hasOwn(codes, code) ? codes[code] : undefined;
  if (fault !== undefined) {
    const { faultExamples } = await import('../fault-examples.js');
    return faultPage(code, fault, faultExamples[code]);
  }
  throw unknownTopic(word, Object.keys(codes));
}

function textLines(text: string): readonly string[] {
  return text.trimEnd().split('\n');
}

function faultPage(
  code: string,
  fault: FaultEntry,
  example: string | undefined,
): readonly string[] {
  const families: Readonly<Record<string, string>> = {
    1: 'the question or the command line',
    2: 'input data',
    3: 'data quality',
    4: 'the store',
    5: 'engine and resources',
  };
  return [
    `${code}: ${fault.message}`,
    `  ${fault.hint}`,
    ...(example === undefined ? [] : ['', `for example  ${example}`]),
    '',
    `about ${families[code[2] ?? ''] ?? 'something else'}; exit status ${fault.exitCode}`,
  ];
}

function unknownTopic(word: string, codes: readonly string[]): Fault {
  const names = [...topicNames, ...commandList.map(({ name }) => name), ...codes];
  const near = suggest(word, names);
  const all = `topics: ${topicNames.join(', ')}`;
  const hint = near === null ? all : `did you mean ${near}? ${all}`;
  const problem = `no command, topic or fault code ${word}`;
  return new Fault('CC1004', { problem, command: 'help' }, { hint });
}
