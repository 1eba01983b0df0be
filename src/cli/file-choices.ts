/** What was said about files that stand where a store may stand. */
import { type Format, formats } from '../ingest/record.js';
import { defaultChoices, type IngestChoices } from './ingest-run.js';
import { listOption, type OptionValues, oneOf, textOption } from './option-values.js';
import { parseAssignments, parseMappings } from './role-options.js';

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
