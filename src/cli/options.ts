/** Options every command takes. They may stand before or after the command's name. */
import type { OptionSpec } from './command.js';

export const globalOptions: readonly OptionSpec[] = [
  { flags: '--store <dir>', help: 'the store to use ($COLDCASE_STORE, ./.coldcase)' },
  { flags: '--dataset <name>', help: 'dataset of the store (events)' },
  { flags: '--format <name>', help: 'table csv json html parquet …; see help formats' },
  { flags: '--json', help: 'short for --format json' },
  { flags: '-o, --output <file>', help: 'write the result to a file, format by suffix' },
  { flags: '--tz <zone>', help: 'zone of times: UTC, local, Europe/Berlin' },
  { flags: '--wide', help: 'show every column in full, however wide' },
  { flags: '--no-footer', help: 'leave out where the numbers came from' },
  { flags: '--footer', help: 'say it inside csv, tsv (# lines) and ndjson as well' },
  { flags: '--csv-raw', help: 'csv and tsv without the apostrophe before formulas' },
  { flags: '--no-pager', help: 'print long answers straight to the terminal' },
  { flags: '--color', help: 'colour, also in a pipe' },
  { flags: '--no-color', help: 'no colour' },
  { flags: '--ascii', help: 'ASCII marks only; --no-ascii: not even in a pipe' },
  { flags: '--no-ascii', help: 'the marks of Unicode, whatever the terminal says', hidden: true },
  { flags: '-q, --quiet', help: 'no notes, footers or hints on stderr' },
  { flags: '--verbose', help: 'timings and where settings came from' },
  { flags: '--debug', help: 'with a bug, print its stack' },
  { flags: '--timeout <duration>', help: 'stop a question after this long: 60s, 5m' },
  { flags: '--max-memory <size>', help: 'memory for the engine, then it spills: 2GB' },
  { flags: '--threads <n>', help: 'threads for the engine' },
  { flags: '--spill-dir <dir>', help: 'where sorts go that outgrow memory (temporary directory)' },
  { flags: '--now <time>', help: 'count relative times back from here' },
];

/** `-o, --output <file>` → `--output`. */
export function longFlag(flags: string): string {
  return /--[a-z][a-z-]*/.exec(flags)?.[0] ?? flags;
}
