/** Work that must wait until others are done. */
export type InTurn = <T>(work: () => Promise<T>) => Promise<T>;

/** Lets no more than so many be at work at a time, in the order they came. */
export function turns(most: number): InTurn {
  const waiting: (() => void)[] = [];
  let free = most;
  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}
