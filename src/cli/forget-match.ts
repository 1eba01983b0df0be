/** Which events to forget: a filter as the engine tests it, and the texts it looks for. */
import { readFile } from 'node:fs/promises';
import { unreachable } from '../base/assert.js';
import { Fault } from '../base/fault.js';
import { isRecord, textOf } from '../delta/json-field.js';
import type { RowMatch } from '../engine/duckdb/forget.js';
import type { Condition } from '../query/condition.js';
import type { QuerySource } from '../query/ports.js';
import { resolve } from '../query/resolve.js';
import { noTexts, parseSpec } from '../query/spec-text.js';
import { conditionSql, sqlTypes } from '../query/value-sql.js';
import { all, binary, column, parameter } from '../sql/build.js';
import type { TimeRange } from '../time/range.js';

/** Which events are forgotten. */
export interface ForgetMatch {
  readonly match: RowMatch;
  /** Values the filter compares with, as text. */
  readonly texts: readonly string[];
}

/** **Faults** CC1004, CC1105, CC1201, CC1202. */
export function matchOf(
  where: readonly string[],
  source: QuerySource,
  window: TimeRange | null,
): ForgetMatch {
  const spec = parseSpec({ ...noTexts, where: [...where] });
  const plan = resolve({ ...spec, window }, source);
  if (plan.derived.length + plan.relations.length + plan.related.length > 0) {
    const problem = 'name columns; calculated fields and other spans cannot be forgotten by';
    throw new Fault('CC1004', { command: 'forget', problem });
  }
  const ts = column('ts');
  const instant = (value: number) => parameter({ type: 'timestamp', value });
  const inWindow =
    window === null
      ? []
      : [binary('>=', ts, instant(window.start)), binary('<', ts, instant(window.end))];
  const reads = plan.columns.map(({ name, type }) => [name, sqlTypes[type]] as const);
  const condition = all([...inWindow, ...plan.where.map(conditionSql)]);
  const texts = [...new Set(plan.where.flatMap(textsOf))].sort();
  return { match: { condition, reads }, texts };
}

function textsOf(condition: Condition): readonly string[] {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return condition.operands.flatMap(textsOf);
    case 'not':
      return textsOf(condition.operand);
    case 'compare':
      return condition.right.type === 'string' ? [condition.right.value] : [];
    case 'one of':
      return condition.values.flatMap((value) => (value.type === 'string' ? [value.value] : []));
    case 'starts':
    case 'ends':
    case 'contains':
      return [condition.part];
    case 'match':
    case 'exists':
    case 'constant':
    case 'compare fields':
      return [];
    default:
      return unreachable(condition);
  }
}

/** Those of the rejects files whose records hold one of the texts. */
export async function rejectsWith(
  paths: readonly string[],
  texts: readonly string[],
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const path of paths) {
    const lines = (await readFile(path, 'utf8').catch(() => '')).split('\n');
    const raws = lines.map(rawOf);
    if (texts.some((text) => text !== '' && raws.some((raw) => raw.includes(text)))) {
      found.push(path);
    }
  }
  return found;
}

function rawOf(line: string): string {
  try {
    const value: unknown = JSON.parse(line);
    const raw = isRecord(value) ? (textOf(value, 'raw_b64') ?? '') : '';
    return Buffer.from(raw, 'base64').toString('utf8');
  } catch {
    return line;
  }
}
