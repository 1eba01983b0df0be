/** Pages made from the source: the fault codes, and the help of every command and topic. */
import { type FaultEntry, faultTable } from '../../src/base/fault-table.js';
import { commandList } from '../../src/cli/command-list.js';
import { faultExamples } from '../../src/cli/fault-examples.js';
import { commandHelp, programHelp, topicNames } from '../../src/cli/help-text.js';
import { topics } from '../../src/cli/topics.js';

const families: readonly (readonly [string, string])[] = [
  ['CC1', 'The question or the command line'],
  ['CC2', 'Input data'],
  ['CC3', 'Data quality'],
  ['CC4', 'The store'],
  ['CC5', 'Engine and resources'],
];

/** docs/errors.md. */
export function errorsPage(): string {
  const entries: readonly (readonly [string, FaultEntry])[] = Object.entries(faultTable);
  const sections = families.flatMap(([prefix, title]) => {
    const own = entries.filter(([code]) => code.startsWith(prefix));
    if (own.length === 0) return [];
    return [
      `## ${title}`,
      '',
      '| code | message | what to do | exit | for example |',
      '|---|---|---|---|---|',
      ...own.map(([code, { message, hint, exitCode }]) => {
        const cells = [`<a id="${code}"></a>${code}`, message, hint, String(exitCode)];
        const example = faultExamples[code] === undefined ? '' : `\`${faultExamples[code]}\``;
        return `| ${cells.map(cell).join(' | ')} | ${example} |`;
      }),
      '',
    ];
  });
  return `${[
    '# Faults',
    '',
    'Something the person at the keyboard or the data can put right. Each has a code that never',
    'changes its meaning: scripts match the code, people read the text. `{name}` stands for what was',
    'found. The message comes with a pointer into the text typed or the place in the file, and often',
    'with a closer hint than the one below. `coldcase help CC1201` prints one entry.',
    '',
    'The examples are typed where a store of sample-data/ lies; a test runs each of them.',
    '',
    'With `--json` a failure is a document too: `{"ok":false,"fault":{"code":…,"message":…,"hint":…,',
    '"at":…},"faults":[…],"elapsedMs":…}`, on standard output. `faults` holds all of them, `fault` is',
    'the first.',
    '',
    'Exit status 2 is about the command line or the question, 1 about everything else. A bug in',
    'coldcase is not a fault: it exits with 70 and names a file to attach to a report.',
    '',
    'This page is written from the table in the source; a test compares them.',
    '',
    ...sections,
  ].join('\n')}`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('{', '`{').replaceAll('}', '}`');
}

/** docs/cli.md. */
export async function cliPage(): Promise<string> {
  const commands = await Promise.all(commandList.map((entry) => entry.load()));
  return [
    '# The command line',
    '',
    'What `--help` prints. This page is written from the commands; a test compares them.',
    '',
    '```text',
    programHelp(commandList).trimEnd(),
    '```',
    '',
    ...commands.flatMap((command) => [
      `## coldcase ${command.name}`,
      '',
      '```text',
      commandHelp(command).trimEnd(),
      '```',
      '',
    ]),
    ...topicNames.flatMap((name) => [
      `## coldcase help ${name}`,
      '',
      '```text',
      ...topics[name],
      '```',
      '',
    ]),
  ].join('\n');
}
