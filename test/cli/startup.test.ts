/** What a start costs, as counts: the files and the code that are loaded, never a clock. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { leftOutModules } from '../../src/cli/lean-program.js';
import { storeCommandOf, storeCommands } from '../../src/cli/store-commands.js';
import { writeFleet } from '../sessions/fleet.js';

const entry = new URL('../../dist/cli.js', import.meta.url).pathname;
const dist = dirname(entry);
let dir = '';

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'coldcase-startup-'));
  writeFleet(dir);
  expect(loadedBy(['ingest', 'fleet.ndjson', '--store', 'kept']).status).toBe(0);
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** The files of code that a run reads, as V8 counts them: our own by their name. */
function loadedBy(args: readonly string[]): { files: readonly string[]; status: number | null } {
  const coverage = mkdtempSync(join(dir, 'coverage-'));
  const { status } = spawnSync(process.execPath, [entry, ...args], {
    cwd: dir,
    env: { PATH: '/usr/bin:/bin', HOME: dir, TMPDIR: dir, NODE_V8_COVERAGE: coverage },
  });
  const urls = readdirSync(coverage).flatMap((name) => {
    const { result }: { result: { url: string }[] } = JSON.parse(
      readFileSync(join(coverage, name), 'utf8'),
    );
    return result.map(({ url }) => url);
  });
  const files = urls.filter((url) => url.startsWith('file:')).map((url) => fileURLToPath(url));
  return { files, status };
}

function bytesOf(files: readonly string[]): number {
  return files.reduce((sum, path) => sum + statSync(path).size, 0);
}

const names = (files: readonly string[]) => files.map((path) => basename(path)).sort();

describe('start-up', () => {
  it('answers what needs no command from the entry alone', () => {
    for (const args of [['--help'], ['--version']]) {
      const { files, status } = loadedBy(args);
      expect(status).toBe(0);
      expect(names(files)).toEqual(['cli.js']);
      expect(bytesOf(files)).toBeLessThan(40_000);
    }
  });

  it('reads for a question of a store what the question needs', () => {
    const { files, status } = loadedBy(['query', '--store', 'kept', '--by', 'host']);
    expect(status).toBe(0);
    const own = files.filter((path) => path.startsWith(dist));
    expect(names(own)).toContain('program-query.js');
    expect(names(own).filter((name) => /yaml|chrono/.test(name))).toEqual([]);
    expect(bytesOf(own.filter((path) => dirname(path) === dist))).toBeLessThan(513_000);
  });

  it('leaves out modules that there are', () => {
    const sources = readdirSync(join(dist, '..', 'src'), { recursive: true }).map(String);
    for (const name of leftOutModules) {
      const file = name.replace('.js', '.ts');
      expect(sources.filter((path) => basename(path) === file).length, name).toBeGreaterThan(0);
    }
  });

  it('reads files with the whole program, and says the same of them', () => {
    const { files, status } = loadedBy(['query', 'fleet.ndjson', '--by', 'host']);
    expect(status).toBe(0);
    expect(names(files)).toContain('program.js');
  });

  it('has a program for each command that asks a store, without ingest', () => {
    const whole = readFileSync(join(dist, 'program.js'), 'utf8');
    const ofIngest = 'keep the readable start of a damaged file';
    expect(whole).toContain(ofIngest);
    for (const name of storeCommands) {
      const alone = readFileSync(join(dist, `program-${name}.js`), 'utf8');
      expect(alone).not.toContain(ofIngest);
      expect(alone.length).toBeLessThan(whole.length * 0.7);
    }
  });

  it('finds the command behind options of every command', () => {
    expect(storeCommandOf(['query', '--by', 'host'])).toBe('query');
    expect(storeCommandOf(['q'])).toBe('query');
    expect(storeCommandOf(['--store', 'query', '-q', 'versions'])).toBe('versions');
    expect(storeCommandOf(['--store=x', '-o', 'status', 'status'])).toBe('status');
    expect(storeCommandOf(['ingest', 'query'])).toBe(null);
    expect(storeCommandOf(['qurey'])).toBe(null);
    expect(storeCommandOf(['--store'])).toBe(null);
  });
});
