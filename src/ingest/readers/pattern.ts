/**
 * Lines of a form of one's own: a JavaScript regular expression with named groups, or grok aliases
 * in it. A group that took no part is null; what a group holds is text. The expression is searched,
 * not anchored: write `^` and `$` for the whole line.
 *
 * JavaScript cannot stop a running expression. Lines longer than `patternLineBytes` are not tried,
 * and a quantifier on a group that ends in an open quantifier, as in `(a+)+`, is refused.
 */
import { Fault } from '../../base/fault.js';
import { suggest } from '../../base/suggest.js';
import { createTextReader, type LineReader, placeOf } from '../lines.js';
import type { RecordLimits, RecordSink } from '../record.js';
import { grokAliases } from './grok.js';

export interface PatternOptions {
  readonly pattern: string;
  readonly limits: RecordLimits;
}

/** Chosen: a quadratic expression on 64 KiB still ends within seconds. */
export const patternLineBytes = 65_536;

export interface CompiledPattern {
  readonly regex: RegExp;
  readonly labels: readonly string[];
  /** The names of the expression's groups, in the order of `labels`. */
  readonly groups: readonly string[];
}

/**
 * A reader of lines by pattern. Rejects `line_shape` for a line that does not match.
 * **Faults** CC1003 for a pattern that cannot be used.
 */
export function createPatternReader(options: PatternOptions, sink: RecordSink): LineReader {
  const { regex, labels, groups } = compilePattern(options.pattern);
  const lineBytes = Math.min(options.limits.lineBytes, patternLineBytes);
  return createTextReader({ ...options.limits, lineBytes }, sink, (line, text) => {
    const found = regex.exec(text)?.groups;
    if (found === undefined) {
      sink.reject(placeOf(line), 'line_shape', 'the line does not match the pattern');
      return;
    }
    const values = groups.map((group) => found[group] ?? null);
    sink.record(placeOf(line), labels, values);
  });
}

/** **Faults** CC1003: not an expression, no named group, a name twice, an unknown alias. */
export function compilePattern(pattern: string): CompiledPattern {
  const named = new Map<string, string>();
  if (/[+*]\)[+*]/.test(pattern.replace(/\\./g, 'x'))) {
    throw patternFault('a repeated group that ends in a repetition can take for ever');
  }
  const source = expandGrok(pattern, named);
  let regex: RegExp;
  try {
    regex = new RegExp(source);
  } catch (cause) {
    throw patternFault('not a regular expression', cause);
  }
  const groups = groupNames(source);
  if (groups.length === 0) throw patternFault('no named group, as in (?<status>\\d+)');
  const labels = groups.map((group) => named.get(group) ?? group);
  if (new Set(labels).size !== labels.length) throw patternFault('the same name twice');
  return { regex, labels, groups };
}

/** Named groups in their order; an escaped parenthesis and a class hold none. */
function groupNames(source: string): readonly string[] {
  const bare = source.replace(/\\[^k]/g, '').replace(/\[[^\]]*\]/g, '');
  return [...bare.matchAll(/\(\?<([A-Za-z_$][\w$]*)>/g)].map((match) => match[1] ?? '');
}

/** Replaces aliases; the fields get group names a regular expression may have. */
function expandGrok(pattern: string, named: Map<string, string>): string {
  return pattern.replace(
    /%\{(\w+)(?::([\w.@-]+))?(?::\w+)?\}/g,
    (_, alias: string, field: string | undefined) => {
      const source = Object.hasOwn(grokAliases, alias) ? grokAliases[alias] : undefined;
      if (source === undefined) throw unknownAlias(alias);
      if (field === undefined) return `(?:${source})`;
      const group = `grok_${named.size + 1}`;
      named.set(group, field);
      return `(?<${group}>${source})`;
    },
  );
}

function unknownAlias(alias: string): Fault {
  const near = suggest(alias, Object.keys(grokAliases));
  return patternFault(`no alias %{${alias}}${near === null ? '' : `; did you mean %{${near}}?`}`);
}

function patternFault(problem: string, cause?: unknown): Fault {
  return new Fault('CC1003', { name: '--pattern', problem, command: 'ingest' }, { cause });
}
