/** The text behind `--help`: of the program, and of one command. */
import { padToWidth } from '../base/text.js';
import type { CommandModule, OptionSpec } from './command.js';
import type { CommandSummary } from './command-summary.js';
import { globalOptions, longFlag } from './options.js';

/** Topics of `coldcase help TOPIC`, in the order shown. */
export const topicNames = [
  'time',
  'filters',
  'fields',
  'roles',
  'formats',
  'sql',
  'exit-codes',
  'config',
  'compat',
] as const;
export type TopicName = (typeof topicNames)[number];

/** What `coldcase --help` prints. */
export function programHelp(commands: readonly CommandSummary[]): string {
  const groups = ['Look', 'Keep', 'Set up'].flatMap((group) =>
    commands
      .filter((command) => command.group === group)
      .map(({ name, alias, summary }, index) => {
        const first = padToWidth(index === 0 ? group : '', 9, 'left');
        const also = alias === undefined ? '' : ` (alias: ${alias})`;
        return `${first}${padToWidth(name, 11, 'left')}${summary}${also}`;
      }),
  );
  return `${[
    'coldcase <command> [options]',
    '',
    ...groups,
    '',
    'Files may stand wherever a store may: coldcase versions access/*.log',
    '',
    'Options of every command',
    ...optionLines(globalOptions),
    '',
    `Topics: coldcase help ${topicNames.join(' | ')} | CC1201`,
  ].join('\n')}\n`;
}

/** What `coldcase COMMAND --help` prints. */
export function commandHelp(command: CommandModule): string {
  const examples = command.examples.map(([line, what]) =>
    what === '' ? `  ${line}` : `  ${padToWidth(line, 46, 'left')}  ${what}`,
  );
  const own = new Set(command.options.map((option) => longFlag(option.flags)));
  const shared = globalOptions
    .filter((option) => option.hidden !== true)
    .map((option) => longFlag(option.flags))
    .filter((flag) => !own.has(flag));
  const words = command.words === '' ? '' : ` ${command.words}`;
  return `${[
    command.summary,
    '',
    `usage: coldcase ${command.name}${words} [options]`,
    ...(examples.length === 0 ? [] : ['', ...examples]),
    ...(command.options.length === 0 ? [] : ['', ...optionLines(command.options)]),
    '',
    ...wrapList('also, see coldcase --help:', shared),
    'exit 0 ok, 1 fault, 2 usage, 3 something to look at',
  ].join('\n')}\n`;
}

/** Wide enough for the longest flags, so that a line of help stays within 80 cells. */
const flagCells = 23;

function optionLines(options: readonly OptionSpec[]): readonly string[] {
  return options
    .filter((option) => option.hidden !== true)
    .map(({ flags, help }) => `  ${padToWidth(flags, flagCells, 'left')}  ${help}`);
}

function wrapList(title: string, words: readonly string[]): readonly string[] {
  const lines = [title];
  for (const word of words) {
    const longer = `${lines.at(-1)} ${word}`;
    if (longer.length > 79) lines.push(`  ${word}`);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}
