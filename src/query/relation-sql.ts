/**
 * Other spans of the trace as joins: semi for conditions, anti for `none`, left for values. Names
 * of the joined side begin with `#`, so that no column of data is ever mixed up with them.
 */
import { all, as, binary, call, column, isNotNull, isNull, select, text } from '../sql/build.js';
import type { SqlExpression, SqlSelect, SqlSource } from '../sql/node.js';
import type { FieldUse } from './field.js';
import type { Plan, PlanRelated, PlanRelation, PlanTrace } from './plan.js';
import type { RelationPrefix } from './spec.js';
import { conditionSql, relatedName, valueSql } from './value-sql.js';

const traceName = '#trace';
const spanName = '#span';

/** The events, left out where another span is missing, and with values of other spans. */
export function withOtherSpans(
  { relations, related, trace }: Plan,
  events: SqlSource,
  spans: SqlSource,
): SqlSource {
  if (trace === null) return events;
  let from = events;
  for (const relation of relations) {
    const alias = `with ${relation.prefix}`;
    from = {
      kind: 'join',
      type: relation.prefix === 'none' ? 'anti' : 'semi',
      left: from,
      right: { kind: 'subquery', select: relationSelect(relation, trace, spans), alias },
      on: tie(relation.prefix, trace, alias),
    };
  }
  for (const one of related) {
    const values = relatedSelect(one, trace, spans);
    const right: SqlSource = { kind: 'subquery', select: values, alias: one.prefix };
    const on = tie(one.prefix, trace, one.prefix);
    from = { kind: 'join', type: 'left', left: from, right, on };
  }
  return from;
}

function relationSelect(
  { prefix, where }: PlanRelation,
  trace: PlanTrace,
  from: SqlSource,
): SqlSelect {
  const columns = keysOf(prefix, trace).map(({ name, value }) => as(value, name));
  const conditions = [...placeOf(prefix, trace), ...where.map(conditionSql)];
  return select(columns, { from, where: all(conditions) });
}

/** One row for each span that is looked at; of several of the same id the smallest values. */
function relatedSelect(
  { prefix, uses }: PlanRelated,
  trace: PlanTrace,
  from: SqlSource,
): SqlSelect {
  const keys = keysOf(prefix, trace);
  const values = uses.map((use, index) => as(call('min', valueSql(use)), relatedName({ index })));
  return select([...keys.map(({ name, value }) => as(value, name)), ...values], {
    from,
    where: all(placeOf(prefix, trace)),
    groupBy: keys.map(({ value }) => value),
  });
}

/** What the other span is found by. */
function keysOf(prefix: RelationPrefix, { trace, span, parent }: PlanTrace) {
  const own = prefix === 'parent' ? span : prefix === 'child' ? parent : null;
  const keys = [{ name: traceName, value: idSql(trace) }];
  return own === null ? keys : [...keys, { name: spanName, value: idSql(own) }];
}

/** In a trace, and at its root where that is asked for. */
function placeOf(prefix: RelationPrefix, trace: PlanTrace): readonly SqlExpression[] {
  const isRoot = trace.parent === null ? [] : [isNull(idSql(trace.parent))];
  return [
    ...keysOf(prefix, trace).map(({ value }) => isNotNull(value)),
    ...(prefix === 'root' ? isRoot : []),
  ];
}

function tie(prefix: RelationPrefix, { trace, span, parent }: PlanTrace, alias: string) {
  const sameTrace = binary('=', idSql(trace), column(traceName, alias));
  const other = prefix === 'parent' ? parent : prefix === 'child' ? span : null;
  if (other === null) return sameTrace;
  return all([sameTrace, binary('=', idSql(other), column(spanName, alias))]);
}

/** An id; an empty one is none. */
function idSql(use: FieldUse): SqlExpression {
  return call('nullif', valueSql(use), text(''));
}
