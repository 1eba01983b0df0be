/** Puts the names of parameters in place of `$name` where a question names roles and columns. */
import { Fault } from '../base/fault.js';
import { type Parameters, parameterName } from '../expression/parameter.js';
import type { Breakdown, Calculation, Measure, Order, QuerySpec, Term } from './spec.js';

/** Filters are bound when they are read. **Faults** CC1003 for a parameter that is no name. */
export function bindTerms(spec: QuerySpec, parameters: Parameters): QuerySpec {
  const term = (asked: Term): Term => boundTerm(asked, parameters);
  const breakdown = (asked: Breakdown): Breakdown =>
    relabelled(asked, asked.term, term(asked.term));
  const calculation = (asked: Calculation): Calculation => {
    if (asked.column === null) return asked;
    const { term: column, label } = relabelled(
      { term: asked.column, label: asked.label },
      asked.column,
      term(asked.column),
    );
    return { ...asked, column, label };
  };
  const measure = (asked: Measure): Measure =>
    asked.op === 'formula' ? asked : calculation(asked);
  const order = (asked: Order): Order => {
    if (asked.term.kind === 'calculation') {
      const bound = measure(asked.term.calculation);
      return { ...asked, term: { kind: 'calculation', calculation: bound } };
    }
    const index = spec.breakdowns.findIndex(({ label }) => label === labelOf(asked));
    const named = spec.breakdowns[index];
    if (named === undefined) return asked;
    return { ...asked, term: { kind: 'breakdown', label: breakdown(named).label } };
  };
  return Object.freeze({
    ...spec,
    breakdowns: spec.breakdowns.map(breakdown),
    calculations: spec.calculations.map(calculation),
    formulas: spec.formulas.map((one) => ({
      ...one,
      names: new Map([...one.names].map(([name, meant]) => [name, measure(meant)])),
    })),
    having: spec.having.map((one) => ({ ...one, calculation: measure(one.calculation) })),
    orders: spec.orders.map(order),
  });
}

function labelOf({ term }: Order): string {
  return term.kind === 'breakdown' ? term.label : term.calculation.label;
}

function boundTerm(asked: Term, parameters: Parameters): Term {
  const name = asked.exact ? null : parameterName(asked.name);
  if (name === null) return asked;
  const bound = parameters.get(name);
  if (bound?.kind === 'name') return { ...asked, name: bound.name, exact: bound.exact };
  const problem =
    bound === undefined
      ? `${asked.name} is not declared as a parameter`
      : `${asked.name} is a value where a column is expected`;
  const option = asked.at?.option ?? '--by';
  const at = asked.at === null ? {} : { at: asked.at };
  throw new Fault('CC1003', { name: option, problem, command: 'query' }, at);
}

/** The heading shows the name that was given instead of the parameter. */
function relabelled<T extends { readonly term: Term; readonly label: string }>(
  asked: T,
  from: Term,
  to: Term,
): T {
  if (from === to) return asked;
  return { ...asked, term: to, label: asked.label.replace(from.name, () => to.name) };
}
