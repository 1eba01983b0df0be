/** `coldcase config show`: every setting, and with `--origin` where each came from. */
import { Fault } from '../../base/fault.js';
import { suggest } from '../../base/suggest.js';
import type { Table, TableColumn } from '../../render/table.js';
import { defaultSettings } from '../../store/settings.js';
import type { Answer } from '../answer.js';
import type { CommandModule, Invocation } from '../command.js';
import { flagOption } from '../option-values.js';
import { defaultDataset, defaultStore, defaultZone } from '../settings-defaults.js';

export const configCommand: CommandModule = {
  name: 'config',
  words: '[show]',
  summary: 'the settings, and where each came from',
  examples: [['coldcase config show --origin', 'option, variable, file or default']],
  options: [{ flags: '--origin', help: 'say where each value came from' }],
  run: async (invocation) => show(invocation),
};

/** What holds where nobody said anything; empty where there is no limit. */
const defaults: Readonly<Record<string, string>> = {
  store: defaultStore,
  dataset: defaultDataset,
  tz: defaultZone,
  bad: defaultSettings.bad,
  keep: `${defaultSettings.keepDays}d`,
  rollup: defaultSettings.rollup.join(', '),
};

function show({ words, values, settings }: Invocation): Answer {
  refuseOther(words[0] ?? 'show');
  const withOrigin = flagOption(values, 'origin') ?? false;
  const rows = settings.origins.map(({ name, text, origin }) => [
    name,
    text ?? defaults[name] ?? null,
    origin.startsWith('--') ? `option ${origin}` : origin,
  ]);
  const table: Table = { columns: [...shown, from], rows, seriesMax: null, footer: [] };
  const narrow = { ...table, columns: shown, rows: rows.map((row) => row.slice(0, 2)) };
  const wanted = withOrigin ? table : narrow;
  return {
    blocks: [{ kind: 'table', table: wanted }],
    table: wanted,
    document: {},
    prose: false,
    notes: [],
    next: [],
    exitCode: 0,
  };
}

const text = (key: string): TableColumn => ({ key, title: key, align: 'left', show: 'text' });
const shown = [text('setting'), text('value')];
const from = text('origin');

/** **Faults** CC1004. */
function refuseOther(word: string): void {
  if (word === 'show') return;
  const near = suggest(word, ['show']);
  const hint = near === null ? 'write coldcase config show' : `did you mean ${near}?`;
  const problem = `expected show, found ${word}`;
  throw new Fault('CC1004', { command: 'config', problem }, { hint });
}
