/**
 * The program in the process of the tests: says what the built one says, without a start for each
 * call. What a start and the built files do is not seen here.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { runProgram } from '../../src/cli/program.js';
import type { Outcome } from './session.js';

const entry = new URL('../../dist/cli.js', import.meta.url);

export interface SessionHere {
  readonly dir: string;
  /** One after the other: what is written in the meantime is taken for its answer. */
  readonly run: (args: readonly string[]) => Promise<Outcome>;
  readonly close: () => void;
}

/** A directory of its own, which is where the process is until `close`, and a clean environment. */
export function openSessionHere(): SessionHere {
  const before = process.cwd();
  const dir = mkdtempSync(join(tmpdir(), 'coldcase-session-'));
  process.chdir(dir);
  // Some of it the program keeps until its process ends, which is after the last test.
  for (const name of ['HOME', 'TMPDIR']) vi.stubEnv(name, dir);
  for (const name of Object.keys(process.env)) {
    if (/^(XDG|COLDCASE)_/.test(name)) vi.stubEnv(name, undefined);
  }
  return {
    dir,
    run,
    close: () => {
      process.chdir(before);
      vi.unstubAllEnvs();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function run(argv: readonly string[]): Promise<Outcome> {
  const said = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((chunk: unknown, ...rest: unknown[]) => {
      said[name] += typeof chunk === 'string' ? chunk : new TextDecoder().decode(chunk as never);
      const done = rest.at(-1);
      if (typeof done === 'function') done();
      return true;
    }),
  );
  try {
    const status = await runProgram({ argv, startedMs: performance.now(), entry, isWhole: true });
    return { ...said, status };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}
