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
  it.each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('asks at the first %s, and ends what does not come back', (name, code) => {
    const { signal, asked, dispose } = listenForSignals();
    process.emit(name, name);
    expect([signal.aborted, asked(), ended]).toEqual([true, name, []]);
    vi.advanceTimersByTime(9_999);
    expect(ended).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(ended).toEqual([code]);
    dispose();
  });

  it('ends at the second signal at once', () => {
    const { dispose } = listenForSignals();
    process.emit('SIGINT', 'SIGINT');
    process.emit('SIGINT', 'SIGINT');
    expect(ended).toEqual([130]);
    dispose();
  });
});
