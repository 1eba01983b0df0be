/** Which of the words typed are files and which is the statement. Pure, but for what exists. */
import { existsSync, readFileSync } from 'node:fs';
import { Fault } from '../base/fault.js';
import { listOption, type OptionValues, textOption } from './option-values.js';

/** Where the statement comes from. `-f` names its file for faults. */
export type StatementSource =
  | { readonly kind: 'text'; readonly sql: string; readonly file: string | null }
  | { readonly kind: 'stdin' }
  | { readonly kind: 'terminal' };

export interface SqlWords {
  readonly files: readonly string[];
  readonly source: StatementSource;
}

/** Words a statement begins with, those included that are refused with a reason. */
const openings = new Set(
  `select with from values table describe desc show summarize pivot unpivot explain
   insert update delete merge create drop alter truncate copy export import attach detach use
   install load call execute prepare set reset pragma vacuum analyze checkpoint begin commit
   rollback`.split(/\s+/),
);

/**
 * With `-e` or `-f` every word is a file. Without, the last word is the statement when it begins
 * as one (with such a word and something behind it, a parenthesis or a comment) and no file is
 * called so.
 * **Faults** CC1003, CC1259, CC2001.
 */
export function sqlWords(
  words: readonly string[],
  values: OptionValues,
  stdinTty: boolean,
): SqlWords {
  const typed = textOption(values, 'execute');
  const file = textOption(values, 'file');
  if (typed !== undefined && file !== undefined) {
    const problem = 'it cannot stand beside --execute';
    throw new Fault('CC1003', { name: '--file', problem, command: 'sql' });
  }
  if (typed !== undefined) return { files: words, source: textSource(typed, null) };
  if (file !== undefined) return { files: words, source: fileSource(file, stdinTty) };
  const last = words.at(-1);
  if (last !== undefined && looksLikeStatement(last) && !existsSync(last)) {
    return { files: words.slice(0, -1), source: textSource(last, null) };
  }
  if (last !== undefined && /\s/.test(last) && !existsSync(last) && !/[*?{[]/.test(last)) {
    throw new Fault('CC1259', { word: last });
  }
  if (words.includes('-') && !stdinTty) {
    const problem = 'standard input is the data, so the statement comes with -e or -f';
    throw new Fault('CC1004', { command: 'sql', problem });
  }
  return { files: words, source: stdinTty ? { kind: 'terminal' } : { kind: 'stdin' } };
}

/** Whether a word begins as a statement does. */
function looksLikeStatement(word: string): boolean {
  const text = word.trimStart();
  if (/^(\(|--|\/\*)/.test(text)) return true;
  const opening = /^([a-z]+)(?=[\s(*'"$;])/i.exec(text)?.[1];
  return (
    opening !== undefined && openings.has(opening.toLowerCase()) && text.length > opening.length
  );
}

function textSource(sql: string, file: string | null): StatementSource {
  return { kind: 'text', sql, file };
}

function fileSource(file: string, stdinTty: boolean): StatementSource {
  if (file === '-') return stdinTty ? { kind: 'terminal' } : { kind: 'stdin' };
  try {
    return textSource(readFileSync(file, 'utf8'), file);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'EACCES') throw new Fault('CC2003', { path: file }, { cause: error });
    if (code === 'EISDIR') throw new Fault('CC2002', { path: file }, { cause: error });
    throw new Fault('CC2001', { path: file }, { hint: 'the file that -f names', cause: error });
  }
}

/** `-p name=value`, each name once. **Faults** CC1003. */
export function sqlParameters(values: OptionValues): Readonly<Record<string, string>> {
  const pairs = listOption(values, 'param').map((text) => {
    const [, name, value] = /^\$?(\w+)=([\s\S]*)$/.exec(text) ?? [];
    if (name === undefined || value === undefined) {
      const problem = `expected name=value, found ${text}`;
      throw new Fault('CC1003', { name: '--param', problem, command: 'sql' });
    }
    return [name, value] as const;
  });
  const names = pairs.map(([name]) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    const problem = `${twice} is given twice`;
    throw new Fault('CC1003', { name: '--param', problem, command: 'sql' });
  }
  return Object.fromEntries(pairs);
}
