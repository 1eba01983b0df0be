/** The faults of formulas, CC1230 to CC1249: a part of the closed table of `fault-table.ts`. */

export const formulaFaults = {
  CC1230: {
    message: 'expected {expected}, found {found}',
    hint: 'coldcase help fields shows the formula language',
    exitCode: 2,
  },
  CC1231: {
    message: 'no function {name}',
    hint: 'coldcase help fields lists them',
    exitCode: 2,
  },
  CC1232: {
    message: '{name} takes {needed} arguments, found {found}',
    hint: 'write {form}',
    exitCode: 2,
  },
  CC1233: {
    message: '{name} needs {needed}, found {found}',
    hint: 'coldcase help fields shows what it takes',
    exitCode: 2,
  },
  CC1234: {
    message: '{name} cannot be calculated here',
    hint: '{reason}',
    exitCode: 2,
  },
  CC1235: {
    message: '{name} is already {what}',
    hint: 'give the field or formula another name',
    exitCode: 2,
  },
  CC1236: {
    message: '{name} uses itself: {chain}',
    hint: 'a field or formula may use others, but none that uses it',
    exitCode: 2,
  },
  CC1237: {
    message: 'no calculation {name} for this formula',
    hint: 'use one asked for with --calc, or $"p95(duration)"',
    exitCode: 2,
  },
  CC1238: {
    message: '{name} is nested too deep: {levels} levels of functions, more than {most}',
    hint: 'split the formula, or use operators of one kind: a + b + c is one level',
    exitCode: 2,
  },
  CC1239: {
    message: '{name} is of one event, and a formula is over calculations',
    hint: 'write a field with --field and calculate with it: $"max(NAME)"',
    exitCode: 2,
  },
  CC1240: {
    message: '{name} uses {other}, which stands behind it',
    hint: 'give --formula {other}=… before --formula {name}=…',
    exitCode: 2,
  },
  CC1241: {
    message: '{name} is of another span, and only the event itself is looked at here',
    hint: '{prefix}. serves in --where; root. and parent. also in --by',
    exitCode: 2,
  },
} as const;
