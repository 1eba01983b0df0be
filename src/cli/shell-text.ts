import { isAbsolute, relative } from 'node:path';

/** A word as a shell takes it: bare when it is plain, else in single quotes. */
export function shellWord(text: string): string {
  if (/^[\w./:=@%+,-]+$/.test(text)) return text;
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The place a command was asked about, for a command to try next; empty for the store here. */
export function placeWords(
  files: readonly string[],
  settings: { readonly store: string; readonly storeNamed: boolean },
): readonly string[] {
  if (files.length > 0) return files.map(shellWord);
  return settings.storeNamed ? ['--store', shellWord(shortPath(settings.store))] : [];
}

/** The path from here where that is inside, else the whole of it. */
function shortPath(path: string): string {
  const inside = relative(process.cwd(), path);
  return inside === '' || inside.startsWith('..') || isAbsolute(inside) ? path : inside;
}
