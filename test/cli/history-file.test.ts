/** The history of questions: private, bounded, whole lines from processes side by side. */
import { spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  appendHistory,
  type HistoryEntry,
  historyBytes,
  historyPath,
  readHistory,
} from '../../src/cli/history-file.js';

let env: { XDG_STATE_HOME: string };
beforeEach(() => {
  env = { XDG_STATE_HOME: mkdtempSync(join(tmpdir(), 'coldcase-history-')) };
});
afterEach(() => rmSync(env.XDG_STATE_HOME, { recursive: true, force: true }));

function entry(atMicros: number, args: readonly string[] = ['query']): HistoryEntry {
  return { atMicros, directory: '/d', args, rows: 1, elapsedMs: 2 };
}

describe('the history', () => {
  it('is newest first, and readable by its person alone', () => {
    appendHistory(env, entry(1));
    appendHistory(env, entry(2, ['query', '--where', "host = 'a b'\n"]));
    expect(readHistory(env)).toEqual([entry(2, ['query', '--where', "host = 'a b'\n"]), entry(1)]);
    expect(statSync(historyPath(env)).mode & 0o777).toBe(0o600);
  });

  it('passes over damaged lines, and leaves out what is too long for one write', () => {
    appendHistory(env, entry(1));
    appendFileSync(historyPath(env), '{"atMicros":2,\n[]\n\n{"atMicros":"x","directory":1}\n');
    appendHistory(env, entry(3, ['x'.repeat(5_000)]));
    appendHistory(env, entry(4));
    expect(readHistory(env).map(({ atMicros }) => atMicros)).toEqual([4, 1]);
  });

  it('stays within two files of its size, and keeps the newest', () => {
    const args = ['x'.repeat(3_000)];
    const count = Math.ceil((historyBytes / 3_000) * 4);
    for (let at = 1; at <= count; at += 1) appendHistory(env, entry(at, args));
    const kept = readHistory(env);
    expect(kept[0]?.atMicros).toBe(count);
    expect(kept.length).toBeLessThan(count);
    const bytes = kept.length * 3_000;
    expect(bytes).toBeGreaterThan(historyBytes * 0.9);
    expect(bytes).toBeLessThan(historyBytes * 2.2);
  });

  it('does without where nothing can be written', () => {
    const blocked = join(env.XDG_STATE_HOME, 'file');
    writeFileSync(blocked, '');
    expect(() => appendHistory({ XDG_STATE_HOME: blocked }, entry(1))).not.toThrow();
    expect(readHistory({ XDG_STATE_HOME: blocked })).toEqual([]);
  });

  it('keeps every line of processes that write at once', async () => {
    const program = new URL('../../dist/cli.js', import.meta.url).pathname;
    const runs = Array.from({ length: 4 }, () => {
      const child = spawn(
        process.execPath,
        [program, 'query', 'none.ndjson', '--explain', 'spec'],
        {
          env: { PATH: '/usr/bin:/bin', HOME: env.XDG_STATE_HOME, ...env },
          cwd: env.XDG_STATE_HOME,
        },
      );
      return new Promise((resolve) => child.on('close', resolve));
    });
    writeFileSync(
      join(env.XDG_STATE_HOME, 'none.ndjson'),
      '{"timestamp":"2026-11-20T10:00:00Z","host":"a"}\n',
    );
    expect(await Promise.all(runs)).toEqual([0, 0, 0, 0]);
    const kept = readHistory(env);
    expect(kept).toHaveLength(4);
    expect(kept[0]?.args).toEqual(['query', 'none.ndjson', '--explain', 'spec']);
  });
});
