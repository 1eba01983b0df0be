/**
 * The command line as a shell would read it, up to the cursor: its words without quotation marks,
 * and how the last one is quoted. Nothing is expanded and nothing is run.
 */

export type Shell = 'bash' | 'zsh' | 'fish';

export interface TypedLine {
  /** Words in front of the cursor's, the program's name first. */
  readonly words: readonly string[];
  /** The word at the cursor, without quotation marks. */
  readonly current: string;
  /** The same as typed. */
  readonly raw: string;
  /** The quotation mark that is open at the cursor, and where in `raw`; null for none. */
  readonly open: { readonly mark: '"' | "'"; readonly place: number } | null;
  /** True behind `>` or `<`, where the shell wants the name of a file. */
  readonly redirected: boolean;
}

interface Reading {
  words: string[];
  text: string;
  raw: string;
  started: boolean;
  redirected: boolean;
  open: TypedLine['open'];
}

/** **Source** POSIX shell, 2.2 Quoting; fish, "Quotes". */
export function readLine(line: string, shell: Shell): TypedLine {
  const state = fresh([]);
  for (let index = 0; index < line.length; index += 1) {
    const char = line[index] ?? '';
    if (state.open === null) index = readBare(state, line, index);
    else if (char === state.open.mark) close(state, char);
    else index = readQuoted(state, line, index, shell);
  }
  const { words, text, raw, open, redirected } = state;
  return { words: withoutAssignments(words), current: text, raw, open, redirected };
}

function fresh(words: string[]): Reading {
  return { words, text: '', raw: '', started: false, redirected: false, open: null };
}

/** A character outside quotation marks. The offset of the last character read. */
function readBare(state: Reading, line: string, index: number): number {
  const char = line[index] ?? '';
  if (/[\s;|&()<>]/.test(char)) {
    if (state.started && !state.redirected) state.words.push(state.text);
    const words = /[;|&(\n]/.test(char) ? [] : state.words;
    const redirected = /[<>]/.test(char) || (state.redirected && !state.started);
    Object.assign(state, fresh(words), { redirected });
    return index;
  }
  state.started = true;
  if (char === '\\') {
    const next = line[index + 1] ?? '';
    state.raw += char + next;
    state.text += next;
    return index + 1;
  }
  state.raw += char;
  if (char === '"' || char === "'") state.open = { mark: char, place: state.raw.length - 1 };
  else state.text += char;
  return index;
}

function readQuoted(state: Reading, line: string, index: number, shell: Shell): number {
  const char = line[index] ?? '';
  const next = line[index + 1] ?? '';
  const escapes = state.open?.mark === '"' ? '"\\$`' : shell === 'fish' ? "'\\" : '';
  const isEscape = char === '\\' && next !== '' && escapes.includes(next);
  state.raw += isEscape ? char + next : char;
  state.text += isEscape ? next : char;
  return isEscape ? index + 1 : index;
}

function close(state: Reading, mark: string): void {
  state.raw += mark;
  state.open = null;
}

/** `COLDCASE_TZ=UTC coldcase query` begins with the program's name all the same. */
function withoutAssignments(words: readonly string[]): readonly string[] {
  const first = words.findIndex((word) => !/^\w+=/.test(word));
  return first < 0 ? [] : words.slice(first);
}
