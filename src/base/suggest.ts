/** "Did you mean": the known names nearest to one that is not known. */

/** Chosen so that one slip in three letters still counts: `hst` finds host, `qux` finds nothing. */
const maxShareOfLength = 1 / 3;

/** The nearest candidate, or null when none is near. Case is ignored; the first of equals wins. */
export function suggest(name: string, candidates: readonly string[]): string | null {
  return suggestions(name, candidates, 1)[0] ?? null;
}

/** Near candidates, nearest first, at most `limit`; equals keep their order. */
export function suggestions(
  name: string,
  candidates: readonly string[],
  limit: number,
): readonly string[] {
  const typed = name.toLowerCase();
  return [...new Set(candidates)]
    .map((candidate) => ({ candidate, score: scoreOf(typed, candidate.toLowerCase()) }))
    .filter(({ score }) => score !== null)
    .sort((left, right) => (left.score ?? 0) - (right.score ?? 0))
    .slice(0, limit)
    .map(({ candidate }) => candidate);
}

/** Lower is nearer, null is too far. The last part of a dotted name counts half as near. */
function scoreOf(typed: string, candidate: string): number | null {
  const allowed = Math.max(1, Math.floor(typed.length * maxShareOfLength));
  const whole = editDistance(typed, candidate);
  if (whole <= allowed) return whole;
  const last = candidate.split('.').at(-1) ?? candidate;
  const part = editDistance(typed, last);
  if (part <= allowed) return part + 0.5;
  return typed.length >= 3 && candidate.startsWith(typed) ? allowed + 1 : null;
}

/**
 * Edits between two texts: insert, delete, replace, or swap of neighbours, one each.
 * **Source** optimal string alignment, the restricted form of Damerau-Levenshtein.
 */
export function editDistance(left: string, right: string): number {
  let before: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= right.length; j += 1) {
      const same = left[i - 1] === right[j - 1];
      const swapped =
        i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1];
      row[j] = Math.min(
        (last[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (last[j - 1] ?? 0) + (same ? 0 : 1),
        swapped ? (before[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    before = last;
    last = row;
  }
  return last[right.length] ?? 0;
}
