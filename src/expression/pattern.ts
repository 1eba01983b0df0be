/**
 * A first look at regular expressions. They run only in the engine, which uses RE2: linear in time,
 * so without look-around and back references. This finds what RE2 refuses most, before it runs.
 */

/** RE2 refuses more than 1000 repeats of one thing. */
const maxRepeat = 1000;

interface Scan {
  readonly text: string;
  index: number;
  depth: number;
  groups: number;
  /** Whether a quantifier may follow. */
  repeatable: boolean;
}

/** What makes a pattern unusable, as a noun phrase; null when nothing was found. */
export function patternProblem(pattern: string): string | null {
  const { problem, depth } = scanned(pattern);
  return problem ?? (depth > 0 ? '( without )' : null);
}

/** Whether a usable pattern captures something. */
export function hasGroup(pattern: string): boolean {
  return scanned(pattern).groups > 0;
}

function scanned(pattern: string): Scan & { readonly problem: string | null } {
  const scan: Scan = { text: pattern, index: 0, depth: 0, groups: 0, repeatable: false };
  while (scan.index < pattern.length) {
    const problem = step(scan);
    if (problem !== null) return { ...scan, problem };
  }
  return { ...scan, problem: null };
}

function step(scan: Scan): string | null {
  const char = scan.text[scan.index] ?? '';
  switch (char) {
    case '\\':
      return stepEscape(scan);
    case '[':
      return stepClass(scan);
    case '(':
      return stepOpen(scan);
    case ')':
      if (scan.depth === 0) return ') without (';
      scan.depth -= 1;
      return advance(scan, 1, true);
    case '*':
    case '+':
    case '?':
      return stepQuantifier(scan, char);
    case '{':
      return stepRepeat(scan);
    case '|':
    case '^':
      return advance(scan, 1, false);
    default:
      return advance(scan, 1, true);
  }
}

function advance(scan: Scan, length: number, repeatable: boolean): null {
  scan.index += length;
  scan.repeatable = repeatable;
  return null;
}

function stepEscape(scan: Scan): string | null {
  const next = scan.text[scan.index + 1];
  if (next === undefined) return 'a backslash at the end';
  if (/[1-9]/.test(next)) return `the back reference \\${next}`;
  return advance(scan, 2, true);
}

function stepClass(scan: Scan): string | null {
  let index = scan.index + 1;
  if (scan.text[index] === '^') index += 1;
  if (scan.text[index] === ']') index += 1;
  while (index < scan.text.length && scan.text[index] !== ']') {
    if (scan.text[index] === '\\') index += 1;
    else if (scan.text.startsWith('[:', index)) index = namedClassEnd(scan.text, index);
    index += 1;
  }
  if (index >= scan.text.length) return '[ without ]';
  return advance(scan, index + 1 - scan.index, true);
}

/** The offset of the `]` of `[:alpha:]`, or of the `[` when it is no named class. */
function namedClassEnd(text: string, start: number): number {
  const end = text.indexOf(':]', start + 2);
  return end === -1 ? start : end + 1;
}

const lookAround = /\((?:\?=|\?!|\?<=|\?<!|\?>)/y;
const groupStart = /\((?:\?P?<\w+>|\?[imsU-]*:|\?[imsU-]+\))?/y;

function stepOpen(scan: Scan): string | null {
  lookAround.lastIndex = scan.index;
  const around = lookAround.exec(scan.text)?.[0];
  if (around !== undefined) return `the look-around ${around}`;
  groupStart.lastIndex = scan.index;
  const start = groupStart.exec(scan.text)?.[0] ?? '(';
  if (!start.endsWith(')')) scan.depth += 1;
  if (start === '(' || start.endsWith('>')) scan.groups += 1;
  return advance(scan, start.length, false);
}

function stepQuantifier(scan: Scan, char: string): string | null {
  if (!scan.repeatable) return `${char} with nothing to repeat`;
  const lazy = scan.text[scan.index + 1] === '?';
  return advance(scan, lazy ? 2 : 1, false);
}

const repeat = /\{(\d+)(?:,(\d*))?\}\??/y;

function stepRepeat(scan: Scan): string | null {
  repeat.lastIndex = scan.index;
  const match = repeat.exec(scan.text);
  if (match === null) return advance(scan, 1, true);
  if (!scan.repeatable) return `${match[0]} with nothing to repeat`;
  const low = Number(match[1]);
  const high = match[2] === undefined || match[2] === '' ? low : Number(match[2]);
  if (low > maxRepeat || high > maxRepeat) return `more than ${maxRepeat} repeats`;
  if (high < low) return `the repeat ${match[0]}`;
  return advance(scan, match[0].length, false);
}
