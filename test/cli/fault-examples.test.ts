/** The examples beside the fault codes are typed, and each meets its fault first. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { faultExamples } from '../../src/cli/fault-examples.js';
import { runProgram } from '../../src/cli/program.js';

const sample = new URL('../../sample-data/events-2020-04-16.ndjson.gz', import.meta.url).pathname;
const entry = new URL('../../dist/cli.js', import.meta.url);
const dir = mkdtempSync(join(tmpdir(), 'coldcase-test-'));
const before = process.cwd();

/** What the program says on standard error. */
async function said(argv: readonly string[]): Promise<string> {
  let text = '';
  const take = (chunk: unknown, done: unknown): boolean => {
    text += String(chunk);
    if (typeof done === 'function') done();
    return true;
  };
  const errors = vi.spyOn(process.stderr, 'write').mockImplementation(take);
  const out = vi.spyOn(process.stdout, 'write').mockImplementation((_, done: unknown) => {
    if (typeof done === 'function') done();
    return true;
  });
  try {
    await runProgram({ argv, startedMs: performance.now(), entry, isWhole: true });
    return text;
  } finally {
    errors.mockRestore();
    out.mockRestore();
  }
}

/** Words as a shell takes them: the examples have single quotation marks at most. */
function wordsOf(command: string): readonly string[] {
  return [...command.matchAll(/'([^']*)'|[^\s']+/g)].map(([word, quoted]) => quoted ?? word);
}

beforeAll(async () => {
  vi.stubEnv('XDG_CACHE_HOME', join(dir, 'cache'));
  vi.stubEnv('XDG_STATE_HOME', join(dir, 'state'));
  vi.stubEnv('XDG_CONFIG_HOME', join(dir, 'config'));
  process.chdir(dir);
  expect(await said(['ingest', '-q', sample])).toBe('');
});
afterAll(() => {
  process.chdir(before);
  vi.unstubAllEnvs();
  rmSync(dir, { recursive: true, force: true });
});

describe('an example of a fault', () => {
  it('meets that fault', async () => {
    const wrong: string[] = [];
    for (const [code, command] of Object.entries(faultExamples)) {
      const [program, ...argv] = wordsOf(command);
      const [first = ''] = /CC\d{4}/.exec(await said(argv)) ?? [];
      if (program !== 'coldcase' || first !== code) wrong.push(`${command}: ${first}`);
    }
    expect(wrong).toEqual([]);
    expect(Object.keys(faultExamples).length).toBeGreaterThan(40);
  });
});
