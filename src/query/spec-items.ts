/** Splits the text of an option at its commas, keeping where each item stands. */
import { Fault, type FaultPlace } from '../base/fault.js';

/** One trimmed item of a list. Offsets are UTF-16 into `text`. */
export interface Item {
  readonly option: string;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export function itemText(item: Item): string {
  return item.text.slice(item.start, item.end);
}

export function itemPlace(item: Item): FaultPlace {
  return { option: item.option, text: item.text, start: item.start, end: item.end };
}

/** The part of an item; offsets count from the start of the item. */
export function partOf(item: Item, start: number, end: number): Item {
  return trimmed({ ...item, start: item.start + start, end: item.start + end });
}

/**
 * The items of all texts given for one option; commas in backticks or parentheses do not count, nor
 * do those in a text in quotation marks behind `where`. An empty item adds a fault (CC1003).
 */
export function itemsOf(option: string, texts: readonly string[], faults: Fault[]): Item[] {
  return texts.flatMap((text) =>
    commasOf(text).flatMap(([start, end]) => {
      const item = trimmed({ option, text, start, end });
      if (item.end > item.start) return [item];
      const problem = text.trim() === '' ? 'nothing is named' : 'a name is missing at a comma';
      const at = { option, text, start, end: Math.max(end, start) };
      faults.push(new Fault('CC1003', { name: option, problem, command: 'query' }, { at }));
      return [];
    }),
  );
}

function commasOf(text: string): [number, number][] {
  const ranges: [number, number][] = [];
  let start = 0;
  for (const { index, char, depth } of openChars(text)) {
    if (char === ',' && depth <= 0) {
      ranges.push([start, index]);
      start = index + 1;
    }
  }
  return [...ranges, [start, text.length]];
}

/** Where the first `where` of an item stands, outside of names and texts; -1 without one. */
export function whereOf(text: string): number {
  for (const { index } of openChars(text)) if (isWhere(text, index)) return index;
  return -1;
}

function isWhere(text: string, index: number): boolean {
  return /\s/.test(text[index - 1] ?? '') && /^where(?:\s|$)/i.test(text.slice(index, index + 6));
}

interface OpenChar {
  readonly index: number;
  readonly char: string;
  /** How many parentheses are open. */
  readonly depth: number;
}

/** Characters outside of backticks, and of the quotation marks of filters. */
function* openChars(text: string): Generator<OpenChar> {
  let [mark, isFilter, depth] = ['', false, 0];
  for (let index = 0; index < text.length; index += 1) {
    const char = text[index] ?? '';
    if (mark !== '') {
      if (isFilter && char === '\\' && mark !== '`') index += 1;
      else if (char === mark) mark = '';
      continue;
    }
    if (isWhere(text, index)) isFilter = true;
    else if (char === ',' && depth <= 0) isFilter = false;
    if (char === '(') depth += 1;
    else if (char === ')') depth -= 1;
    if (char === '`' || (isFilter && /['"]/.test(char))) mark = char;
    else yield { index, char, depth };
  }
}

function trimmed(item: Item): Item {
  let { start, end } = item;
  while (start < end && /\s/.test(item.text[start] ?? '')) start += 1;
  while (end > start && /\s/.test(item.text[end - 1] ?? '')) end -= 1;
  return { ...item, start, end };
}
