/** House rules that a machine can check. Each rule first proves that it looked at something. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { floors, packageHomes } from './floors.js';

const root = new URL('..', import.meta.url).pathname;
const sources = filesBelow(join(root, 'src')).filter((path) => path.endsWith('.ts'));

function filesBelow(dir: string): string[] {
  return readdirSync(dir).flatMap((name) => {
    const path = join(dir, name);
    return statSync(path).isDirectory() ? filesBelow(path) : [path];
  });
}

function importsOf(text: string): string[] {
  const pattern = /(?:from\s+|import\s+|import\(\s*)['"]([^'"]+)['"]/g;
  return [...text.matchAll(pattern)].map((match) => match[1] ?? '');
}

function floorName(path: string): string {
  return relative(join(root, 'src'), path).split('/')[0] ?? '';
}

describe('tidy', () => {
  it('reads every source file', () => {
    const folders = new Set(sources.map(floorName));
    for (const name of Object.keys(floors)) expect(folders, `src/${name}`).toContain(name);
    expect(sources.length).toBeGreaterThan(60);
  });

  it('imports only from lower floors', () => {
    let looked = 0;
    const wrong: string[] = [];
    for (const path of sources) {
      const own = floorName(path);
      for (const target of importsOf(readFileSync(path, 'utf8'))) {
        if (!target.startsWith('.')) continue;
        looked += 1;
        const other = floorName(join(path, '..', target));
        if (other === own) continue;
        const above = floors[own] ?? -1;
        const below = floors[other] ?? 99;
        if (below >= above) wrong.push(`${relative(root, path)} imports ${target}`);
      }
    }
    expect(looked).toBeGreaterThan(150);
    expect(wrong).toEqual([]);
  });

  it('keeps each outside package in its home', () => {
    const seen = new Set<string>();
    const wrong: string[] = [];
    for (const path of sources) {
      for (const target of importsOf(readFileSync(path, 'utf8'))) {
        if (target.startsWith('.') || target.startsWith('node:')) continue;
        const name = target
          .split('/')
          .slice(0, target.startsWith('@') ? 2 : 1)
          .join('/');
        seen.add(name);
        const place = relative(join(root, 'src'), path);
        const homes = packageHomes[name] ?? [];
        if (!homes.some((home) => place === home || place.startsWith(`${home}/`))) {
          wrong.push(`${place} imports ${name}`);
        }
      }
    }
    expect([...seen].sort()).toEqual(Object.keys(packageHomes).sort());
    expect(wrong).toEqual([]);
  });

  it('keeps files and lines short', () => {
    const wrong: string[] = [];
    for (const path of sources) {
      const lines = readFileSync(path, 'utf8').split('\n');
      if (lines.length > 401) wrong.push(`${relative(root, path)}: ${lines.length} lines`);
      lines.forEach((line, index) => {
        if (line.length > 100) wrong.push(`${relative(root, path)}:${index + 1} is too long`);
      });
    }
    expect(wrong).toEqual([]);
  });

  it('names files in kebab-case and has no catch-all files', () => {
    const wrong = sources
      .map((path) => relative(root, path))
      .filter((path) => {
        const name = path.split('/').at(-1) ?? '';
        return !/^[a-z0-9]+(-[a-z0-9]+)*\.ts$/.test(name) || /^(utils?|helpers?)\.ts$/.test(name);
      });
    expect(wrong).toEqual([]);
  });

  it('leaves no marker words', () => {
    const words = new RegExp(
      `\\b(${['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X', 'HA' + 'CK'].join('|')})\\b`,
    );
    const wrong = sources.filter((path) => words.test(readFileSync(path, 'utf8')));
    expect(wrong.map((path) => relative(root, path))).toEqual([]);
  });

  it('makes SQL text only in src/sql', () => {
    const keyword = /[`'"](SELECT|COPY|WITH|INSERT|CREATE|ATTACH|DROP) /;
    const wrong = sources
      .filter((path) => floorName(path) !== 'sql')
      .filter((path) => keyword.test(readFileSync(path, 'utf8')));
    expect(wrong.map((path) => relative(root, path))).toEqual([]);
    expect(sources.some((path) => keyword.test(readFileSync(path, 'utf8')))).toBe(true);
  });

  it('pins every dependency and needs no install script to run', () => {
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const { dependencies, devDependencies, optionalDependencies } = manifest;
    const all = { ...dependencies, ...devDependencies, ...optionalDependencies };
    expect(Object.keys(all).length).toBeGreaterThan(10);
    for (const [name, version] of Object.entries(all)) {
      expect(version, name).toMatch(/^\d+\.\d+\.\d+[\w.-]*$/);
    }
    const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
    const scripted = Object.entries<{ hasInstallScript?: boolean; dev?: boolean }>(lock.packages)
      .filter(([, entry]) => entry.hasInstallScript && !entry.dev)
      .map(([name]) => name);
    expect(scripted).toEqual([]);
  });

  it('gives a reason for every dependency', () => {
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const { dependencies, devDependencies, optionalDependencies } = manifest;
    const all = { ...dependencies, ...devDependencies, ...optionalDependencies };
    const page = readFileSync(join(root, 'docs', 'dependencies.md'), 'utf8');
    const listed = [...page.matchAll(/^\| `([^`]+)` \| \S.+ \|$/gm)].map(([, name]) => name);
    expect(listed.toSorted()).toEqual(Object.keys(all).toSorted());
  });

  it('keeps the top level as it is', () => {
    const wanted = [
      '.ci',
      '.gitignore',
      'LICENSE',
      'README.md',
      'bench',
      'docs',
      'package-lock.json',
      'package.json',
      'queries',
      'sample-data',
      'src',
      'test',
      'tsconfig.json',
    ];
    const made = new Set(['.git', 'node_modules', 'dist', 'coldcase-demo', '.coldcase']);
    const names = readdirSync(root).filter((name) => !made.has(name) && !name.endsWith('.tmp'));
    expect(names.sort()).toEqual(wanted);
  });
});
