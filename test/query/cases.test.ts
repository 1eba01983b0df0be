/**
 * One folder a case: the question, the SQL it becomes, the rows it gives. The judge agrees with
 * all rows. `UPDATE_CASES=1` writes SQL and rows anew; read the difference before it is kept.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openQueryEngine } from '../../src/engine/duckdb/execute.js';
import { defaultLimits } from '../../src/engine/duckdb/open.js';
import { runPlan } from '../../src/query/execute.js';
import { explainSql } from '../../src/query/explain.js';
import type { Engine, QuerySource } from '../../src/query/ports.js';
import { resolve } from '../../src/query/resolve.js';
import { parseSpec } from '../../src/query/spec-text.js';
import { caseNames, casesDir, resultText, textsOfCase } from '../cases/case.js';
import { caseFiles, caseRoles, caseSchema } from '../cases/world.js';
import { judge } from '../oracle/oracle.js';
import { writePlainFiles } from '../oracle/rows.js';

const isUpdate = process.env.UPDATE_CASES === '1';
const signal = new AbortController().signal;

const root = mkdtempSync(join(tmpdir(), 'coldcase-cases-'));
let source: QuerySource;
let engine: Engine;

beforeAll(async () => {
  const files = await writePlainFiles(root, caseSchema, caseFiles);
  const paths = files.map(({ path }) => path);
  source = {
    name: 'cases',
    dataset: 'events',
    version: 1,
    schema: caseSchema,
    roles: caseRoles,
    files,
  };
  engine = await openQueryEngine({ ...defaultLimits, files: paths, timeLimitMs: null });
});
afterAll(async () => {
  await engine.close();
  rmSync(root, { recursive: true, force: true });
});

function expectFile(path: string, text: string): void {
  if (isUpdate) writeFileSync(path, text);
  expect(text).toBe(readFileSync(path, 'utf8'));
}

describe('cases', () => {
  it('has enough of them', () => {
    expect(caseNames.length).toBeGreaterThanOrEqual(30);
  });

  it.each(caseNames)('%s', async (name) => {
    const dir = join(casesDir, name);
    const plan = resolve(parseSpec(textsOfCase(name)), source);
    const result = await runPlan(plan, engine, { signal });
    const verdict = judge(
      plan,
      caseFiles.flatMap(({ rows }) => rows),
    );
    expect(result.rows).toEqual(verdict.rows);
    expect(result.total).toEqual(verdict.total);
    expect(result.other).toEqual(verdict.other);
    expect(result.series?.values ?? null).toEqual(verdict.series);
    expect(result.overTime).toEqual(verdict.overTime);
    expect(result.heatmaps.map(({ counts }) => counts)).toEqual(verdict.heatmaps);
    expectFile(join(dir, 'query.sql'), `${explainSql(plan).replaceAll(`${root}/`, '')}\n`);
    expectFile(join(dir, 'rows.txt'), resultText(result));
  });
});
