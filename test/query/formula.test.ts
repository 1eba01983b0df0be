/** Calculated fields on the engine against the judge: random formulas, random rows, fixed seed. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { formulaFunctions } from '../../src/expression/formula-functions.js';
import { printFormula } from '../../src/expression/formula-print.js';
import { runPlan } from '../../src/query/execute.js';
import { resolve } from '../../src/query/resolve.js';
import { noTexts, parseSpec } from '../../src/query/spec-text.js';
import { worlds } from '../oracle/arbitraries.js';
import { formulas } from '../oracle/formulas.js';
import { judge } from '../oracle/oracle.js';
import { withWorld } from '../oracle/worlds.js';

const root = mkdtempSync(join(tmpdir(), 'coldcase-formula-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const worldCount = Number(process.env.ORACLE_WORLDS ?? 12);
const seed = 20200416;
const signal = new AbortController().signal;

const columns = [
  ...['host', 'status', 'http.status', 'url', 'duration', 'duration_ms', 'took', 'cached'],
  ...['started', 'n', 'size', 'date', 'ts', 'weight'],
];

/** Engine and judge take logarithms and quotients to the last digit but one. */
function rounded(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(rounded);
  if (typeof value === 'string') {
    return value.replace(/-?\d+\.\d{6,}(e[+-]\d+)?/g, (text) => String(+(+text).toPrecision(12)));
  }
  return typeof value === 'number' && !Number.isInteger(value)
    ? Number(value.toPrecision(12))
    : value;
}

describe('a calculated field', () => {
  it('has on the engine the values that the judge finds row by row', async () => {
    const used = new Set<string>();
    const types = new Set<string>();
    let filled = 0;
    await fc.assert(
      fc.asyncProperty(
        worlds,
        fc.array(fc.tuple(formulas(columns), formulas([...columns, 'one'])), {
          minLength: 12,
          maxLength: 16,
        }),
        (world, pairs) =>
          withWorld(root, world, async ({ source, rows, engine }) => {
            for (const pair of pairs) {
              const [one, two] = pair.map(printFormula);
              for (const name of Object.keys(formulaFunctions)) {
                if (`${one} ${two}`.includes(`${name}(`)) used.add(name);
              }
              const fields = [`two=${two}`, `one=${one}`];
              const texts = { ...noTexts, fields, by: ['two'], calc: ['count', 'distinct(one)'] };
              const asked = { ...texts, where: ['two exists or one missing'] };
              const plan = resolve(parseSpec(asked), source);
              const result = await runPlan(plan, engine, { signal });
              const verdict = judge(plan, rows);
              const context = `two=${two}\none=${one}`;
              expect(rounded(sorted([...result.rows])), context).toEqual(
                rounded(sorted(verdict.rows)),
              );
              for (const { type } of result.columns.slice(0, 1)) types.add(type);
              filled += [...result.rows].filter(([value]) => value !== null).length;
            }
          }),
      ),
      { numRuns: worldCount, seed, endOnFailure: true },
    );
    expect(filled).toBeGreaterThan(80);
    expect([...types].sort()).toEqual(['boolean', 'integer', 'number', 'string']);
    expect(Object.keys(formulaFunctions).filter((name) => !used.has(name))).toEqual([]);
  });

  it('leaves out no file that it could have matched', async () => {
    const fields = ['$status', '$n', '$status + $n', 'IF($status > 300, $status, $n)'];
    const numbers = fc.constantFrom(...fields, 'LENGTH($url)', 'IF($host = "api-1", $status)');
    const conditions = fc.constantFrom(
      ...['one = 200', 'one >= 400 and status >= 400', 'one exists and n = 1', 'one missing'],
      ...['not (one < 5) or status = 500', 'one < 0', 'status = 503 or one = 1', 'status = 404'],
    );
    let [pruned, filled] = [0, 0];
    const asked = fc.array(fc.tuple(numbers, conditions), { minLength: 9, maxLength: 9 });
    await fc.assert(
      fc.asyncProperty(worlds, asked, (world, all) =>
        withWorld(root, world, async ({ source, engine }) => {
          const unmeasured = source.files.map(({ mayHoldText: _, ...file }) => ({
            ...file,
            stats: null,
          }));
          for (const [one, where] of all) {
            const texts = { ...noTexts, fields: [`one=${one}`], by: ['one'], calc: ['count'] };
            const spec = parseSpec({ ...texts, where: [where] });
            const plan = resolve(spec, source);
            const whole = resolve(spec, { ...source, files: unmeasured });
            const answer = await runPlan(plan, engine, { signal });
            const expected = await runPlan(whole, engine, { signal });
            expect(answer.rows, `one=${one} where ${where}`).toEqual(expected.rows);
            expect(answer.provenance.rows.matched).toBe(expected.provenance.rows.matched);
            pruned += whole.files.paths.length - plan.files.paths.length;
            filled += answer.groupCount;
          }
        }),
      ),
      { numRuns: 5, seed, endOnFailure: true },
    );
    expect(pruned).toBeGreaterThan(5);
    expect(filled).toBeGreaterThan(20);
  });
});

/** Rounding may swap neighbours, so rows are compared in the order of their text. */
function sorted(rows: readonly (readonly unknown[])[]): readonly (readonly unknown[])[] {
  const text = (row: readonly unknown[]) => JSON.stringify(rounded([...row]));
  return [...rows].sort((left, right) => (text(left) < text(right) ? -1 : 1));
}
