/** Which format an answer is written in. */
import { extname } from 'node:path';

export const outputFormats = [
  'table',
  'plain',
  'csv',
  'tsv',
  'json',
  'ndjson',
  'markdown',
  'html',
  'jira',
  'arrow',
  'arrows',
  'parquet',
  'svg',
  'png',
  'honeycomb',
] as const;
export type OutputFormat = (typeof outputFormats)[number];

const suffixes: Readonly<Record<string, OutputFormat>> = {
  '.csv': 'csv',
  '.tsv': 'tsv',
  '.json': 'json',
  '.ndjson': 'ndjson',
  '.jsonl': 'ndjson',
  '.md': 'markdown',
  '.markdown': 'markdown',
  '.txt': 'plain',
  '.html': 'html',
  '.htm': 'html',
  '.jira': 'jira',
  '.arrow': 'arrow',
  '.feather': 'arrow',
  '.arrows': 'arrows',
  '.parquet': 'parquet',
  '.svg': 'svg',
  '.png': 'png',
};

/** Ends of file names that say a format. */
export const formatSuffixes: readonly string[] = Object.keys(suffixes);

/** What the end of a file's name says, or null. */
export function formatOfSuffix(file: string): OutputFormat | null {
  return suffixes[extname(file).toLowerCase()] ?? null;
}

const binary: ReadonlySet<OutputFormat> = new Set(['arrow', 'arrows', 'parquet', 'png']);

/** Whether the bytes of the format mean nothing to a terminal, or worse. */
export function isBinary(format: OutputFormat): boolean {
  return binary.has(format);
}

/** The format named, else the one of the file's suffix, else table for people and tsv for pipes. */
export function chooseFormat(wanted: {
  readonly format: OutputFormat | null;
  readonly file: string | null;
  readonly prose: boolean;
  readonly stdoutTty: boolean;
}): OutputFormat {
  if (wanted.format !== null) return wanted.format;
  const bySuffix = wanted.file === null ? null : formatOfSuffix(wanted.file);
  if (bySuffix !== null) return bySuffix;
  return wanted.prose || (wanted.stdoutTty && wanted.file === null) ? 'table' : 'tsv';
}

/** True when the arguments ask for JSON; used for faults found before the arguments are read. */
export function asksForJson(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  const index = argv.lastIndexOf('--format');
  const last = index < 0 ? argv.findLast((arg) => arg.startsWith('--format=')) : undefined;
  const named = index < 0 ? last?.slice('--format='.length) : argv[index + 1];
  if (named !== undefined) return named === 'json';
  return argv.includes('--json') || env.COLDCASE_FORMAT === 'json';
}
