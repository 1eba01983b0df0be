/**
 * A candidate as text for a shell. bash puts it into the line as it is, so it is quoted here: it
 * comes from data, and must be one harmless word. zsh and fish quote what they put in themselves.
 */
import type { Shell, TypedLine } from './shell-line.js';

/** What stands in place of the word at the cursor, or of its end where bash counts from there. */
export function replacement(
  candidate: string,
  line: Pick<TypedLine, 'raw' | 'open'>,
  { shell, breaks }: { readonly shell: Shell; readonly breaks: string },
): string {
  if (shell !== 'bash') return candidate;
  const { open, raw } = line;
  const kept = open === null ? keptBefore(raw, breaks) : open.place;
  const rest = candidate.slice(unquoted(raw.slice(0, kept)).length);
  if (open === null) return bareText(rest);
  return open.mark === "'" ? rest.replaceAll("'", "'\\''") : doubleQuoted(rest);
}

/** How much of the word readline leaves alone: it counts words from the last of its breaks. */
function keptBefore(raw: string, breaks: string): number {
  for (let index = raw.length - 1; index >= 0; index -= 1) {
    if (breaks.includes(raw[index] ?? '') && raw[index - 1] !== '\\') return index + 1;
  }
  return 0;
}

function unquoted(raw: string): string {
  return raw.replace(/\\(.)/g, '$1').replace(/["']/g, '');
}

/** Everything a shell could act on behind a backslash. **Source** POSIX shell, 2.2.1. */
function bareText(text: string): string {
  return text.replace(/[^\p{L}\p{N}\p{M}_./:=@%+,-]/gu, '\\$&');
}

/** In double quotes a backslash does not stop history expansion, so `!` is quoted on its own. */
function doubleQuoted(text: string): string {
  return text.replace(/["\\$`]/g, '\\$&').replaceAll('!', `"'!'"`);
}
