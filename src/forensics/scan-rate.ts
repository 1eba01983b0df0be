/** Usual rates that an incident cannot teach. Pure. */

/** Chosen by us: stretches a history is cut into at least, so that an incident is one of them. */
const fewestParts = 5;
/** Chosen by us: hits a stretch should hold, so that its rate says something. */
const hitsPerPart = 5;

/**
 * The rate of a history in blocks: the median of its stretches, each long enough to hold some hits
 * and none of them all of an incident. `prior` is the rate believed with the weight `shrink`.
 */
export function robustRate(
  hits: ArrayLike<number>,
  rows: ArrayLike<number>,
  { prior, shrink }: { readonly prior: number; readonly shrink: number },
): number {
  const size = rows.length;
  let [allHits, allRows] = [0, 0];
  for (let index = 0; index < size; index += 1) {
    allHits += hits[index] ?? 0;
    allRows += rows[index] ?? 0;
  }
  const wanted = Math.min(60, Math.max(fewestParts, Math.floor(allHits / hitsPerPart)));
  const parts = partsOf(hits, rows, allRows / wanted);
  if (parts.length < 3) return (allHits + shrink * prior) / (allRows + shrink);
  const rates = parts.map((part) => ({
    rate: (part.hits + medianBias(part.hits)) / part.rows,
    rows: part.rows,
  }));
  const middle = weightedMedian(rates);
  const rate = Math.min(middle, (allHits + 1) / allRows);
  return (rate * allRows + shrink * prior) / (allRows + shrink);
}

/** The median of a Poisson count lies about a third below its mean. */
function medianBias(hits: number): number {
  return hits === 0 ? 0.2 : 1 / 3;
}

interface Part {
  readonly hits: number;
  readonly rows: number;
}

/** Stretches of about the same number of rows, in order of time. */
function partsOf(
  hits: ArrayLike<number>,
  rows: ArrayLike<number>,
  rowsPerPart: number,
): readonly Part[] {
  const parts: Part[] = [];
  let [ownHits, ownRows] = [0, 0];
  for (let index = 0; index < rows.length; index += 1) {
    ownHits += hits[index] ?? 0;
    ownRows += rows[index] ?? 0;
    if (ownRows < rowsPerPart * 0.999 || ownRows === 0) continue;
    parts.push({ hits: ownHits, rows: ownRows });
    [ownHits, ownRows] = [0, 0];
  }
  if (ownRows > rowsPerPart / 2) parts.push({ hits: ownHits, rows: ownRows });
  return parts;
}

function weightedMedian(
  items: readonly { readonly rate: number; readonly rows: number }[],
): number {
  const sorted = [...items].sort((left, right) => left.rate - right.rate);
  const total = sorted.reduce((sum, { rows }) => sum + rows, 0);
  let reached = 0;
  for (const { rate, rows } of sorted) {
    reached += rows;
    if (reached >= total / 2) return rate;
  }
  return sorted.at(-1)?.rate ?? 0;
}

/**
 * Chosen by us: the top twentieth of the blocks may be incidents; and more of them, where those
 * below the top sixth spread so much less.
 */
const trimmed = { share: 0.05, most: 0.15, times: 3 };
const mostDispersion = 25;

/**
 * How much wider counts spread than chance alone would have it, at least 1: the mean of
 * (k − E)² / E over blocks that expect at least half a hit, without the highest.
 */
export function dispersionOf(
  blocks: readonly { readonly hits: number; readonly expected: number }[],
): number {
  const judged = blocks.filter(({ expected }) => expected > judgedMean);
  return dispersionOfSquares(judged.map(({ hits, expected }) => squareOf(hits, expected)));
}

/** **Source** spread is judged where more than half a hit is expected. */
export const judgedMean = 0.5;

/** How far a count lies from its mean, 1 in the mean where chance alone has it. */
export function squareOf(hits: number, expected: number): number {
  return (hits - expected) ** 2 / expected;
}

/** As `dispersionOf`, of the squares of its blocks: there may be millions. */
export function dispersionOfSquares(blocks: readonly number[]): number {
  const squares = Float64Array.from(blocks).sort();
  const meanWithout = (share: number): number => {
    const kept = Math.ceil(squares.length * (1 - share));
    let sum = 0;
    for (let index = 0; index < kept; index += 1) sum += squares[index] ?? 0;
    return kept < 10 ? 1 : sum / kept;
  };
  const cautious = Math.max(1, trimmed.times * meanWithout(trimmed.most));
  return Math.min(mostDispersion, cautious, Math.max(1, meanWithout(trimmed.share)));
}
