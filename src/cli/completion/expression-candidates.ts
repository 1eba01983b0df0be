/** What can come next in a filter: a name, an operator, a value, `and`. Never a fault. */
import { literalOfWord } from '../../expression/literal.js';
import { columnNames, type Known, valuesOf } from './known.js';

/** Whole texts for the filter typed so far. */
export function filterCandidates(text: string, known: Known): readonly string[] {
  const { state, place } = placeOf(text);
  const before = text.slice(0, place);
  const partial = text.slice(place);
  return continuations(state, partial, known).map((next) => before + next);
}

type State =
  | { readonly kind: 'name' }
  | { readonly kind: 'operator'; readonly name: string }
  | { readonly kind: 'value'; readonly name: string }
  | { readonly kind: 'low'; readonly name: string }
  | { readonly kind: 'list'; readonly name: string }
  | { readonly kind: 'in list'; readonly name: string }
  | { readonly kind: 'joiner' }
  | { readonly kind: 'pattern' };

const token =
  /\s+|`(?:[^`]|``)*`?|'(?:\\.|[^'\\])*'?|"(?:\\.|[^"\\])*"?|[=!<>~]+|[(),]|[^\s(),'"`=<>!~]+/gy;

/** The state in front of the token at the end, and where that token begins. */
function placeOf(text: string): { readonly state: State; readonly place: number } {
  let state: State = { kind: 'name' };
  for (const { 0: piece, index } of text.matchAll(token)) {
    const isLast = index + piece.length === text.length;
    const isOpen = isLast && !/^(?:\s|[=!<>~]+$|[(),]$)/.test(piece);
    if (isOpen) return { state, place: index };
    if (piece.trim() !== '') state = after(state, piece);
  }
  return { state, place: text.length };
}

function after(state: State, piece: string): State {
  const word = piece.toLowerCase();
  switch (state.kind) {
    case 'name':
      return word === '(' || word === 'not' ? state : { kind: 'operator', name: bareName(piece) };
    case 'operator':
      return afterOperator(state, word);
    case 'low':
      return word === 'and' ? { kind: 'value', name: state.name } : state;
    case 'list':
      return { kind: 'in list', name: state.name };
    case 'in list':
      return word === ')' ? { kind: 'joiner' } : state;
    case 'joiner':
      return word === 'and' || word === 'or' ? { kind: 'name' } : state;
    case 'value':
    case 'pattern':
      return { kind: 'joiner' };
  }
}

function afterOperator(state: State & { readonly name: string }, word: string): State {
  if (word === 'not') return state;
  if (word === 'in') return { kind: 'list', name: state.name };
  if (word === 'between') return { kind: 'low', name: state.name };
  if (word === 'exists' || word === 'missing') return { kind: 'joiner' };
  return word.includes('~') ? { kind: 'pattern' } : { kind: 'value', name: state.name };
}

function bareName(piece: string): string {
  return piece.startsWith('`') ? piece.replace(/^`|`$/g, '').replaceAll('``', '`') : piece;
}

const operators = ['=', '!=', '<', '<=', '>', '>=', '~', '!~', 'in (', 'not in (', 'starts'];
const tests = ['between', 'exists', 'missing'];

function continuations(state: State, partial: string, known: Known): readonly string[] {
  const starting = (words: readonly string[]) => words.filter((word) => word.startsWith(partial));
  switch (state.kind) {
    case 'name':
      return starting(columnNames(known));
    case 'operator':
      return starting([...operators, ...tests]);
    case 'value':
    case 'low':
    case 'in list':
      return valuesOf(known, state.name).flatMap((value) => literalText(value, partial) ?? []);
    case 'list':
      return starting(['(']);
    case 'joiner':
      return starting(['and', 'or']);
    case 'pattern':
      return [];
  }
}

const reserved = /^(?:and|or|not|in|between|exists|missing|starts|true|false)$/i;

/** The value as the filter language takes it, quoted as the person began; null when it differs. */
function literalText(value: string, partial: string): string | null {
  const mark = /^["']/.exec(partial)?.[0];
  const typed = mark === undefined ? partial : partial.slice(1).replace(/\\(.)/g, '$1');
  if (!value.startsWith(typed)) return null;
  if (mark === undefined && isBare(value)) return value;
  const quote = mark ?? '"';
  return (
    quote +
    value.replace(/["'\\]/g, (char) => (char === `'` && quote === '"' ? char : `\\${char}`)) +
    quote
  );
}

/** Whether the language reads the bare word as the text or the number that it is. */
function isBare(value: string): boolean {
  if (!/^[^\s(),'"`=<>!~\\]+$/.test(value) || reserved.test(value)) return false;
  const kind = literalOfWord(value, { start: 0, end: value.length })?.kind;
  return kind === 'string' || kind === 'integer' || kind === 'number';
}
