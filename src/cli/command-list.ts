/** All commands by name. A command's module is loaded only when it is called. */
import type { CommandEntry } from './command.js';

export const commandList: readonly CommandEntry[] = [
  {
    name: 'query',
    alias: 'q',
    group: 'Look',
    summary: 'break events down by anything',
    load: async () => (await import('./commands/query.js')).queryCommand,
  },
  {
    name: 'versions',
    group: 'Look',
    summary: 'which hosts ran what, and who disagreed with the fleet',
    load: async () => (await import('./commands/versions.js')).versionsCommand,
  },
  {
    name: 'columns',
    group: 'Look',
    summary: 'what columns and roles there are',
    load: async () => (await import('./commands/columns.js')).columnsCommand,
  },
  {
    name: 'ingest',
    group: 'Keep',
    summary: 'store files, directories, globs or standard input',
    load: async () => (await import('./commands/ingest.js')).ingestCommand,
  },
  {
    name: 'status',
    group: 'Keep',
    summary: 'what the store holds, and where it has gaps',
    load: async () => (await import('./commands/status.js')).statusCommand,
  },
  {
    name: 'init',
    group: 'Set up',
    summary: 'make a store here',
    load: async () => (await import('./commands/init.js')).initCommand,
  },
  {
    name: 'demo',
    group: 'Set up',
    summary: 'make 60 days of a fleet and find what nobody noticed',
    load: async () => (await import('./commands/demo.js')).demoCommand,
  },
  {
    name: 'config',
    group: 'Set up',
    summary: 'the settings, and where each came from',
    load: async () => (await import('./commands/config.js')).configCommand,
  },
  {
    name: 'help',
    group: 'Set up',
    summary: 'a command, a topic or a fault code',
    load: async () => (await import('./commands/help.js')).helpCommand,
  },
  {
    name: 'version',
    group: 'Set up',
    summary: 'versions of coldcase, Node, DuckDB and the store format',
    load: async () => (await import('./commands/version.js')).versionCommand,
  },
];
