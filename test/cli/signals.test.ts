/** A command asked to stop has some time to tidy up, and then none. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { listenForSignals } from '../../src/cli/signals.js';

let ended: number[] = [];
beforeEach(() => {
  ended = [];
  vi.useFakeTimers();
  vi.spyOn(process, 'exit').mockImplementation((code) => {
    ended.push(Number(code));
    return undefined as never;
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe('listenForSignals', () => {
  it('asks at the first signal, and ends what does not come back', () => {
    const { signal, asked, dispose } = listenForSignals();
    process.emit('SIGTERM');
    expect([signal.aborted, asked(), ended]).toEqual([true, 'SIGTERM', []]);
    vi.advanceTimersByTime(9_999);
    expect(ended).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(ended).toEqual([143]);
    dispose();
  });

  it('ends at the second signal at once', () => {
    const { dispose } = listenForSignals();
    process.emit('SIGINT');
    process.emit('SIGINT');
    expect(ended).toEqual([130]);
    dispose();
  });
});
