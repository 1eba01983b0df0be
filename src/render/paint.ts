/** Colour, or none. Colour never carries meaning alone: every painted word says it too. */

export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly yellow: (text: string) => string;
  /** One of several things told apart, by its index. */
  readonly series: (text: string, index: number) => string;
  /** From little (0) to much (1). */
  readonly heat: (text: string, share: number) => string;
}

const wrap = (on: number, off: number) => (text: string) =>
  text === '' ? text : `\u001b[${on}m${text}\u001b[${off}m`;
const asIs = (text: string): string => text;

/** **Source** the palette of Okabe and Ito (2008) in the 256 colours of xterm. */
const palette = [39, 208, 35, 220, 170, 32, 167, 250] as const;
/** From dark to bright in one hue after another, after viridis. */
const ramp = [54, 55, 61, 67, 37, 36, 71, 113, 184, 226] as const;
const in256 = (code: number, text: string): string =>
  text === '' ? text : `\u001b[38;5;${code}m${text}\u001b[39m`;

export const colours: Paint = {
  bold: wrap(1, 22),
  dim: wrap(2, 22),
  red: wrap(31, 39),
  yellow: wrap(33, 39),
  series: (text, index) => in256(palette[index % palette.length] ?? 250, text),
  heat: (text, share) => in256(ramp[Math.min(9, Math.floor(share * 10))] ?? 226, text),
};

export const noColours: Paint = {
  bold: asIs,
  dim: asIs,
  red: asIs,
  yellow: asIs,
  series: asIs,
  heat: asIs,
};
