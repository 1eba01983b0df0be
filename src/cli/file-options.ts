/**
 * How files are to be read where they stand for a store: the options alone, so that a command that
 * is given a store loads nothing of an ingest.
 */
import type { OptionSpec } from './command.js';

/** Shared by every command that takes files; `ingest` has more. */
export const fileOptionSpecs: readonly OptionSpec[] = [
  { flags: '--input-format <name>', help: 'of files: ndjson json csv tsv access logfmt …' },
  { flags: '--pattern <regex>', help: 'of files: lines with named groups' },
  { flags: '--map <role=col>', help: 'of files: the column of a role', repeatable: true },
  { flags: '--set <col=value>', help: 'of files: one value for all events', repeatable: true },
];
