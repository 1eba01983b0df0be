/** What a command is: its options and help as data, and the function that answers. */
import type { Clock } from '../time/clock.js';
import type { Answer } from './answer.js';
import type { CommandSummary } from './command-summary.js';
import type { OptionValues } from './option-values.js';
import type { Progress } from './progress.js';
import type { Settings } from './settings.js';
import type { Terminal } from './terminal.js';

/** An option of a command line. */
export interface OptionSpec {
  /** As commander reads it: `-o, --output <file>`. */
  readonly flags: string;
  readonly help: string;
  /** True when the option may be given several times; its values come as a list. */
  readonly repeatable?: boolean;
  /** Left out of the help text. */
  readonly hidden?: boolean;
}

/** Built entries beside the program; null where it runs from its source. */
export interface BuiltEntries {
  readonly worker: URL | null;
  /** Reads foreign Parquet and Arrow files in a process of its own. */
  readonly child: URL | null;
  /** Runs typed statements in a process of its own. */
  readonly sql: URL | null;
}

/** Everything a command may know. Nothing else of the process is its business. */
export interface Invocation {
  /** As typed. */
  readonly argv: readonly string[];
  readonly words: readonly string[];
  readonly values: OptionValues;
  readonly settings: Settings;
  readonly terminal: Terminal;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly progress: Progress;
  readonly entries: BuiltEntries;
  /** The file that was started. */
  readonly entry: URL;
  /** Runs when the process ends, however it ends. */
  readonly atExit: (cleanup: () => void) => void;
}

/** A command: its words and options, and what it does. */
export interface CommandModule {
  readonly name: string;
  /** As commander reads it: `[files...]`; empty for none. */
  readonly words: string;
  readonly summary: string;
  /** Command line and what it does. */
  readonly examples: readonly (readonly [string, string])[];
  readonly options: readonly OptionSpec[];
  /** Makes what was typed fit the options of every command, where a name means something else. */
  readonly prepare?: (values: OptionValues) => OptionValues;
  readonly run: (invocation: Invocation) => Promise<Answer>;
}

/** A command as the list of commands knows it; its module is loaded only when it is called. */
export interface CommandEntry extends CommandSummary {
  readonly load: () => Promise<CommandModule>;
}
