/** The commands by name, without what they need to run: all that the help of the program shows. */

export interface CommandSummary {
  readonly name: string;
  readonly alias?: string;
  readonly group: 'Look' | 'Keep' | 'Set up';
  readonly summary: string;
}

export const commandSummaries = [
  {
    name: 'query',
    alias: 'q',
    group: 'Look',
    summary: 'break events down by anything',
  },
  {
    name: 'queries',
    group: 'Look',
    summary: 'saved queries: list them, show one, check all',
  },
  {
    name: 'scan',
    group: 'Look',
    summary: 'what nobody noticed: failures, silence, slowness, mismatches',
  },
  {
    name: 'versions',
    group: 'Look',
    summary: 'which hosts ran what, and who disagreed with the fleet',
  },
  {
    name: 'explain',
    group: 'Look',
    summary: 'what marks the bad events: every column, all rows',
  },
  {
    name: 'affected',
    group: 'Look',
    summary: 'who was hurt: lost events, their share, the longest outage',
  },
  {
    name: 'trail',
    group: 'Look',
    summary: 'one host, customer, trace or version in order, with its gaps',
  },
  {
    name: 'silence',
    group: 'Look',
    summary: 'who should have sent something and did not',
  },
  {
    name: 'compare',
    group: 'Look',
    summary: 'one window against another: changed, new, vanished',
  },
  {
    name: 'columns',
    group: 'Look',
    summary: 'what columns and roles there are',
  },
  {
    name: 'sql',
    group: 'Look',
    summary: 'read-only SQL over the events, rejects and the ledger',
  },
  {
    name: 'history',
    group: 'Look',
    summary: 'the questions asked before',
  },
  {
    name: 'export',
    group: 'Look',
    summary: 'raw events as a file for other tools',
  },
  {
    name: 'marker',
    group: 'Look',
    summary: 'deploys and incidents beside the events: add, list, import',
  },
  {
    name: 'ingest',
    group: 'Keep',
    summary: 'store files, directories, globs or standard input',
  },
  {
    name: 'status',
    group: 'Keep',
    summary: 'what the store holds, and where it has gaps',
  },
  {
    name: 'compact',
    group: 'Keep',
    summary: 'merge small data files, remove what no version names',
  },
  {
    name: 'retention',
    group: 'Keep',
    summary: 'remove days older than the store keeps',
  },
  {
    name: 'hold',
    group: 'Keep',
    summary: 'keep a window beyond retention: add, list, rm',
  },
  {
    name: 'verify',
    group: 'Keep',
    summary: 'check every byte of the store against its log and checksums',
  },
  {
    name: 'repair',
    group: 'Keep',
    summary: 'take damaged files out of the table, put good ones back',
  },
  {
    name: 'forget',
    group: 'Keep',
    summary: 'remove matching events for good, such as those of a customer',
  },
  {
    name: 'doctor',
    group: 'Keep',
    summary: 'is all as it should be: machine, store, roles, the bad rule',
  },
  {
    name: 'init',
    group: 'Set up',
    summary: 'make a store here',
  },
  {
    name: 'demo',
    group: 'Set up',
    summary: 'make 60 days of a fleet and find what nobody noticed',
  },
  {
    name: 'config',
    group: 'Set up',
    summary: 'the settings, and where each came from',
  },
  {
    name: 'complete',
    group: 'Set up',
    summary: 'completion for bash, zsh and fish',
  },
  {
    name: 'help',
    group: 'Set up',
    summary: 'a command, a topic or a fault code',
  },
  {
    name: 'version',
    group: 'Set up',
    summary: 'versions of coldcase, Node, DuckDB and the store format',
  },
] as const satisfies readonly CommandSummary[];
