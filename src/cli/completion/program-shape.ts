/**
 * The commands, options and topics as plain data. The build writes it beside the program, so that
 * a TAB loads no command.
 */
import type { Candidate } from './candidates.js';

export interface OptionShape {
  /** The long form first. */
  readonly flags: readonly string[];
  readonly help: string;
  readonly hidden: boolean;
  readonly takesValue: boolean;
  /** What stands for the value in the help: `file`, `ok|fail`. */
  readonly placeholder: string;
}

export interface CommandShape {
  readonly name: string;
  readonly alias: string | null;
  readonly summary: string;
  /** `[files...]`, as in the help. */
  readonly words: string;
  /** The words there are to choose from: `<bash|zsh|fish>`. */
  readonly choices: readonly string[];
  readonly options: readonly OptionShape[];
}

export interface ProgramShape {
  readonly commands: readonly CommandShape[];
  readonly options: readonly OptionShape[];
  readonly topics: readonly Candidate[];
  readonly faults: readonly Candidate[];
}

/** The option of this name, in its long or short form. */
export function optionOf(options: readonly OptionShape[], typed: string): OptionShape | null {
  return options.find(({ flags }) => flags.includes(typed)) ?? null;
}
