/** Commands that ask a store, each built as a program of its own; which of them a call names. */
import { commandSummaries } from './command-summary.js';
import { globalOptions } from './options.js';

/** Asked most often and answered fastest, so that loading what they never use would show. */
export const storeCommands = ['query', 'versions', 'columns', 'status'] as const;

/** The command of `storeCommands` that is called; null for another, for none, for a wrong one. */
export function storeCommandOf(argv: readonly string[]): (typeof storeCommands)[number] | null {
  const typed = argv[commandPlace(argv)];
  const called = commandSummaries.find((entry) =>
    'alias' in entry
      ? [entry.name, entry.alias].some((name) => name === typed)
      : entry.name === typed,
  );
  return storeCommands.find((name) => name === called?.name) ?? null;
}

/** Where the command stands: behind options of every command and their values. */
export function commandPlace(argv: readonly string[]): number {
  let place = 0;
  while (argv[place]?.startsWith('-') === true) place += takesValue(argv[place] ?? '') ? 2 : 1;
  return place;
}

function takesValue(typed: string): boolean {
  return globalOptions.some(
    ({ flags }) => flags.includes('<') && flags.replace(/<.*/, '').split(/[ ,]+/).includes(typed),
  );
}
