/** Bugs: a broken promise inside coldcase. Never caught, ends with exit code 70. */
export class AssertionFailure extends Error {
  override readonly name = 'AssertionFailure';
}

export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionFailure(message);
}

/** The value, or a bug when it is missing. */
export function present<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined) throw new AssertionFailure(`${what} is missing`);
  return value;
}

/** Closes every `switch` on a kind, so that a new kind fails the type check. */
export function unreachable(value: never): never {
  throw new AssertionFailure(`unexpected kind: ${JSON.stringify(value)}`);
}
