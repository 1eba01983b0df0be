/**
 * Items in their order that need not all be there at once: a million rows held as lists cost more
 * memory, and more collecting of it, than making each when it is written.
 */

/** An array is one. **Invariant** each walk gives the same items. */
export interface ItemList<T> extends Iterable<T> {
  readonly length: number;
  readonly map: <U>(change: (item: T, index: number) => U) => U[];
}

/** Makes its items anew on each walk. `length`: how many `walk` gives. */
export function lazyList<T>(length: number, walk: () => Iterator<T>): ItemList<T> {
  return {
    length,
    [Symbol.iterator]: walk,
    map: (change) => {
      const changed: ReturnType<typeof change>[] = [];
      for (const item of { [Symbol.iterator]: walk }) changed.push(change(item, changed.length));
      return changed;
    },
  };
}

/** Each item changed when it is asked for. */
export function changedList<T, U>(
  list: ItemList<T>,
  change: (item: T, index: number) => U,
): ItemList<U> {
  return lazyList(list.length, function* () {
    let index = 0;
    for (const item of list) {
      yield change(item, index);
      index += 1;
    }
  });
}

/** As an array where there are few. */
export function heldList<T>(list: ItemList<T>, most: number): ItemList<T> {
  return list.length <= most ? [...list] : list;
}
