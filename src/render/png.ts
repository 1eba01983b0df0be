/** An SVG picture as PNG, drawn with a font of our own. The package that draws is optional. */
import { existsSync } from 'node:fs';
import { Fault } from '../base/fault.js';
import type { Markup } from './markup.js';
import { chartFont } from './svg.js';

/** Twice as many pixels each way: sharp on dense screens and in print. */
const zoom = 2;

/** Where our fonts lie. */
export interface ChartFonts {
  readonly regular: string;
  readonly bold: string;
}

/** The bytes of the picture. **Faults** CC5010 the package or a font is not there. */
export async function png(picture: Markup, fonts: ChartFonts): Promise<Uint8Array> {
  const fontFiles = [fonts.regular, fonts.bold];
  const gone = fontFiles.find((path) => !existsSync(path));
  if (gone !== undefined) throw new Fault('CC5010', { reason: `the font ${gone} is missing` });
  const { Resvg } = await import('@resvg/resvg-js').catch((cause: unknown) => {
    throw new Fault(
      'CC5010',
      { reason: 'the package @resvg/resvg-js is not installed' },
      { cause },
    );
  });
  const drawing = new Resvg(picture.text, {
    fitTo: { mode: 'zoom', value: zoom },
    font: { loadSystemFonts: false, fontFiles, defaultFontFamily: chartFont },
  });
  return drawing.render().asPng();
}
