/** Bytes by the piece from a stream of chunks. */
export interface ByteSource {
  /** The next bytes, exactly so many, or null when the stream ends before. */
  readonly take: (byteCount: number) => Promise<Buffer | null>;
  /** Whether nothing is left. */
  readonly atEnd: () => Promise<boolean>;
}

export function createByteSource(chunks: AsyncIterable<Buffer>): ByteSource {
  const iterator = chunks[Symbol.asyncIterator]();
  let held: Buffer = Buffer.alloc(0);

  async function more(): Promise<boolean> {
    const next = await iterator.next();
    if (next.done === true) return false;
    held = held.length === 0 ? next.value : Buffer.concat([held, next.value]);
    return true;
  }

  return {
    async take(byteCount) {
      while (held.length < byteCount) {
        if (!(await more())) return null;
      }
      const taken = held.subarray(0, byteCount);
      held = held.subarray(byteCount);
      return taken;
    },
    async atEnd() {
      while (held.length === 0) {
        if (!(await more())) return true;
      }
      return false;
    },
  };
}
