/** Forgetting by an expression, for the tests of the store. */
import { matchOf } from '../../src/cli/forget-match.js';
import { querySourceOf } from '../../src/cli/query-source.js';
import { openForgetter } from '../../src/engine/duckdb/forget.js';
import type { Dataset } from '../../src/store/dataset.js';
import { type ForgetRequest, forget } from '../../src/store/forget.js';
import type { FileForgetter } from '../../src/store/ports.js';
import type { TimeRange } from '../../src/time/range.js';
import { noAbort } from './staged.js';
import { nowMs } from './whole-store.js';

interface Asked {
  readonly window?: TimeRange | null;
  readonly includeHeld?: boolean;
  /** Called behind each rewritten file. */
  readonly meanwhile?: () => Promise<void>;
}

/** Forgets what an expression matches, as the program does. */
export async function forgetWhere(dataset: Dataset, where: string, asked: Asked = {}) {
  const { window = null, includeHeld = false, meanwhile } = asked;
  const { match } = matchOf([where], querySourceOf(dataset, 'store'), window);
  const opened = await openForgetter({ memoryBytes: null, threads: 1, spillDir: null }, match);
  const forgetter: FileForgetter = {
    ...opened,
    rewrite: async (request, signal) => {
      const written = await opened.rewrite(request, signal);
      await meanwhile?.();
      return written;
    },
  };
  const say = () => undefined;
  const request: ForgetRequest = { forgetter, window, includeHeld, nowMs, say, signal: noAbort };
  try {
    return await forget(dataset, request);
  } finally {
    await opened.close();
  }
}
