import { isAbsolute, relative } from 'node:path';
import type { Settings } from './settings.js';

/** A word as a shell takes it: bare when it is plain, else in single quotes. */
export function shellWord(text: string): string {
  if (/^[\w./:=@%+,-]+$/.test(text)) return text;
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The place a command was asked about, for one to try next; empty where that finds the same. */
export function placeWords(
  files: readonly string[],
  { store, dataset, origins }: Pick<Settings, 'store' | 'dataset' | 'origins'>,
): readonly string[] {
  if (files.length > 0) return files.map(shellWord);
  const typed = (wanted: string, value: string): readonly string[] => {
    const flag = `--${wanted}`;
    const isTyped = origins.some(({ name, origin }) => name === wanted && origin === flag);
    return isTyped ? [flag, shellWord(value)] : [];
  };
  return [...typed('store', shortPath(store)), ...typed('dataset', dataset)];
}

/** The path from here where that is inside, else the whole of it. */
function shortPath(path: string): string {
  const inside = relative(process.cwd(), path);
  return inside === '' || inside.startsWith('..') || isAbsolute(inside) ? path : inside;
}

/** The words of a command line with plain quotation marks; null where one is not closed. */
export function splitWords(line: string): readonly string[] | null {
  const words: string[] = [];
  const word = /\s*((?:[^\s'"]+|'[^']*'|"[^"]*")+)/y;
  while (line.slice(word.lastIndex).trim() !== '') {
    const found = word.exec(line)?.[1];
    if (found === undefined) return null;
    words.push(found.replace(/'([^']*)'|"([^"]*)"/g, (_, single, double) => single ?? double));
  }
  return words;
}
