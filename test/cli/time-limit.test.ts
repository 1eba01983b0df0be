import { describe, expect, it } from 'vitest';
import { limitedEngine } from '../../src/cli/time-limit.js';
import type { SearchEngine } from '../../src/query/ports.js';
import type { Statement } from '../../src/sql/node.js';

const never = new AbortController().signal;
const statement: Statement = { sql: 'SELECT 1', parameters: [] };

/** Its first statement ends at once, all others only when they are stopped. */
function slowEngine(): SearchEngine {
  let asked = 0;
  const execute: SearchEngine['execute'] = (_, signal) => {
    asked += 1;
    if (asked === 1) return Promise.resolve({ names: ['1'], rows: [[1]] });
    return new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  };
  const unasked = (): never => {
    throw new Error('not asked here');
  };
  return { execute, numbers: unasked, keep: unasked, close: async () => undefined };
}

describe('a limit of time', () => {
  it('is that of all statements of a question together', async () => {
    const engine = limitedEngine(slowEngine(), 50_000);
    expect((await engine.execute(statement, never)).rows).toEqual([[1]]);
    await expect(engine.execute(statement, never)).rejects.toMatchObject({ code: 'CC5004' });
  });

  it('leaves an engine alone where there is none', () => {
    const engine = slowEngine();
    expect(limitedEngine(engine, null)).toBe(engine);
  });
});
