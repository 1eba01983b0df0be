/**
 * Where an answer came from, for whoever meets its file without us: as lines for people and as
 * named texts for programs. Made from the JSON document of the answer, so both say the same.
 */
import { sanitise } from '../base/text.js';
import type { FileMetadata } from '../query/column-batch.js';
import { type JsonValue, jsonText } from '../render/json.js';
import type { Answer } from './answer.js';
import type { Settings } from './settings.js';
import { shellWord } from './shell-text.js';
import { coldcaseVersion } from './version-number.js';

export interface Asked {
  readonly argv: readonly string[];
  readonly settings: Pick<Settings, 'zone'>;
}

/** The command as a shell takes it. */
export function commandText(argv: readonly string[]): string {
  return ['coldcase', ...argv].map(shellWord).join(' ');
}

/**
 * **Shape** `coldcase.version`, `.command`, `.zone`, then `.query`, `.window`, `.source`, `.bad`,
 * `.rows` and `.notes` as JSON texts, as far as the answer has them.
 */
export function metadataOf(
  { document, notes, table }: Pick<Answer, 'document' | 'notes' | 'table'>,
  { argv, settings }: Asked,
): FileMetadata {
  const { query = null, window = null, source = null, bad = null } = document;
  const total = document.total ?? table.rows.length;
  const said: Readonly<Record<string, JsonValue>> = {
    query,
    window,
    source,
    bad,
    rows: { written: document.written ?? table.rows.length, total },
    notes: notes.map(({ level, code, text }) => ({ level, code, text })),
  };
  return new Map([
    ['coldcase.version', coldcaseVersion],
    ['coldcase.command', commandText(argv)],
    ['coldcase.zone', settings.zone],
    ...Object.entries(said)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => [`coldcase.${name}`, jsonText(value)] as const),
  ]);
}

/** Only when asked for: few readers of CSV leave out lines that begin with a number sign. */
export function commentLines(answer: Answer, asked: Asked): readonly string[] {
  return provenanceLines(answer, asked).map((line) => `# ${sanitise(line)}\n`);
}

/** Codes of notes whose text the footer of a table holds already. */
export const inFooter: ReadonlySet<string> = new Set(['bad', 'truncated']);

/** The footers of the answer, its notes, the snapshot, and the command that gives it again. */
export function provenanceLines(
  { blocks, table, notes, document }: Answer,
  { argv }: Asked,
): readonly string[] {
  const footers = blocks.flatMap((block) => (block.kind === 'table' ? block.table.footer : []));
  const own = footers.length > 0 ? footers : table.footer;
  return [
    ...own,
    ...notes
      .filter(({ code }) => !inFooter.has(code))
      .map(({ level, text }) => `${level === 'warning' ? '▲' : 'note:'} ${text}`),
    ...sourceLine(document.source),
    `coldcase ${coldcaseVersion}: ${commandText(argv)}`,
  ];
}

function sourceLine(source: JsonValue | undefined): readonly string[] {
  if (source === null || typeof source !== 'object' || Array.isArray(source)) return [];
  const field = (name: string): string =>
    name in source ? String(Object.entries(source).find(([key]) => key === name)?.[1]) : '';
  if (!('version' in source)) return [];
  return [`from ${field('name')}, dataset ${field('dataset')}, version ${field('version')}`];
}
