/** How files are to be read where they stand for a store. */
import { type Format, formats } from '../ingest/record.js';
import type { OptionSpec } from './command.js';
import { defaultChoices, type IngestChoices } from './ingest-run.js';
import { listOption, type OptionValues, oneOf, textOption } from './option-values.js';
import { parseAssignments, parseMappings } from './role-options.js';

/** Shared by every command that takes files; `ingest` has more. */
export const fileOptionSpecs: readonly OptionSpec[] = [
  { flags: '--input-format <name>', help: 'of files: ndjson json csv tsv access logfmt …' },
  { flags: '--pattern <regex>', help: 'of files: lines with named groups' },
  { flags: '--map <role=col>', help: 'of files: the column of a role', repeatable: true },
  { flags: '--set <col=value>', help: 'of files: one value for all events', repeatable: true },
];

/** **Faults** CC1003, CC1201. */
export function fileChoices(values: OptionValues): IngestChoices {
  return {
    ...defaultChoices,
    format: namedFormat(values),
    pattern: textOption(values, 'pattern') ?? null,
    map: parseMappings(listOption(values, 'map')),
    set: parseAssignments(listOption(values, 'set')),
  };
}

function namedFormat(values: OptionValues): Format | null {
  const named = textOption(values, 'inputFormat');
  return named === undefined ? null : oneOf(named, 'input-format', formats);
}
