/** What a bare word means as a value: number, class, duration, boolean, else text. */
import { readDuration } from '../time/duration.js';
import type { Literal, Span } from './tree.js';

const integer = /^-?\d+$/;
const decimal = /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i;
const statusClass = /^([1-9])xx$/i;

/** The literal a bare word stands for; null for a number too large to keep. */
export function literalOfWord(text: string, span: Span): Literal | null {
  if (integer.test(text)) return { kind: 'integer', value: BigInt(text), text, span };
  if (decimal.test(text)) {
    const value = Number(text);
    return Number.isFinite(value) ? { kind: 'number', value, text, span } : null;
  }
  const hundreds = statusClass.exec(text)?.[1];
  if (hundreds !== undefined) return { kind: 'class', hundreds: Number(hundreds), text, span };
  const lower = text.toLowerCase();
  if (lower === 'true' || lower === 'false') {
    return { kind: 'boolean', value: lower === 'true', text, span };
  }
  const micros = readDuration(text);
  if (micros !== null) return { kind: 'duration', micros, text, span };
  return { kind: 'string', value: text, span };
}

/** The text of a literal as it was typed, without quotation marks. */
export function textOfLiteral(literal: Literal): string {
  return literal.kind === 'string' ? literal.value : literal.text;
}
