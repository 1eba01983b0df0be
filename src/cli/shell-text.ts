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
  return settings.storeNamed ? ['--store', shellWord(settings.store)] : [];
}
