/** Colour, or none. Colour never carries meaning alone: every painted word says it too. */

export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly yellow: (text: string) => string;
}

const wrap = (on: number, off: number) => (text: string) =>
  text === '' ? text : `\u001b[${on}m${text}\u001b[${off}m`;
const asIs = (text: string): string => text;

export const colours: Paint = {
  bold: wrap(1, 22),
  dim: wrap(2, 22),
  red: wrap(31, 39),
  yellow: wrap(33, 39),
};

export const noColours: Paint = { bold: asIs, dim: asIs, red: asIs, yellow: asIs };
