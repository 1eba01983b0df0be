/**
 * Waits for all of what was begun, even where one of it fails, so that nothing goes on behind a
 * failure. The first failure in their order is thrown.
 */
export async function together<T extends readonly unknown[] | []>(
  begun: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(begun);
  return Promise.all(begun);
}
