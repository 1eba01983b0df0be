/** What a question brings along that is not an option of the command line. */
import type { Parameters } from '../expression/parameter.js';
import type { Note } from '../query/result.js';

/** How a question is put together before it is asked. */
export interface Asking {
  /** What `$name` stands for; relative times count back from `now`. **Faults** CC1275. */
  readonly bind: (context: {
    readonly now: number;
    readonly zone: string;
  }) => Promise<Parameters | null>;
  readonly notes: readonly Note[];
  /** The JSON of Honeycomb it was read from. */
  readonly pasted?: unknown;
}

/** A question typed in full. */
export const typedAsking: Asking = { bind: async () => null, notes: [] };

/** `@name`, or null for the name of a file. */
export function savedNameOf(words: readonly string[]): string | null {
  const [first = ''] = words;
  return first.startsWith('@') ? first.slice(1) : null;
}

/** Whether a word is a query of Honeycomb and not the name of a file. */
export function isPasted(word: string): boolean {
  return /^\s*\{/.test(word) || /^https?:\/\//i.test(word);
}
