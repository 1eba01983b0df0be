/** CC1320 to CC1369, faults of commands that look back: a part of the table of `fault-table.ts`. */
export const investigationFaults = {
  CC1320: {
    message: 'nothing is compared with {baseline}',
    hint: 'one of {names}',
    exitCode: 2,
  },
  CC1321: {
    message: '{name} has no number to be compared',
    hint: 'ask for each window by itself, or compare p50 and p99',
    exitCode: 2,
  },
  CC1330: {
    message: 'no completion for {name}',
    hint: 'one of bash, zsh, fish: source <(coldcase complete bash)',
    exitCode: 2,
  },
  CC1331: {
    message: 'no question {number} in the history',
    hint: 'coldcase history lists them',
    exitCode: 2,
  },
  CC1350: {
    message: 'there is no scan to take {name} from',
    hint: 'coldcase scan numbers what it finds; files that are no store are not remembered',
    exitCode: 2,
  },
  CC1351: {
    message: 'no finding {name}: the last scan found {count}',
    hint: 'coldcase scan lists them',
    exitCode: 2,
  },
  CC1352: {
    message: 'nothing says which events failed',
    hint: "give --bad EXPR, for example --bad 'status >= 500'",
    exitCode: 2,
  },
  CC1353: {
    message: 'trail: {problem}',
    hint: "name it: --host, --customer, --trace, --version, --where 'EXPR' or scan:1",
    exitCode: 2,
  },
  CC1354: {
    message: 'no marker {name}',
    hint: 'coldcase marker list shows those there are',
    exitCode: 2,
  },
  CC1355: {
    message: 'several markers are called {name}',
    hint: 'name one by its id: {ids}',
    exitCode: 2,
  },
  CC1356: {
    message: '{path}: its markers cannot be read ({reason})',
    hint: 'check the name of the file; - reads standard input',
    exitCode: 1,
  },
} as const;
