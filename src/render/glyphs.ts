/** The characters of our own that a terminal may not have, and what stands in for them. */

export interface Glyphs {
  readonly ellipsis: string;
  readonly missing: string;
  /** Marks of a sparkline: nothing kept, zero, then rising levels. */
  readonly gap: string;
  readonly zero: string;
  readonly levels: string;
}

export const unicodeGlyphs: Glyphs = {
  ellipsis: '…',
  missing: '–',
  gap: '╌',
  zero: '·',
  levels: '▁▂▃▄▅▆▇█',
};

export const asciiGlyphs: Glyphs = {
  ellipsis: '...',
  missing: '-',
  gap: '_',
  zero: '.',
  levels: ':-=+*#@',
};

const replacements: Readonly<Record<string, string>> = {
  '…': '...',
  '–': '-',
  '→': '->',
  '×': 'x',
  '·': '.',
  '▲': '!',
  '✗': 'x',
  '≤': '<=',
  '≥': '>=',
  '━': '=',
  '┏': '+',
  '┓': '+',
  '█': '#',
  '░': '.',
  '╌': '_',
};

/** Text of our own (titles, footers, messages) in the characters the glyphs allow. */
export function ownText(text: string, glyphs: Glyphs): string {
  if (glyphs !== asciiGlyphs) return text;
  return text.replace(/[…–→×·▲✗≤≥━┏┓█░╌]/g, (character) => replacements[character] ?? character);
}
