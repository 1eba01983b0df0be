/**
 * One folder a case: the question, the SQL it becomes, the rows it gives. The judge agrees with
 * all rows. `UPDATE_CASES=1` writes SQL and rows anew; read the difference before it is kept.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openQueryEngine } from '../../src/engine/duckdb/execute.js';
import { defaultLimits } from '../../src/engine/duckdb/open.js';
import { runPlan } from '../../src/query/execute.js';
import { explainSql } from '../../src/query/explain.js';
import type { Engine, QuerySource } from '../../src/query/ports.js';
import { resolve } from '../../src/query/resolve.js';
import type { Result } from '../../src/query/result.js';
import { parseSpec } from '../../src/query/spec-text.js';
import { textsOf } from '../cases/case.js';
import { caseFiles, caseRoles, caseSchema } from '../cases/world.js';
import { judge } from '../oracle/oracle.js';
import { writePlainFiles } from '../oracle/rows.js';

const casesDir = new URL('../cases/', import.meta.url).pathname;
const names = readdirSync(casesDir, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort();
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

/** One line a row, so that a difference shows the row. */
function textOf(result: Result): string {
  const { columns, rows, series, other, total, groupCount, overTime, heatmaps } = result;
  const { intervals, provenance, notes } = result;
  const lines = [
    columns.map(({ name, type, unit }) => `${name}: ${type}${unit === null ? '' : ` ${unit}`}`),
    ...rows,
  ].map((row) => JSON.stringify(row));
  const series_ = series?.values.map((values) => `series ${JSON.stringify(values)}`) ?? [];
  return [
    ...lines,
    ...series_,
    ...(other === null ? [] : [`other ${JSON.stringify(other)}`]),
    ...(total === null ? [] : [`total ${JSON.stringify(total)}`]),
    ...(intervals?.rows ?? []).map((row) => `between ${JSON.stringify(row)}`),
    ...(overTime?.other ?? []).map((row) => `other ${JSON.stringify(row)}`),
    ...(overTime?.total ?? []).map((row) => `total ${JSON.stringify(row)}`),
    ...[series?.other ?? null, series?.total ?? null]
      .filter((values) => values !== null)
      .map((values) => `series behind ${JSON.stringify(values)}`),
    ...heatmaps.flatMap(({ counts, ...about }) => [
      `heatmap ${JSON.stringify(about)}`,
      ...counts.map((list) => `  ${JSON.stringify(list)}`),
    ]),
    `groups ${groupCount}, ${JSON.stringify(provenance.rows)}, files ${JSON.stringify(
      provenance.files,
    )}`,
    ...notes.map(({ level, code, text }) => `${level} ${code}: ${text}`),
    '',
  ].join('\n');
}

function expectFile(path: string, text: string): void {
  if (isUpdate) writeFileSync(path, text);
  expect(text).toBe(readFileSync(path, 'utf8'));
}

describe('cases', () => {
  it('has enough of them', () => {
    expect(names.length).toBeGreaterThanOrEqual(30);
  });

  it.each(names)('%s', async (name) => {
    const dir = join(casesDir, name);
    const texts = textsOf(readFileSync(join(dir, 'query.txt'), 'utf8'));
    const plan = resolve(parseSpec(texts), source);
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
    expectFile(join(dir, 'rows.txt'), textOf(result));
  });
});
