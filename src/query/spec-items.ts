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
 * The items of all texts given for one option; commas in backticks or parentheses do not count.
 * An empty item adds a fault (CC1003).
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
  let depth = 0;
  let quoted = false;
  for (let index = 0; index < text.length; index += 1) {
    const char = text[index];
    if (char === '`') quoted = !quoted;
    else if (quoted) continue;
    else if (char === '(') depth += 1;
    else if (char === ')') depth -= 1;
    else if (char === ',' && depth <= 0) {
      ranges.push([start, index]);
      start = index + 1;
    }
  }
  return [...ranges, [start, text.length]];
}

function trimmed(item: Item): Item {
  let { start, end } = item;
  while (start < end && /\s/.test(item.text[start] ?? '')) start += 1;
  while (end > start && /\s/.test(item.text[end - 1] ?? '')) end -= 1;
  return { ...item, start, end };
}
