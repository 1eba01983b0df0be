/**
 * HTML and SVG text in which every value is escaped: a tagged template whose values are texts
 * unless they are markup themselves. The only place that makes markup.
 */
import { sanitise } from '../base/text.js';

/** Text that is markup already. **Invariant** made by `markup` or `joined` alone. */
export interface Markup {
  readonly kind: 'markup';
  readonly text: string;
}

type Value = string | number | Markup | readonly Markup[];

/** Escapes what markup and attributes give a meaning, and what would move or hide text. */
export function escapeMarkup(text: string): string {
  return sanitise(text).replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** ``markup`<td>${text}</td>` ``: markup of ours around escaped values. */
export function markup(parts: TemplateStringsArray, ...values: readonly Value[]): Markup {
  const text = parts.reduce((before, part, index) => before + valueText(values[index - 1]) + part);
  return { kind: 'markup', text };
}

/** Pieces of markup one behind the other. */
export function joined(pieces: readonly Markup[]): Markup {
  return { kind: 'markup', text: pieces.map(({ text }) => text).join('') };
}

function valueText(value: Value | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return String(Math.round(value * 100) / 100);
  if (typeof value === 'string') return escapeMarkup(value);
  if ('kind' in value) return value.text;
  return joined(value).text;
}

/** `<line x1="0" …/>`: one element with escaped attributes; empty ones are left out. */
export function element(
  name: 'circle' | 'line' | 'path' | 'rect' | 'text',
  attributes: Readonly<Record<string, string | number>>,
  content: Value = '',
): Markup {
  const given = Object.entries(attributes)
    .filter(([, value]) => value !== '')
    .map(([key, value]) => ` ${key}="${valueText(value)}"`);
  const inside = valueText(content);
  const end = inside === '' ? '/>' : `>${inside}</${name}>`;
  return { kind: 'markup', text: `<${name}${given.join('')}${end}` };
}
