/**
 * Text that came from data, made fit for a terminal: nothing in it can move the cursor, hide or
 * reorder what is shown, and its width in cells is known.
 */

/**
 * C0, DEL and C1; soft hyphen; marks, isolates and overrides of direction; zero-width and line
 * separators; interlinear and tag characters; lone surrogates.
 * **Source** OWASP ASVS 1.2, CWE-150, "Trojan Source" (CVE-2021-42574).
 */
const unsafe = new RegExp(
  [
    '[\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u061c\\u200b-\\u200f\\u2028-\\u202e]',
    '[\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb\\u{e0000}-\\u{e007f}]',
    '\\p{Cs}',
  ].join('|'),
  'gu',
);

/** ASCII and the marks of our own, each one cell: the first use of the segmenter costs 15 ms. */
const oneCellEach = /^[\x20-\x7e\u00b7\u2013\u2026\u2190-\u2193\u2500-\u259f\u25b2\u2713\u2717]*$/;

/** The text with every character a terminal may act on shown as an escape: `\x1b`, `\u202e`. */
export function sanitise(text: string): string {
  return oneCellEach.test(text) ? text : text.replace(unsafe, escapeOf);
}

function escapeOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\u{${hex}}`;
}

/** Wide and fullwidth blocks. **Source** Unicode 15.1, EastAsianWidth.txt; emoji go by property. */
const wideBlocks: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0xa4cf],
  [0xa960, 0xa97c],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6b],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x18cff],
  [0x1aff0, 0x1b2fb],
  [0x1f200, 0x1f265],
  [0x20000, 0x3fffd],
];

const emoji = /\p{Emoji_Presentation}|\ufe0f/u;
const invisible = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;
let segmenter: Intl.Segmenter | null = null;

function* graphemesOf(text: string): Generator<string> {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  for (const { segment } of segmenter.segment(text)) yield segment;
}

function graphemeWidth(grapheme: string): number {
  if (emoji.test(grapheme)) return 2;
  if (invisible.test(grapheme)) return 0;
  const code = grapheme.codePointAt(0) ?? 0;
  return wideBlocks.some(([first, last]) => code >= first && code <= last) ? 2 : 1;
}

/** **Units** terminal cells: 2 for CJK and emoji, 0 for a lone combining mark. */
export function displayWidth(text: string): number {
  if (oneCellEach.test(text)) return text.length;
  let width = 0;
  for (const grapheme of graphemesOf(text)) width += graphemeWidth(grapheme);
  return width;
}

/** The text, or as much of its start as fits `width` cells with the ellipsis at its end. */
export function truncateToWidth(text: string, width: number, ellipsis: string): string {
  if (displayWidth(text) <= width) return text;
  const mark = ellipsis.slice(0, Math.max(0, width));
  const room = width - displayWidth(mark);
  let kept = '';
  let used = 0;
  for (const grapheme of graphemesOf(text)) {
    used += graphemeWidth(grapheme);
    if (used > room) break;
    kept += grapheme;
  }
  return kept + mark;
}

/** The text with spaces to `width` cells; never cut. */
export function padToWidth(text: string, width: number, align: 'left' | 'right'): string {
  const space = ' '.repeat(Math.max(0, width - displayWidth(text)));
  return align === 'left' ? text + space : space + text;
}

/** Readers of files tell columns apart by name, some of them without regard to case. */
export function uniqueNames(names: readonly string[]): readonly string[] {
  const used = new Set<string>();
  return names.map((name) => {
    let free = name;
    for (let next = 2; used.has(free.toLowerCase()); next += 1) free = `${name}_${next}`;
    used.add(free.toLowerCase());
    return free;
  });
}
