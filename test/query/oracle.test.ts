/** The engine against the judge: random data, random questions, fixed seed. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { runPlan } from '../../src/query/execute.js';
import { isFolded } from '../../src/query/folded.js';
import type { Plan } from '../../src/query/plan.js';
import type { Cell } from '../../src/query/ports.js';
import { resolve } from '../../src/query/resolve.js';
import type { Result } from '../../src/query/result.js';
import { parseSpec } from '../../src/query/spec-text.js';
import { type Question, questions, worlds } from '../oracle/arbitraries.js';
import { judge, judgeUnread } from '../oracle/oracle.js';
import { withWorld } from '../oracle/worlds.js';

const root = mkdtempSync(join(tmpdir(), 'coldcase-oracle-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const worldCount = Number(process.env.ORACLE_WORLDS ?? 60);
const seed = 20200416;

/** Doubles, whole ones beyond 2^53 too, may differ in their last digits: the engine divides 128 bits. */
function rounded(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(rounded);
  if (typeof value === 'object' && value !== null) return deep(value);
  return typeof value === 'number' && !Number.isSafeInteger(value)
    ? Number(value.toPrecision(12))
    : value;
}

describe('a plan', () => {
  it('gives on the engine what the judge finds row by row', async () => {
    let [answered, pruned, noted, drawn, folded, cut] = [0, 0, 0, 0, 0, 0];
    const ops = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        worlds,
        fc.array(questions, { minLength: 6, maxLength: 12 }),
        (world, asked) =>
          withWorld(root, world, async ({ source, rows, engine }) => {
            for (const [index, question] of asked.entries()) {
              const texts = index % 4 === 0 ? counted(question) : question;
              const plan = resolve(parseSpec(texts), source);
              const verdict = judge(plan, rows);
              const result = await runPlan(plan, engine, { signal: new AbortController().signal });
              const seen = {
                rows: result.rows as readonly (readonly Cell[])[],
                other: result.other,
                total: result.total,
                groupCount: result.groupCount,
                matched: result.provenance.rows.matched,
                series: result.series?.values ?? null,
                overTime: result.overTime,
                intervals: withoutLevel(result.intervals),
                heatmaps: result.heatmaps.map(({ counts }) => counts),
              };
              expect(deep(seen)).toEqual(deep(verdict));
              const notes = result.notes.filter(({ code }) => /number/.test(code));
              expect(notes).toEqual(judgeUnread(plan, rows));
              pruned += plan.files.windowPaths.length - plan.files.paths.length;
              noted += notes.length;
              drawn += result.heatmaps.filter(({ bins }) => bins.length > 0).length;
              folded += isFolded(plan) ? 1 : 0;
              cut += isCutApart(plan) ? 1 : 0;
              answered += result.rows.length > 0 ? 1 : 0;
              for (const { op } of plan.calculations) ops.add(op);
            }
          }),
      ),
      { numRuns: worldCount, seed, endOnFailure: true },
    );
    expect(answered).toBeGreaterThan(150);
    expect(pruned).toBeGreaterThan(20);
    expect(noted).toBeGreaterThan(50);
    expect(drawn).toBeGreaterThan(15);
    expect(folded).toBeGreaterThan(10);
    expect(cut).toBeGreaterThan(10);
    expect(ops.size).toBe(13);
  }, 600_000);
});

/** The same question, of numbers of events alone. */
function counted(question: Question): Question {
  const calc = ['count', 'rate where n > 0', 'error_rate', 'count where host in ("api-1", "NULL")'];
  const having = question.having.length === 0 ? [] : ['count where status >= 500 >= 1'];
  return { ...question, calc, having, order: ['-count'], every: null };
}

/** Whether some files lie in the window, and others are cut by it. */
function isCutApart({ windowed, files }: Plan): boolean {
  return windowed && files.cutPaths.length > 0 && files.cutPaths.length < files.windowPaths.length;
}

function withoutLevel(intervals: Result['intervals']) {
  if (intervals === null) return null;
  const { level, ...rest } = intervals;
  expect(level).toBe(0.95);
  return rest;
}

function deep(value: object): object {
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, rounded(item)]));
}
