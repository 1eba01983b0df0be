/** All commands by name. A command's module is made ready only when it is called. */
import type { CommandEntry, CommandModule } from './command.js';
import { commandSummaries } from './command-summary.js';

type CommandName = (typeof commandSummaries)[number]['name'];

const loaders: Readonly<Record<CommandName, () => Promise<CommandModule>>> = {
  query: async () => (await import('./commands/query.js')).queryCommand,
  queries: async () => (await import('./commands/queries.js')).queriesCommand,
  scan: async () => (await import('./commands/scan.js')).scanCommand,
  versions: async () => (await import('./commands/versions.js')).versionsCommand,
  explain: async () => (await import('./commands/explain.js')).explainCommand,
  affected: async () => (await import('./commands/affected.js')).affectedCommand,
  trail: async () => (await import('./commands/trail.js')).trailCommand,
  silence: async () => (await import('./commands/silence.js')).silenceCommand,
  compare: async () => (await import('./commands/compare.js')).compareCommand,
  export: async () => (await import('./commands/export.js')).exportCommand,
  columns: async () => (await import('./commands/columns.js')).columnsCommand,
  sql: async () => (await import('./commands/sql.js')).sqlCommand,
  history: async () => (await import('./commands/history.js')).historyCommand,
  marker: async () => (await import('./commands/marker.js')).markerCommand,
  ingest: async () => (await import('./commands/ingest.js')).ingestCommand,
  status: async () => (await import('./commands/status.js')).statusCommand,
  compact: async () => (await import('./commands/compact.js')).compactCommand,
  retention: async () => (await import('./commands/retention.js')).retentionCommand,
  hold: async () => (await import('./commands/hold.js')).holdCommand,
  verify: async () => (await import('./commands/verify.js')).verifyCommand,
  repair: async () => (await import('./commands/repair.js')).repairCommand,
  forget: async () => (await import('./commands/forget.js')).forgetCommand,
  doctor: async () => (await import('./commands/doctor.js')).doctorCommand,
  init: async () => (await import('./commands/init.js')).initCommand,
  demo: async () => (await import('./commands/demo.js')).demoCommand,
  config: async () => (await import('./commands/config.js')).configCommand,
  complete: async () => (await import('./commands/complete.js')).completeCommand,
  help: async () => (await import('./commands/help.js')).helpCommand,
  version: async () => (await import('./commands/version.js')).versionCommand,
};

export const commandList: readonly CommandEntry[] = commandSummaries.map((entry) => ({
  ...entry,
  load: loaders[entry.name],
}));
