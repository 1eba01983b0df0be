/** From argv to a command with its words and options. Only the command called is loaded. */
import { Command, CommanderError, Option } from 'commander';
import { Fault } from '../base/fault.js';
import { suggest } from '../base/suggest.js';
import type { CommandEntry, CommandModule, OptionSpec } from './command.js';
import { commandHelp, programHelp } from './help-text.js';
import type { OptionValues } from './option-values.js';
import { globalOptions, longFlag } from './options.js';
import { coldcaseVersion } from './version-number.js';

/** What was typed: a text to print at once, or a command. */
export type Call =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'command';
      readonly module: CommandModule;
      readonly words: readonly string[];
      readonly values: OptionValues;
    };

/** Reads the arguments behind `coldcase`. **Faults** CC1001, CC1002, CC1003. */
export async function parseArguments(
  argv: readonly string[],
  commands: readonly CommandEntry[],
): Promise<Call> {
  let call: Call = { kind: 'text', text: programHelp(commands) };
  let printed = '';
  let active = '';
  const program = new Command('coldcase')
    .exitOverride()
    .configureOutput({ writeOut: (text) => (printed += text), writeErr: () => {} })
    .showSuggestionAfterError(false)
    .enablePositionalOptions()
    .helpCommand(false)
    .helpOption('-h, --help')
    .version(`coldcase ${coldcaseVersion}`, '-V, --version')
    .configureHelp({ formatHelp: () => programHelp(commands) })
    .allowExcessArguments();
  addOptions(program, globalOptions);
  program.action((_options, { args }: Command) => {
    if (args[0] !== undefined) throw unknownCommand(args[0], commands);
  });
  for (const entry of commands) {
    const sub = program.command(entry.name).allowExcessArguments(false);
    if (entry.alias !== undefined) sub.alias(entry.alias);
  }
  program.hook('preSubcommand', async (_program, sub) => {
    active = sub.name();
    const module = await moduleOf(active, commands);
    describe(sub, module);
    sub.action(() => {
      const values = { ...given(program), ...given(sub) };
      call = { kind: 'command', module, words: sub.args, values };
    });
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { kind: 'text', text: printed };
    const known = knownFlags(program, active);
    throw usageFault(error, { command: active, argv, known });
  }
  return call;
}

async function moduleOf(name: string, commands: readonly CommandEntry[]): Promise<CommandModule> {
  const entry = commands.find((command) => command.name === name);
  if (entry === undefined) throw unknownCommand(name, commands);
  return entry.load();
}

function describe(sub: Command, module: CommandModule): void {
  if (module.words !== '') sub.arguments(module.words);
  const own = new Set(module.options.map((option) => longFlag(option.flags)));
  const shared = globalOptions.filter((option) => !own.has(longFlag(option.flags)));
  addOptions(sub, [...module.options, ...shared]);
  sub.configureHelp({ formatHelp: () => commandHelp(module) });
}

function addOptions(command: Command, specs: readonly OptionSpec[]): void {
  for (const spec of specs) {
    const option = new Option(spec.flags);
    if (spec.repeatable === true) option.argParser(append);
    command.addOption(option);
  }
}

function append(value: string, before: unknown): readonly unknown[] {
  return Array.isArray(before) ? [...before, value] : [value];
}

/** Only what was typed; defaults are the business of the settings. */
function given(command: Command): OptionValues {
  return Object.fromEntries(
    Object.entries(command.opts()).filter(([key]) => command.getOptionValueSource(key) === 'cli'),
  );
}

function knownFlags(program: Command, active: string): readonly string[] {
  const command = program.commands.find((sub) => sub.name() === active) ?? program;
  return [...command.options.flatMap(({ long }) => long ?? []), '--help'];
}

function unknownCommand(name: string, commands: readonly CommandEntry[]): Fault {
  const names = commands.flatMap(({ name: own, alias }) => (alias ? [own, alias] : [own]));
  const near = suggest(name, names);
  const options = near === null ? {} : { hint: `did you mean ${near}?` };
  return new Fault('CC1001', { name }, options);
}

interface Usage {
  readonly command: string;
  readonly argv: readonly string[];
  readonly known: readonly string[];
}

/** Commander says what is wrong in a sentence; the code says which, the quotes say what. */
function usageFault(error: CommanderError, usage: Usage): Fault {
  const command = usage.command === '' ? 'coldcase' : usage.command;
  const quoted = /'([^']*)'/.exec(error.message)?.[1] ?? '';
  const flag = /--[a-z-]+|-[a-zA-Z]/.exec(quoted)?.[0] ?? quoted;
  const params = { command, name: flag };
  switch (error.code) {
    case 'commander.unknownOption': {
      const name = quoted.split('=')[0] ?? quoted;
      const near = suggest(name, usage.known);
      const hint = near === null ? {} : { hint: `did you mean ${near}?` };
      return new Fault('CC1002', { command, name }, { ...hint, cause: undefined });
    }
    case 'commander.optionMissingArgument':
      return new Fault('CC1003', { ...params, problem: 'expected a value, found none' });
    case 'commander.missingArgument':
      return new Fault('CC1004', { command, problem: `expected ${quoted}, found none` });
    case 'commander.excessArguments': {
      return new Fault('CC1004', { command, problem: 'expected fewer words' });
    }
    default:
      return new Fault('CC1003', { ...params, problem: error.message.replace(/^error: /, '') });
  }
}
