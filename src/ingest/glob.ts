/**
 * Globs: `*` and `?` within a name, `[a-z]` and `[!a-z]`, `**` for any depth, `{a,b}` for either,
 * `{host}` for any part of a name, whose text is captured. A leading dot is matched only by a dot.
 * A backslash takes the meaning from the next character. Matches come sorted by name.
 */
import { readdirSync } from 'node:fs';
import { Fault } from '../base/fault.js';

export type Captures = Readonly<Record<string, string>>;

export const noCaptures: Captures = Object.freeze({});

export interface GlobMatch {
  readonly path: string;
  readonly captures: Captures;
}

/** Chosen freely: more than anyone types, few enough to hold. */
const maxAlternatives = 1_000;

export function isGlob(text: string): boolean {
  return /[*?[{]/.test(text.replace(/\\./g, ''));
}

/** Told of each directory that cannot be read; the walk goes on without it. */
export type Unreadable = (directory: string, error: unknown) => void;

/** Files and directories whose path matches. */
export function matchGlob(pattern: string, unreadable: Unreadable): readonly GlobMatch[] {
  const found = new Map<string, GlobMatch>();
  for (const one of expandBraces(pattern)) {
    const absolute = one.startsWith('/');
    const segments = one.split('/').filter((segment) => segment !== '');
    walk({ base: absolute ? '/' : '', segments, captures: noCaptures, found, unreadable });
  }
  return [...found.values()].sort((left, right) => (left.path < right.path ? -1 : 1));
}

/** What `{name}` stands for when the pattern fits the end of the path, else null. */
export function capturePattern(pattern: string, path: string): Captures | null {
  for (const one of expandBraces(pattern)) {
    const { source, names } = patternSource(one);
    const match = new RegExp(`(?:^|/)${source}$`, 'su').exec(path);
    if (match !== null) return capturesOf(match, names);
  }
  return null;
}

interface Walk {
  readonly base: string;
  readonly segments: readonly string[];
  readonly captures: Captures;
  readonly found: Map<string, GlobMatch>;
  readonly unreadable: Unreadable;
}

function walk(from: Walk): void {
  const { base, segments, captures, found } = from;
  const [segment, ...rest] = segments;
  if (segment === undefined) {
    if (base !== '' && !found.has(base)) found.set(base, { path: base, captures });
    return;
  }
  if (segment === '**') {
    walk({ ...from, segments: rest.length === 0 ? ['*'] : rest });
    for (const entry of entriesOf(from)) {
      if (!entry.directory || entry.name.startsWith('.')) continue;
      walk({ ...from, base: joined(base, entry.name) });
    }
    return;
  }
  if (!isGlob(segment)) {
    const name = segment.replace(/\\(.)/g, '$1');
    if (rest.length === 0 && !entriesOf(from).some((entry) => entry.name === name)) return;
    walk({ ...from, base: joined(base, name), segments: rest });
    return;
  }
  const { source, names } = patternSource(segment);
  const regex = new RegExp(`^${source}$`, 'su');
  for (const entry of entriesOf(from)) {
    if (entry.name.startsWith('.') && !segment.startsWith('.')) continue;
    const match = regex.exec(entry.name);
    if (match === null || (rest.length > 0 && !entry.directory && !entry.link)) continue;
    const merged = { ...capturesOf(match, names), ...captures };
    walk({ ...from, base: joined(base, entry.name), segments: rest, captures: merged });
  }
}

function joined(base: string, name: string): string {
  if (base === '' || base.endsWith('/')) return base + name;
  return `${base}/${name}`;
}

interface Entry {
  readonly name: string;
  readonly directory: boolean;
  /** Links are followed by name, but not by `**`, where they could loop. */
  readonly link: boolean;
}

function entriesOf({ base, unreadable }: Walk): readonly Entry[] {
  try {
    return readdirSync(base === '' ? '.' : base, { withFileTypes: true }).map((entry) => ({
      name: entry.name,
      directory: entry.isDirectory(),
      link: entry.isSymbolicLink(),
    }));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (code !== 'ENOENT' && code !== 'ENOTDIR') unreadable(base, error);
    return [];
  }
}

function capturesOf(match: RegExpExecArray, names: readonly string[]): Captures {
  return Object.fromEntries(names.map((name, index) => [name, match[index + 1] ?? '']));
}

/** A regular expression for a pattern without alternatives; one capturing group for each name. */
function patternSource(pattern: string): { source: string; names: readonly string[] } {
  const names: string[] = [];
  const token = /\\(.)|\*\*\/|\*|\?|\[(!|\^)?([^\]]+)\]|\{([A-Za-z_][\w.]*)\}|(.)/gsu;
  const source = pattern.replace(token, (whole, escaped, negated, set, name, plain) => {
    if (escaped !== undefined) return literal(escaped);
    if (set !== undefined) return `[${negated === undefined ? '' : '^/'}${classText(set)}]`;
    if (name !== undefined) {
      names.push(name);
      return '([^/]+?)';
    }
    if (plain !== undefined) return literal(plain);
    if (whole === '**/') return '(?:.*/)?';
    return whole === '*' ? '[^/]*' : '[^/]';
  });
  return { source, names };
}

function literal(char: string): string {
  return char.replace(/[\\^$.*+?()[\]{}|/-]/gu, (found) => `\\x${hex(found)}`);
}

function classText(set: string): string {
  return set.replace(/[\\^[\]&]/g, (found) => `\\x${hex(found)}`);
}

function hex(char: string): string {
  return char.charCodeAt(0).toString(16).padStart(2, '0');
}

/** `a{b,c}` as `ab` and `ac`. A brace without a comma stays: it captures. */
function expandBraces(pattern: string): readonly string[] {
  const match = /^((?:\\.|[^\\])*?)\{([^{}]*,[^{}]*)\}(.*)$/s.exec(pattern);
  if (match === null) return [pattern];
  const [, before = '', inside = '', after = ''] = match;
  const all = inside.split(',').flatMap((choice) => expandBraces(`${before}${choice}${after}`));
  if (all.length > maxAlternatives) {
    const problem = `more than ${maxAlternatives} alternatives in braces`;
    throw new Fault('CC1003', { name: pattern, problem, command: 'ingest' });
  }
  return all;
}
