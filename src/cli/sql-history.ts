/** Statements typed at the prompt, one a line, in a file of the person. Losing it is no fault. */
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { sqlTokens } from '../sql/token.js';
import type { Environment } from './terminal.js';

const mostLines = 1_000;

/** **Source** XDG base directories: state is kept, and not worth a backup. */
export function historyPath(env: Environment): string {
  const state = env.XDG_STATE_HOME ?? '';
  const dir = state === '' ? join(env.HOME ?? homedir(), '.local', 'state') : state;
  return join(dir, 'coldcase', 'sql-history');
}

/** Oldest first; empty when there is none that can be read. */
export function readHistory(path: string): readonly string[] {
  try {
    const lines = readFileSync(path, 'utf8').split('\n');
    return lines.filter((line) => line.trim() !== '').slice(-mostLines);
  } catch {
    return [];
  }
}

/** A line more. What cannot be written is left out: a prompt does not fail for it. */
export function addToHistory(path: string, line: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    appendFileSync(path, `${line}\n`, { mode: 0o600 });
  } catch {
    // A home that cannot be written to costs the history, not the answer.
  }
}

/** The statement as one line with its `;`, without comments; null when a text in it has lines. */
export function oneLine(statement: string): string | null {
  const parts = sqlTokens(statement).map(({ kind, start, end }) =>
    kind === 'space' || kind === 'comment' ? ' ' : statement.slice(start, end),
  );
  const text = parts.join('');
  if (/[\r\n]/.test(text)) return null;
  const spaced = sqlTokens(text).map(({ kind, start, end }) =>
    kind === 'space' ? ' ' : text.slice(start, end),
  );
  return `${spaced.join('').trim()};`;
}
