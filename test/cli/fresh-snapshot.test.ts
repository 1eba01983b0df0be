import { describe, expect, it } from 'vitest';
import { Fault } from '../../src/base/fault.js';
import { type Answer, noTable } from '../../src/cli/answer.js';
import { withFreshSnapshot } from '../../src/cli/fresh-snapshot.js';

const answer: Answer = {
  blocks: [],
  table: noTable,
  document: {},
  prose: false,
  notes: [{ level: 'info', code: 'other', text: 'other' }],
  next: [],
  exitCode: 0,
};
const gone = new Fault('CC4006', { path: 'a.parquet' });

function failing(
  times: number,
  error: unknown,
): { run: () => Promise<Answer>; asked: () => number } {
  let count = 0;
  const run = async () => {
    count += 1;
    if (count <= times) throw error;
    return answer;
  };
  return { run, asked: () => count };
}

describe('a reader that loses a file', () => {
  it('asks once more and says so', async () => {
    const { run, asked } = failing(1, gone);
    const { notes } = await withFreshSnapshot(run);
    expect(notes.map(({ code }) => code)).toEqual(['fresh_snapshot', 'other']);
    expect(asked()).toBe(2);
  });

  it('does not ask for ever, nor for other faults', async () => {
    await expect(withFreshSnapshot(failing(2, gone).run)).rejects.toBe(gone);
    const other = new Fault('CC5002', { reason: 'x' });
    const { run, asked } = failing(1, other);
    await expect(withFreshSnapshot(run)).rejects.toBe(other);
    expect(asked()).toBe(1);
    expect((await withFreshSnapshot(failing(0, gone).run)).notes).toEqual(answer.notes);
  });
});
