/** What a start costs, as counts: the code that is loaded before a command is known. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const entry = new URL('../../dist/cli.js', import.meta.url).pathname;

/** The built files that are read for a file, itself included; dynamic imports are not. */
function staticClosure(path: string, seen = new Map<string, string>()): Map<string, string> {
  if (seen.has(path)) return seen;
  const text = readFileSync(path, 'utf8');
  seen.set(path, text);
  for (const [, target = ''] of text.matchAll(/^(?:import|export)\b[^;]*?"(\.[^"]+)";/gm)) {
    staticClosure(join(dirname(path), target), seen);
  }
  return seen;
}

describe('start-up', () => {
  it('loads neither the engine nor the parsers before a command is known', () => {
    const loaded = [...staticClosure(entry).values()];
    expect(loaded.join()).toContain('./program.js');
    const bytes = loaded.reduce((sum, text) => sum + text.length, 0);
    expect(bytes).toBeGreaterThan(1_000);
    expect(bytes).toBeLessThan(40_000);
    for (const text of loaded) {
      expect(text).not.toMatch(/CommanderError|node_modules\/(yaml|valibot|@duckdb|chrono-node)/);
    }
  });
});
