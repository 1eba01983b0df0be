/**
 * Names with a prefix such as `root.` mean another span of the same trace. Conditions of one prefix
 * must hold for one and the same span; a column of that very name comes before the prefix.
 */
import { Fault } from '../base/fault.js';
import { referencesOf, withReferences } from '../expression/references.js';
import type { Expression, Reference } from '../expression/tree.js';
import { type Field, type FieldUse, shownUse } from './field.js';
import type { PlanRelated, PlanRelation, PlanTrace } from './plan.js';
import { resolveFilter } from './resolve-filter.js';
import { findField, resolveTerm, type Scope } from './scope.js';
import { type Filter, type RelationPrefix, relationPrefixes, type Term } from './spec.js';

/** The prefix of a name and what stands behind it; null where the name is a column of its own. */
export function prefixed(
  scope: Scope,
  { name, exact }: Pick<Term, 'name' | 'exact'>,
): { readonly prefix: RelationPrefix; readonly rest: string } | null {
  if (exact) return null;
  const prefix = relationPrefixes.find((known) => name.startsWith(`${known}.`));
  if (prefix === undefined || name.length === prefix.length + 1) return null;
  if (findField(scope, name, false) !== null) return null;
  return { prefix, rest: name.slice(prefix.length + 1) };
}

/** What a question asks of other spans than those it counts. */
export class RelationList {
  readonly #relations = new Map<RelationPrefix, PlanRelation>();
  readonly #related = new Map<RelationPrefix, FieldUse[]>();
  readonly #scope: Scope;
  readonly #faults: Fault[];

  constructor(scope: Scope, faults: Fault[]) {
    this.#scope = scope;
    this.#faults = faults;
  }

  get relations(): readonly PlanRelation[] {
    return [...this.#relations.values()];
  }

  get related(): readonly PlanRelated[] {
    return [...this.#related].map(([prefix, uses]) => ({ prefix, uses }));
  }

  /** Whether other spans are looked at. */
  get isUsed(): boolean {
    return this.#relations.size + this.#related.size > 0;
  }

  /** What is left of a filter for the events themselves; null when nothing is. */
  split(asked: Filter): Filter | null {
    const { expression } = asked;
    const terms = expression.kind === 'and' ? expression.operands : [expression];
    const own = terms.filter((part) => !this.#take(asked, part));
    const [first] = own;
    if (own.length === terms.length || first === undefined) return own.length > 0 ? asked : null;
    const rest: Expression =
      own.length === 1 ? first : { kind: 'and', operands: own, span: expression.span };
    return { ...asked, expression: rest };
  }

  /** Takes a condition on another span; false when it is one on the event itself. */
  #take(asked: Filter, part: Expression): boolean {
    const found = referencesOf(part).map((one) => prefixed(this.#scope, one)?.prefix ?? null);
    const [prefix = null, ...others] = [...new Set(found)];
    if (prefix === null && others.length === 0) return false;
    if (prefix === null || others.length > 0) {
      const { start, end } = part.span;
      const at = asked.at === null ? {} : { at: { ...asked.at, start, end } };
      this.#faults.push(new Fault('CC1212', {}, at));
      return true;
    }
    const strip = ({ name, span, ...rest }: Reference): Reference => {
      const cut = prefix.length + 1;
      return { ...rest, name: name.slice(cut), span: { ...span, start: span.start + cut } };
    };
    const filter = { ...asked, expression: withReferences(part, strip) };
    const condition = resolveFilter(this.#scope, filter, this.#faults);
    if (condition === null) return true;
    const known = this.#relations.get(prefix)?.where ?? [];
    this.#relations.set(prefix, { prefix, where: [...known, condition.condition] });
    return true;
  }

  /** The field a breakdown by another span stands for; undefined when it is none (CC1213). */
  find(term: Term): Field | null | undefined {
    const named = prefixed(this.#scope, term);
    if (named === null) return undefined;
    const { prefix, rest } = named;
    if (prefix !== 'root' && prefix !== 'parent') {
      const at = term.at === null ? {} : { at: term.at };
      this.#faults.push(new Fault('CC1213', { name: term.name, prefix }, at));
      return null;
    }
    const field = resolveTerm(this.#scope, { ...term, name: rest }, this.#faults);
    if (field === null) return null;
    const use = shownUse(field);
    const uses = this.#related.get(prefix) ?? [];
    const index = uses.push(use) - 1;
    this.#related.set(prefix, uses);
    const sources = [{ kind: 'related', prefix, index, type: use.as }] as const;
    return { ...field, label: term.name, sources, type: use.as };
  }

  /** How spans are tied to each other; null after a fault (CC1214). */
  trace(): PlanTrace | null {
    const use = (role: 'trace' | 'span' | 'parent'): FieldUse | null => {
      const field = findField(this.#scope, role, false);
      if (field !== null) return { field, as: 'string' };
      const prefixes = [...this.#relations.keys(), ...this.#related.keys()];
      const prefix = prefixes[0] ?? 'root';
      this.#faults.push(new Fault('CC1214', { prefix: `${prefix}.`, role }));
      return null;
    };
    const asked = [...this.#relations.keys(), ...this.#related.keys()];
    const needsSpan = asked.some((prefix) => prefix === 'parent' || prefix === 'child');
    const needsParent = needsSpan || asked.includes('root');
    const trace = use('trace');
    const span = needsSpan ? use('span') : null;
    const parent = needsParent ? use('parent') : null;
    return trace && { trace, span, parent };
  }
}
