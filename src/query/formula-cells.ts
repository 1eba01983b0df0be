/**
 * Formulas over calculations that are known already: those of buckets, which are put together from
 * several answers of the engine. Equal calculations are sent once.
 */
import { present } from '../base/assert.js';
import { as, column, order } from '../sql/build.js';
import type { SqlQuery, SqlSelect } from '../sql/node.js';
import { givenRows } from './cell-text.js';
import { isWhole, standingOn, withFormulas } from './group-formula.js';
import type { Plan, PlanCalculation } from './plan.js';
import type { Cell, EngineRows } from './ports.js';
import { aliases } from './rows-sql.js';
import { shownCell } from './series.js';

/** Asks the engine. */
export type Run = (query: SqlQuery) => Promise<EngineRows>;

/** The calculations that some stand on and that are no formulas. */
export function plainOf(
  { calculations }: Pick<Plan, 'calculations'>,
  wanted: readonly PlanCalculation[],
): readonly PlanCalculation[] {
  return standingOn(wanted, calculations).filter(({ formula }) => formula === null);
}

/** **Shape** one list a bucket: `given` of `plainOf(wanted)`, the answer of `wanted`. */
export async function runFormulas(
  plan: Plan,
  wanted: readonly PlanCalculation[],
  given: readonly (readonly Cell[])[],
  run: Run,
): Promise<readonly (readonly Cell[])[]> {
  if (wanted.every(({ formula }) => formula === null)) return given;
  const plain = plainOf(plan, wanted);
  const distinct = new Map(given.map((cells) => [nameOf(cells), cells] as const));
  const { rows } = await run(compileFormulas(plan, wanted, [...distinct.values()]));
  const asked = standingOn(wanted, plan.calculations);
  const answers = new Map([...distinct.keys()].map((name, index) => [name, rows[index]] as const));
  return given.map((cells) => {
    const answer = present(answers.get(nameOf(cells)), 'the formulas of a bucket');
    return wanted.map((item) => {
      const own = plain.indexOf(item);
      return own < 0 ? shownCell(item, answer[asked.indexOf(item)] ?? null) : (cells[own] ?? null);
    });
  });
}

/** The same text for equal cells. */
function nameOf(cells: readonly Cell[]): string {
  return JSON.stringify(cells.map((cell) => (typeof cell === 'bigint' ? `${cell}n` : cell)));
}

/** **Shape** one row for each of `given`, in that order: what `wanted` stands on and itself. */
function compileFormulas(
  plan: Pick<Plan, 'calculations'>,
  wanted: readonly PlanCalculation[],
  given: readonly (readonly Cell[])[],
): SqlSelect {
  const asked = new Set(standingOn(wanted, plan.calculations));
  const plain = plainOf(plan, wanted).map((item) => plan.calculations.indexOf(item));
  const columns = plain.map((place, index) => {
    const item = present(plan.calculations[place], 'a calculation');
    // Sums are wider than 64 bits.
    const type = item.type === 'integer' && !isWhole(item) ? 'number' : item.type;
    return { name: aliases.calculation(place), type, index };
  });
  const from = givenRows(columns, given, 'cells');
  const number = column(aliases.group);
  const needed = plan.calculations.map((item) => (asked.has(item) ? item : null));
  const answers = withFormulas(needed, from, { before: [], behind: [as(number, aliases.group)] });
  return { ...answers, orderBy: [order(number)] };
}
