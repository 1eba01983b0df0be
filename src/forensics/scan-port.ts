/** What a scan asks of one snapshot. Every answer comes through here, so tests can count them. */
import { parseExpression } from '../expression/parse.js';
import { runPlan } from '../query/execute.js';
import type { Cell, QuerySource, SearchEngine } from '../query/ports.js';
import { resolve } from '../query/resolve.js';
import type { Result } from '../query/result.js';
import { rollUp } from '../query/rolled.js';
import { type RollupSpec, runRollup } from '../query/rollup.js';
import { type Filter, filter, type QuerySpec } from '../query/spec.js';

/** One snapshot, and the ways to ask it. */
export interface ScanPort {
  readonly source: QuerySource;
  readonly engine: SearchEngine;
  readonly signal: AbortSignal;
  readonly rollup: (spec: RollupSpec) => Promise<readonly (readonly Cell[])[]>;
  readonly ask: (spec: QuerySpec) => Promise<Result>;
  /** Says what is being done, and lets signals in. */
  readonly say: (text: string) => void;
}

/** Questions of counts are answered from rollups where the answer is the same. */
export function scanPort(
  source: QuerySource,
  { engine, signal, say }: Pick<ScanPort, 'engine' | 'signal' | 'say'>,
): ScanPort {
  return {
    source,
    engine,
    signal,
    rollup: (spec) => runRollup(source, spec, { engine, signal }),
    ask: (spec) => runPlan(rollUp(resolve(spec, source), source).plan, engine, { signal }),
    say,
  };
}

/** A filter from text of our own making. */
export function filterOf(text: string): Filter {
  return filter(parseExpression(text));
}

/** A column, never a role, as it stands in a filter. */
export function columnText(label: string): string {
  return `\`${label.replaceAll('`', '``')}\``;
}

/** A text as it stands in a filter. */
export function quoted(text: string): string {
  const escaped = text.replace(/[\\']/g, '\\$&').replace(/[\u0000-\u001f\u007f\u2028\u2029]/g, hex);
  return `'${escaped}'`;
}

function hex(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
