/**
 * The bins of a heatmap: as many as a screen can show, with bounds people can read. Bounds are made
 * here once and compared as they are, so that no rounding puts a value into another bin.
 */

/** Of all values; `leastPositive` is null where none is above 0. */
export interface ValueRange {
  readonly min: number;
  readonly max: number;
  readonly leastPositive: number | null;
}

export interface HeatmapBins {
  readonly scale: 'linear' | 'log10';
  /** Lower bounds, ascending. */
  readonly bins: readonly number[];
  readonly binEnd: number;
  /** How a bin is guessed: bins a power of ten, or the width of one. */
  readonly perDecade: number;
  readonly width: number;
  /** The number of the first bin counted from 1 or from 0; a bin from 0 may stand before it. */
  readonly first: number;
  readonly startsAtZero: boolean;
}

/** Rows of a terminal that a picture may take. Chosen by us. */
const mostBins = 40;
/** From two powers of ten on, equal steps would crowd most values into one bin. Chosen by us. */
const logarithmicFrom = 100;

/** Powers of ten when values from 0 on spread widely, else equal widths of 1, 2 or 5. */
export function binsOf(range: ValueRange, isWhole: boolean): HeatmapBins {
  const { min, max, leastPositive } = range;
  const isWide = leastPositive !== null && max / leastPositive >= logarithmicFrom;
  return min >= 0 && leastPositive !== null && isWide
    ? logarithmic(range, leastPositive)
    : linear(range, isWhole);
}

function logarithmic({ min, max }: ValueRange, least: number): HeatmapBins {
  const decades = Math.log10(max) - Math.log10(least);
  const fine = [20, 10, 5, 4, 2, 1].find((count) => (decades + 1) * count <= mostBins);
  const perDecade = fine ?? 1 / Math.ceil((decades + 1) / (mostBins - 1));
  const edge = (index: number): number =>
    Math.min(Number.MAX_VALUE, Number((10 ** (index / perDecade)).toPrecision(3)));
  const { first, edges } = edgesOf(edge, Math.floor(Math.log10(least) * perDecade), least, max);
  const startsAtZero = min < least;
  return {
    scale: 'log10',
    bins: [...(startsAtZero ? [0] : []), ...edges.slice(0, -1)],
    binEnd: edges.at(-1) ?? max,
    perDecade,
    width: 0,
    first,
    startsAtZero,
  };
}

function linear({ min, max }: ValueRange, isWhole: boolean): HeatmapBins {
  const size = Math.max(Math.abs(min), Math.abs(max));
  const wanted = max > min ? (max - min) / (mostBins - 1) : size / 10;
  const least = Math.max(wanted, size * 1e-12, isWhole ? 1 : 0);
  const width = least === 0 ? 1 : niceWidth(least);
  const edge = (index: number): number => Number((index * width).toPrecision(12));
  const { first, edges } = edgesOf(edge, Math.floor(min / width), min, max);
  return {
    scale: 'linear',
    bins: edges.slice(0, -1),
    binEnd: edges.at(-1) ?? max,
    perDecade: 0,
    width,
    first,
    startsAtZero: false,
  };
}

/** Edges from the last at or below `low` to the first above `high`. */
function edgesOf(edge: (index: number) => number, guess: number, low: number, high: number) {
  let first = guess;
  while (edge(first) > low) first -= 1;
  while (edge(first + 1) <= low) first += 1;
  const edges = [edge(first)];
  for (let index = first + 1; (edges.at(-1) ?? high) <= high; index += 1) {
    const next = edge(index);
    if (next === edges.at(-1)) break;
    edges.push(next);
  }
  if (edges.length === 1) edges.push(high);
  return { first, edges };
}

/** The least of 1, 2, 5, 10 … times a power of ten that is not below. */
function niceWidth(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  const width = [1, 2, 5, 10].find((count) => count * power >= least) ?? 10;
  return Number((width * power).toPrecision(3));
}
