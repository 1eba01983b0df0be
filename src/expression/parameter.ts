/**
 * Values that stand in a text as `$name` and come from elsewhere. They enter the tree as values:
 * the text of a value is never read as part of the language.
 */
import { suggest } from '../base/suggest.js';
import { describeToken, type Source, type Token, tokenFault } from './token.js';
import type { Literal } from './tree.js';

export type ParameterValue =
  | { readonly kind: 'value'; readonly literal: Literal }
  | { readonly kind: 'list'; readonly literals: readonly Literal[] }
  /** A role or a column; `exact`: a column, never a role. */
  | { readonly kind: 'name'; readonly name: string; readonly exact: boolean };

/** By name without the dollar sign. */
export type Parameters = ReadonlyMap<string, ParameterValue>;

const form = /^\$([a-z][a-z0-9_]*)$/;

/** The name in `$name`, or null for any other text. */
export function parameterName(text: string): string | null {
  return form.exec(text)?.[1] ?? null;
}

/**
 * The value a token stands for; null where no parameters are known or the token is none.
 * **Faults** CC1105 for a name that is not declared.
 */
export function parameterOf(
  source: Source,
  token: Token,
  parameters: Parameters | null,
): ParameterValue | null {
  const name = token.kind === 'word' ? parameterName(token.text) : null;
  if (parameters === null || name === null) return null;
  const found = parameters.get(name);
  if (found !== undefined) return found;
  const near = suggest(name, [...parameters.keys()]);
  const known = [...parameters.keys()].map((key) => `$${key}`).join(', ');
  const all = known === '' ? 'none is declared' : `declared are ${known}`;
  const hint = near === null ? `${all}; '$${name}' in quotes is text` : `did you mean $${near}?`;
  throw tokenFault(source, token.span, 'a parameter that is declared', describeToken(token), hint);
}
