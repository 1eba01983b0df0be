/** Runs the built program with one of its writing calls failing. Linux with a C compiler only. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { besides } from './store-process.js';

const source = new URL('failing-writes.c', import.meta.url).pathname;
const cli = new URL('../../dist/cli.js', import.meta.url).pathname;

/**
 * `kill`: the process dies before the call; `after`: behind it; `torn`: in the middle of it.
 * `short`: half is written, and said so. `full`: from here on the disk is full.
 */
export const faultKinds = ['kill', 'after', 'torn', 'short', 'enospc', 'eio', 'full'] as const;
export type FaultKind = (typeof faultKinds)[number];

/** The library to preload, or null where none can be made. */
export function compileFailingWrites(dir: string): string | null {
  if (process.platform !== 'linux') return null;
  const library = join(dir, 'failing-writes.so');
  const flags = ['-shared', '-fPIC', '-O1', '-Wall', '-o', library, source, '-ldl'];
  const { status } = spawnSync('cc', flags);
  return status === 0 && existsSync(library) ? library : null;
}

export interface Faulted {
  /** Null when it was killed. */
  readonly status: number | null;
  /** Of the fault it told, if any. */
  readonly code: string | null;
  readonly stderr: string;
  /** Writing calls below the store, in order: `mkdir /store/events`. */
  readonly calls: readonly string[];
}

/** Runs a command on a store; `fault` is a kind and the number of the call, or null to count. */
export function runFaulted(
  { library, store }: { readonly library: string; readonly store: string },
  args: readonly string[],
  fault: { readonly kind: FaultKind; readonly call: number } | null,
): Faulted {
  const log = `${store}.calls`;
  rmSync(log, { force: true });
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [cli, ...args, '--store', store, '--json'],
    {
      encoding: 'utf8',
      env: {
        ...besides(store),
        LD_PRELOAD: library,
        COLDCASE_FAULT_DIR: store,
        COLDCASE_FAULT_LOG: log,
        COLDCASE_FAULT: fault === null ? '' : `${fault.kind}:${fault.call}`,
      },
    },
  );
  const code = /"code":"(CC\d+)"/.exec(stdout)?.[1] ?? null;
  const calls = existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n') : [];
  return { status, code, stderr, calls: calls.map((line) => line.replace(/^\d+ /, '')) };
}
