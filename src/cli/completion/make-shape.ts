/** Makes the shape of the program from its commands, when it is built. */
import { faultTable } from '../../base/fault-table.js';
import type { OptionSpec } from '../command.js';
import { commandList } from '../command-list.js';
import { topicNames } from '../help-text.js';
import { globalOptions } from '../options.js';
import type { CommandShape, OptionShape, ProgramShape } from './program-shape.js';

/** The shape of all commands. Loads each of them. */
export async function programShape(): Promise<ProgramShape> {
  const shapes = commandList.map(async (entry): Promise<CommandShape> => {
    const { name, summary, words, options } = await entry.load();
    return {
      name,
      alias: entry.alias ?? null,
      summary,
      words,
      choices: choicesIn(words),
      options: options.map(optionShape),
    };
  });
  return {
    commands: await Promise.all(shapes),
    options: [...globalOptions, { flags: '-h, --help', help: 'this help' }].map(optionShape),
    topics: topicNames.map((text) => ({ text, help: 'topic' })),
    faults: Object.entries(faultTable).map(([text, { message }]) => ({ text, help: message })),
  };
}

function optionShape({ flags, help, hidden }: OptionSpec): OptionShape {
  const names = flags.match(/(?<![\w-])--?[a-zA-Z][a-z-]*/g) ?? [];
  const placeholder = /[<[]([^>\]]+)[>\]]/.exec(flags)?.[1] ?? '';
  return {
    flags: names.toSorted((left, right) => right.length - left.length),
    help,
    hidden: hidden === true,
    takesValue: flags.includes('<'),
    placeholder,
  };
}

function choicesIn(words: string): readonly string[] {
  const inside = /[<[]([^>\]]+)[>\]]/.exec(words)?.[1] ?? '';
  return inside.includes('|') ? inside.split('|') : [];
}
