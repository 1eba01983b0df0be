/** The text behind `--help`: of the program, and of one command. */
import { displayWidth, padToWidth } from '../base/text.js';
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
      .flatMap(({ name, alias, summary }, index) => {
        const first = padToWidth(index === 0 ? group : '', 9, 'left');
        const also = alias === undefined ? '' : ` (alias: ${alias})`;
        const title = `${first}${padToWidth(name, 10, 'left')}`;
        return wrapList(title, `${summary}${also}`.split(' '), ' '.repeat(20));
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
    ...wrapList('Topics: coldcase help', [...topicNames, 'CC1201'].join(' | ').split(' ')),
  ].join('\n')}\n`;
}

/** What `coldcase COMMAND --help` prints. */
export function commandHelp(command: CommandModule): string {
  const examples = command.examples.flatMap(exampleLines);
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

/** No line of help is wider. */
const lineCells = 80;
/** Wide enough for the longest flags. */
const flagCells = 23;

/** What an example does stands beside it where there is room, else below. */
function exampleLines([line, what]: readonly [string, string]): readonly string[] {
  if (what === '') return [`  ${line}`];
  const beside = `  ${padToWidth(line, 46, 'left')}  ${what}`;
  return displayWidth(beside) <= lineCells ? [beside] : [`  ${line}`, `      ${what}`];
}

function optionLines(options: readonly OptionSpec[]): readonly string[] {
  return options
    .filter((option) => option.hidden !== true)
    .flatMap(({ flags, help }) => {
      const [first = '', ...rest] = help.split(' ');
      const title = `  ${padToWidth(flags, flagCells, 'left')}  ${first}`;
      return wrapList(title, rest, ' '.repeat(flagCells + 4));
    });
}

function wrapList(title: string, words: readonly string[], indent = '  '): readonly string[] {
  const lines = [title];
  for (const word of words) {
    const longer = `${lines.at(-1)} ${word}`;
    if (displayWidth(longer) > lineCells) lines.push(`${indent}${word}`);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}
