/** The page of `coldcase help fields`: every function of the formula language in one line. */
import { padToWidth } from '../base/text.js';
import {
  type FormulaFunction,
  formulaFunctions,
  refusedFunctions,
} from '../expression/formula-functions.js';

/** Wide enough for the longest form, so that a line of help stays within 80 cells. */
const formCells = 27;

/** The lines of the topic, written from the table of functions. */
export function fieldTopic(): readonly string[] {
  const functions = Object.entries<FormulaFunction>(formulaFunctions);
  const groups = [...new Set(functions.map(([, { group }]) => group))];
  return [
    'A calculated field is a formula with a name, usable wherever a column is:',
    "  coldcase query --field 'slow=$duration_ms > 500' --by slow",
    'For all questions of a dataset, in coldcase.yaml:',
    '  fields:',
    '    slow: $duration_ms > 500',
    '',
    'The language is that of Honeycomb, classic GT($x, 5) and infix $x > 5.',
    '  $name $"a name" $`a name`      a column or role; in backticks a column',
    '  "text" `raw` 12 1.5 true null  in raw texts a backslash is a backslash',
    '  OR  AND  = !=  < <= > >=  +  -  * / %  !   from loose to close; ( )',
    'Put spaces around - + / = : they may be part of a name: $a-b is one column.',
    'Comparisons are true or false, never missing; of two types they are false.',
    ...groups.flatMap((group) => [
      '',
      `${group}:`,
      ...functions
        .filter(([, entry]) => entry.group === group)
        .map(([name, { form, summary }]) => {
          return `  ${padToWidth(name + form, formCells, 'left')}  ${summary}`;
        }),
    ]),
    '',
    `Not here: ${Object.keys(refusedFunctions).join(' and ')}; the fault says why.`,
  ];
}
