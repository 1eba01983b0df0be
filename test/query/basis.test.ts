/** Cells kept of the files against the files themselves: the same answer, read once. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { openQueryEngine } from '../../src/engine/duckdb/execute.js';
import { defaultLimits } from '../../src/engine/duckdb/open.js';
import { cellsOf } from '../../src/query/basis.js';
import { runPlan } from '../../src/query/execute.js';
import type { Plan } from '../../src/query/plan.js';
import type { Engine } from '../../src/query/ports.js';
import { resolve } from '../../src/query/resolve.js';
import { parseSpec } from '../../src/query/spec-text.js';
import { printStatement } from '../../src/sql/print.js';
import { questions, worlds } from '../oracle/arbitraries.js';
import { writePlainFiles } from '../oracle/rows.js';

const root = mkdtempSync(join(tmpdir(), 'coldcase-basis-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const { signal } = new AbortController();

/** The engine, and how often it was told to read files. */
function counting(engine: Engine): { readonly engine: Engine; readonly reads: () => number } {
  let reads = 0;
  const count = (sql: string): void => {
    reads += sql.match(/read_parquet/g)?.length ?? 0;
  };
  const { keep } = engine;
  return {
    engine: {
      ...engine,
      execute: (statement, stop) => {
        count(statement.sql);
        return engine.execute(statement, stop);
      },
      ...(keep && {
        keep: (query, stop) => {
          count(printStatement(query).sql);
          return keep(query, stop);
        },
      }),
    },
    reads: () => reads,
  };
}

/** As if statistics of the files said that few values occur, so that cells tell them apart. */
function withFewValues(plan: Plan): Plan {
  return { ...plan, heatmaps: plan.heatmaps.map((one) => ({ ...one, mostValues: 100 })) };
}

describe('cells', () => {
  it('give the answer of the files, to the last digit', async () => {
    let [kept, saved, valued] = [0, 0, 0];
    await fc.assert(
      fc.asyncProperty(
        worlds,
        fc.array(questions, { minLength: 24, maxLength: 24 }),
        async (world, asked) => {
          const dir = mkdtempSync(join(root, 'w'));
          const files = await writePlainFiles(dir, world.schema, world.files, world.without);
          const { schema, roles } = world;
          const source = { name: 'test', dataset: 'events', version: 3, schema, roles, files };
          const paths = files.map(({ path }) => path);
          const engine = await openQueryEngine({
            ...defaultLimits,
            files: paths,
            timeLimitMs: null,
          });
          try {
            for (const [at, texts] of asked.entries()) {
              const drawn = { by: [], calc: [...new Set([...texts.calc, 'heatmap(duration)'])] };
              const total = { ...texts, ...(at % 3 === 0 ? drawn : {}), total: true };
              const plan = withFewValues(resolve(parseSpec(total), source));
              const cells = cellsOf(plan);
              if (cells === null) continue;
              valued += cells.basis('cells').values === null ? 0 : 1;
              const { keep: _, ...withoutTables } = engine;
              const [once, often] = [counting(engine), counting(withoutTables)];
              const answer = await runPlan(plan, once.engine, { signal });
              expect(answer).toEqual(await runPlan(plan, often.engine, { signal }));
              kept += 1;
              saved += often.reads() - once.reads();
            }
          } finally {
            await engine.close();
          }
        },
      ),
      { numRuns: 8, seed: 20200416, endOnFailure: true },
    );
    expect(kept).toBeGreaterThan(20);
    expect(valued).toBeGreaterThan(4);
    expect(saved).toBeGreaterThan(kept);
  }, 300_000);
});
