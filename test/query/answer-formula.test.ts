/** Formulas over calculations on the engine against the judge: random formulas, fixed seed. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { faultsOf } from '../../src/base/fault.js';
import { formulaFunctions } from '../../src/expression/formula-functions.js';
import { printFormula } from '../../src/expression/formula-print.js';
import { runPlan } from '../../src/query/execute.js';
import { resolve } from '../../src/query/resolve.js';
import { noTexts, parseSpec, type SpecTexts } from '../../src/query/spec-text.js';
import { questions, worlds } from '../oracle/arbitraries.js';
import { formulas } from '../oracle/formulas.js';
import { judge } from '../oracle/oracle.js';
import { withWorld } from '../oracle/worlds.js';

const root = mkdtempSync(join(tmpdir(), 'coldcase-answer-formula-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const worldCount = Number(process.env.ORACLE_WORLDS ?? 12);
const seed = 20200416;
const signal = new AbortController().signal;

/** Some shown, some known to the formulas alone. */
const calc = ['count as all', 'count where status >= 500 as failed', 'min(host)', 'sum(n)'];
const names = [
  ...['all', 'failed', 'min(host)', 'sum(n)', 'count', 'error_rate', 'max(started)', 'max(n)'],
  ...['p50(duration)', 'avg(cached)', 'distinct(host)', 'concurrency', 'rate_sum(n)', 'rate'],
  'count where cached = true',
];
const pairs = fc.tuple(formulas(names, 'groups'), formulas([...names, 'one'], 'groups'));

/** Engine and judge take logarithms and quotients to the last digits but a few. */
function rounded(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(rounded);
  if (typeof value === 'string') {
    return value.replace(/-?\d+\.\d{6,}(e[+-]\d+)?/g, (text) => String(+(+text).toPrecision(10)));
  }
  return typeof value === 'number' && !Number.isInteger(value)
    ? Number(value.toPrecision(10))
    : value;
}

describe('a formula over calculations', () => {
  it('has the values that the judge finds: groups, others, total and buckets', async () => {
    const used = new Set<string>();
    const types = new Set<string>();
    const shapes = new Set<string>();
    let [filled, missing] = [0, 0];
    await fc.assert(
      fc.asyncProperty(
        worlds,
        fc.array(fc.tuple(pairs, questions), { minLength: 12, maxLength: 16 }),
        (world, asked) =>
          withWorld(root, world, async ({ source, rows, engine }) => {
            for (const [pair, question] of asked) {
              const isBare = question.limit === 2;
              const [one, two] = pair.map(printFormula).map((text) => named(text, isBare));
              const texts = {
                ...question,
                calc: isBare ? [] : calc,
                formulas: [`one=${one}`, `two=${two}`],
                where: [],
                having: question.total ? question.having : [],
                order: [],
                bad: 'status >= 500',
              };
              const plan = resolve(parseSpec(texts), source);
              const result = await runPlan(plan, engine, { signal });
              const verdict = judge(plan, rows);
              const context = JSON.stringify({ one, two, by: texts.by, every: texts.every });
              const seen = { ...result, series: result.series?.values ?? null };
              for (const key of ['rows', 'other', 'total', 'series', 'overTime'] as const) {
                expect(flat(seen[key]), `${key} ${context}`).toEqual(flat(verdict[key]));
              }
              for (const name of Object.keys(formulaFunctions)) {
                if (`${one} ${two}`.includes(`${name}(`)) used.add(name);
              }
              shapes.add(texts.every?.shape ?? 'none');
              types.add(result.columns.at(-1)?.type ?? '');
              filled += [...result.rows].filter((row) => row.at(-1) !== null).length;
              missing += [...result.rows].filter((row) => row.at(-1) === null).length;
            }
          }),
      ),
      { numRuns: worldCount, seed, endOnFailure: true },
    );
    expect(filled).toBeGreaterThan(100);
    expect(missing).toBeGreaterThan(25);
    expect([...shapes].sort()).toEqual(['cells', 'none', 'rows', 'series']);
    expect([...types].sort()).toEqual(['boolean', 'integer', 'number', 'string']);
    const ofEvents = ['EVENT_TIMESTAMP', 'INGEST_TIMESTAMP'];
    const unused = Object.keys(formulaFunctions).filter((name) => !used.has(name));
    expect(unused).toEqual(ofEvents);
  }, 120_000);
});

/** Without `--calc` there are no names for calculations. */
function named(text: string, isBare: boolean): string {
  if (!isBare) return text;
  return text.replaceAll('$all', '$count').replaceAll('$failed', '$"count where status >= 500"');
}

function flat(value: object | null): unknown {
  return value === null ? null : rounded(Array.isArray(value) ? value : Object.values(value));
}

describe('the text of a formula', () => {
  const faults = (formulaTexts: readonly string[], more: Partial<SpecTexts> = {}): string[] => {
    try {
      parseSpec({ ...noTexts, ...more, formulas: formulaTexts });
      return [];
    } catch (error) {
      return faultsOf(error).map(
        ({ code, message, hint, at }) => `${code} ${at?.start}-${at?.end} ${message} (${hint})`,
      );
    }
  };

  it('names calculations shown, calculations that are not, and formulas before it', () => {
    const { calculations, formulas: read } = parseSpec({
      ...noTexts,
      calc: ['count as all,p95(duration)'],
      formulas: ['a b=$all / $COUNT', 'c=$"a b" + $"p95(duration)" + $"sum(x) where y = 1"'],
    });
    const meant = read.map(({ names: known }) => [...known].map(([name, { op }]) => [name, op]));
    expect(calculations.map(({ label }) => label)).toEqual(['all', 'p95(duration)']);
    expect(meant).toEqual([
      [
        ['all', 'count'],
        ['COUNT', 'count'],
      ],
      [
        ['a b', 'formula'],
        ['p95(duration)', 'percentile'],
        ['sum(x) where y = 1', 'sum'],
      ],
    ]);
  });

  it('has all its faults told at once, each where it stands', () => {
    const calc = ['count as all,count where status = 500 as failed,heatmap(x)'];
    expect(
      faults(['x=$faild / $all/2 + EVENT_TIMESTAMP()', 'y=$z + $y + $"heatmap(x)"', 'z=1'], {
        calc,
      }),
    ).toEqual([
      'CC1237 2-8 no calculation faild for this formula (did you mean $failed?)',
      'CC1237 11-17 no calculation all/2 for this formula (put spaces around /: it may be part of a name, so $all/2 is one name)',
      'CC1239 20-37 EVENT_TIMESTAMP is of one event, and a formula is over calculations (write a field with --field and calculate with it: $"max(NAME)")',
      'CC1240 2-4 y uses z, which stands behind it (give --formula z=… before --formula y=…)',
      'CC1236 7-9 y uses itself: y → y (a field or formula may use others, but none that uses it)',
      'CC1211 12-25 heatmap(x) has no single value for a group (it is drawn; use $p50 or $p95 instead)',
    ]);
  });

  it('has a name that nothing else has', () => {
    const more = { by: ['host'], calc: ['count as all'] };
    expect(faults(['host=1', 'all=1', 'count=1', 'a=1', 'a=2', '-b=1'], more)).toEqual([
      'CC1235 0-4 host is already a breakdown (give the field or formula another name)',
      'CC1235 0-3 all is already a calculation (give the field or formula another name)',
      'CC1210 0-5 a calculation cannot be called count: it is a calculation itself (give the formula another name)',
      'CC1235 0-1 a is already a formula (give the field or formula another name)',
      'CC1210 0-2 a calculation cannot be called -b: a minus in front means downwards in --order (give the formula another name)',
    ]);
  });

  it('points into the calculation that only the formula names', () => {
    expect(faults(['x=1 + $"count where status >"'])).toEqual([
      expect.stringMatching(/^CC1105 28-28 /),
    ]);
  });

  it('is nested as deep as 100 calls, formulas behind it included', () => {
    const deep = Array.from({ length: 12 }, (_, index) => {
      const inner = index === 0 ? '$count' : `$f${index - 1}`;
      return `f${index}=${'MIN('.repeat(9)}${inner}${')'.repeat(9)}`;
    });
    const source = {
      name: 'test',
      dataset: 'events',
      version: 1,
      schema: [],
      roles: {},
      files: [],
    };
    const plan = (texts: readonly string[]) =>
      resolve(parseSpec({ ...noTexts, formulas: texts }), source);
    expect(plan(deep.slice(0, 11)).calculations).toHaveLength(12);
    expect(() => plan(deep)).toThrow('f11 is nested too deep: 108 levels');
  });
});
