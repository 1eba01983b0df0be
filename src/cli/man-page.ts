/** The manual page, made from the commands when the program is built. */
import { faultTable } from '../base/fault-table.js';
import type { CommandModule, OptionSpec } from './command.js';
import { commandList } from './command-list.js';
import { topicNames } from './help-text.js';
import { globalOptions } from './options.js';
import { topics } from './topics.js';
import { coldcaseVersion } from './version-number.js';

/** **Source** man(7): roff with the macros of `an`. */
export async function manPage(): Promise<string> {
  const commands = await Promise.all(commandList.map((entry) => entry.load()));
  const codes = Object.keys(faultTable);
  return `${[
    `.TH COLDCASE 1 "" "coldcase ${coldcaseVersion}" "User Commands"`,
    '.SH NAME',
    'coldcase \\- find version mismatches and silent failures in the events you already have',
    '.SH SYNOPSIS',
    '.B coldcase',
    '.I command',
    '[\\fIoptions\\fR] [\\fIfiles\\fR]',
    '.SH COMMANDS',
    ...commands.flatMap(commandLines),
    '.SH OPTIONS OF EVERY COMMAND',
    ...optionLines(globalOptions),
    ...topicNames.flatMap((name) => [
      `.SH ${escaped(name.toUpperCase())}`,
      '.nf',
      ...topics[name].map(textLine),
      '.fi',
    ]),
    '.SH FAULTS',
    escaped(`coldcase help CODE explains a fault: ${codes[0] ?? ''} to ${codes.at(-1) ?? ''}.`),
  ].join('\n')}\n`;
}

function commandLines(command: CommandModule): readonly string[] {
  const words = command.words === '' ? '' : ` ${command.words}`;
  return [
    `.SS ${escaped(`coldcase ${command.name}${words}`)}`,
    textLine(command.summary),
    ...optionLines(command.options),
    ...(command.examples.length === 0 ? [] : ['.PP', 'Examples:', '.nf']),
    ...command.examples.map(([line, what]) =>
      textLine(what === '' ? line : `${line}    # ${what}`),
    ),
    ...(command.examples.length === 0 ? [] : ['.fi']),
  ];
}

function optionLines(options: readonly OptionSpec[]): readonly string[] {
  return options
    .filter(({ hidden }) => hidden !== true)
    .flatMap(({ flags, help }) => ['.TP', `\\fB${escaped(flags)}\\fR`, textLine(help)]);
}

/** A line that begins with a full stop or an apostrophe would be a request. */
function textLine(text: string): string {
  return /^[.']/.test(text) ? `\\&${escaped(text)}` : escaped(text);
}

const characters: Readonly<Record<string, string>> = {
  '\\': '\\e',
  '-': '\\-',
  "'": '\\(aq',
  '`': '\\(ga',
  '^': '\\(ha',
  '~': '\\(ti',
};

/** What roff would draw otherwise than it was written. */
function escaped(text: string): string {
  return text.replace(/[\\\-'`^~]|[^\x20-\x7e]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    const hex = code.toString(16).toUpperCase().padStart(4, '0');
    return characters[character] ?? `\\[u${hex}]`;
  });
}
