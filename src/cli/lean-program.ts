/**
 * What the program of one command leaves out: the build keeps these modules from it, and a call
 * that needs one of them is left to the whole program.
 */
import { flagOption, listOption, type OptionValues, textOption } from './option-values.js';

/** Modules that are loaded when they are wanted, by the ends of their names. */
export const leftOutModules = [
  'ingest-files.js',
  'honeycomb-run.js',
  'honeycomb-document.js',
  'saved-run.js',
  'comparison-answer.js',
  'clickhouse-answer.js',
  'query-cost.js',
  'file-output.js',
  'terminal-chart.js',
  'export.js',
  'data-files.js',
  'parquet-file.js',
  'inspect.js',
  'explain.js',
  'compare-text.js',
  'compare-question.js',
] as const;

const plainFormats: ReadonlySet<string> = new Set([
  'table',
  'plain',
  'csv',
  'tsv',
  'json',
  'ndjson',
  'markdown',
]);

/** Whether a call can be answered without them. */
export function isLean(
  { words, values }: { readonly words: readonly string[]; readonly values: OptionValues },
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  const format = textOption(values, 'format') ?? env.COLDCASE_FORMAT ?? 'table';
  const texts = ['honeycomb', 'output', 'chart'].map((name) => textOption(values, name));
  return (
    words.length === 0 &&
    plainFormats.has(format) &&
    texts.every((text) => text === undefined) &&
    flagOption(values, 'chart') !== true &&
    textOption(values, 'explain') === undefined &&
    listOption(values, 'compare').length === 0
  );
}
