/**
 * What a statement that somebody typed may do: read the views and work out values. Judged on the
 * tree of the engine's own parser, by lists of what is allowed; whatever is on no list is refused.
 */
import {
  allowedFunctions,
  allowedTableFunctions,
  orderedAggregates,
  unstableFunctions,
} from './allowed-functions.js';
import { childrenOf, isRecord, listOf, locationOf, type TreeRecord, textOf } from './tree.js';

export interface StatementProblem {
  readonly kind: 'function' | 'table function' | 'view' | 'form';
  readonly name: string;
  /** **Units** bytes of UTF-8 from the start; null when the tree does not say. */
  readonly at: number | null;
}

/** What makes two runs of the same statement differ, and what it reads. */
export interface StatementFacts {
  readonly views: ReadonlySet<string>;
  /** Names that stand for a table in the statement, in lower case. */
  readonly tableNames: ReadonlySet<string>;
  readonly isOrdered: boolean;
  readonly hasArbitraryLimit: boolean;
  readonly isSampled: boolean;
  readonly unstable: readonly string[];
  readonly unordered: readonly string[];
}

export interface JudgedStatement {
  readonly problems: readonly StatementProblem[];
  readonly facts: StatementFacts;
}

const nodeTypes = new Set('SELECT_NODE SET_OPERATION_NODE RECURSIVE_CTE_NODE'.split(' '));
const modifierTypes = new Set(
  'ORDER_MODIFIER LIMIT_MODIFIER LIMIT_PERCENT_MODIFIER DISTINCT_MODIFIER'.split(' '),
);
const sourceTypes = new Set(
  'BASE_TABLE SUBQUERY JOIN TABLE_FUNCTION EXPRESSION_LIST EMPTY SHOW_REF PIVOT'.split(' '),
);
const expressionClasses = new Set(
  `BETWEEN CASE CAST COLLATE COLUMN_REF COMPARISON CONJUNCTION CONSTANT FUNCTION LAMBDA LAMBDA_REF
   OPERATOR PARAMETER POSITIONAL_REFERENCE STAR SUBQUERY TYPE WINDOW`.split(/\s+/),
);
const showTypes = new Set(['DESCRIBE', 'SUMMARY']);
/** Words in `type` that say how, not what: order of rows, order of nulls, shape of a type. */
const plainTypes =
  /^(ORDER_DEFAULT|ASCENDING|DESCENDING|ORDER_ASCENDING|ORDER_DESCENDING|\w+_TYPE_INFO)$/;
const typeName = /^[a-z_][\w ]*$/i;

type Scope = ReadonlySet<string>;

/** Judges the tree of one statement against the names of the views. */
export function judgeStatement(tree: unknown, views: ReadonlySet<string>): JudgedStatement {
  const judge = new StatementJudge(views);
  judge.visit(tree, new Set());
  return { problems: judge.problems, facts: judge.facts(tree) };
}

/** Collects while it walks; one for each statement. */
class StatementJudge {
  readonly problems: StatementProblem[] = [];
  readonly #views: ReadonlySet<string>;
  readonly #used = new Set<string>();
  readonly #tableNames = new Set<string>();
  readonly #unstable = new Set<string>();
  readonly #unordered = new Set<string>();
  #hasArbitraryLimit = false;
  #isSampled = false;

  constructor(views: ReadonlySet<string>) {
    this.#views = views;
  }

  facts(tree: unknown): StatementFacts {
    const isOrdered = isRecord(tree) && (hasOrder(tree) || isShow(tree));
    return {
      views: this.#used,
      tableNames: this.#tableNames,
      isOrdered,
      hasArbitraryLimit: this.#hasArbitraryLimit,
      isSampled: this.#isSampled,
      unstable: [...this.#unstable].sort(),
      unordered: [...this.#unordered].sort(),
    };
  }

  visit(value: unknown, scope: Scope): void {
    if (Array.isArray(value)) {
      for (const item of value) this.visit(item, scope);
      return;
    }
    if (!isRecord(value)) return;
    const inner = this.#scopeWithin(value, scope);
    this.#judge(value, inner);
    for (const [key, child] of childrenOf(value)) {
      if (key === 'cte_map') continue;
      const isStep = value.type === 'RECURSIVE_CTE_NODE' && key !== 'left';
      this.visit(child, isStep ? this.#withSelf(value, inner) : inner);
    }
  }

  /** A recursive common table sees itself in its step, and not in its start. */
  #withSelf(node: TreeRecord, scope: Scope): Scope {
    const names = new Set(scope);
    this.#addName(names, textOf(node, 'cte_name'));
    return names;
  }

  /** A common table sees those before it. */
  #scopeWithin(node: TreeRecord, scope: Scope): Scope {
    const names = new Set(scope);
    const { cte_map: map } = node;
    for (const entry of isRecord(map) ? listOf(map, 'map') : []) {
      if (!isRecord(entry)) continue;
      this.visit(entry.value, names);
      this.#addName(names, textOf(entry, 'key'));
    }
    return names;
  }

  #addName(names: Set<string>, name: string): void {
    names.add(name.toLowerCase());
    this.#tableNames.add(name.toLowerCase());
  }

  #judge(node: TreeRecord, scope: Scope): void {
    if (typeof node.class === 'string') this.#judgeExpression(node, node.class);
    else if (typeof node.type === 'string') this.#judgeNode(node, node.type, scope);
    if (typeof node.id === 'string') this.#judgeType(node);
    if (isRecord(node.sample)) this.#isSampled = true;
  }

  #judgeExpression(node: TreeRecord, expressionClass: string): void {
    if (!expressionClasses.has(expressionClass)) this.#refuse('form', expressionClass, node);
    if (node.function_name === undefined) return;
    const name = textOf(node, 'function_name').toLowerCase();
    const schema = textOf(node, 'schema');
    const isBuiltIn = (schema === '' || schema === 'main') && textOf(node, 'catalog') === '';
    if (!isBuiltIn || !allowedFunctions.has(name)) this.#refuse('function', name, node);
    if (unstableFunctions.has(name)) this.#unstable.add(name);
    const orders = isRecord(node.order_bys) ? listOf(node.order_bys, 'orders') : [];
    const isWindow = expressionClass === 'WINDOW';
    if (orderedAggregates.has(name) && orders.length === 0 && !isWindow) this.#unordered.add(name);
  }

  #judgeNode(node: TreeRecord, type: string, scope: Scope): void {
    if (nodeTypes.has(type)) {
      if (isArbitrary(node)) this.#hasArbitraryLimit = true;
    } else if (sourceTypes.has(type)) this.#judgeSource(node, type, scope);
    else if (!modifierTypes.has(type) && !plainTypes.test(type)) this.#refuse('form', type, node);
  }

  #judgeSource(node: TreeRecord, type: string, scope: Scope): void {
    const alias = textOf(node, 'alias').toLowerCase();
    if (alias !== '') this.#tableNames.add(alias);
    if (type === 'BASE_TABLE') this.#judgeTable(node, scope);
    if (type === 'TABLE_FUNCTION') this.#judgeTableFunction(node);
    if (type !== 'SHOW_REF') return;
    const isKnown = showTypes.has(textOf(node, 'show_type')) && isRecord(node.query);
    if (!isKnown) this.#refuse('form', 'SHOW', node);
    if (textOf(node, 'show_type') === 'SUMMARY') this.#unstable.add('summarize');
  }

  #judgeTable(node: TreeRecord, scope: Scope): void {
    const name = textOf(node, 'table_name').toLowerCase();
    this.#tableNames.add(name);
    const place = textOf(node, 'schema_name') + textOf(node, 'catalog_name');
    const isView = this.#views.has(name);
    if (place !== '' || isRecord(node.at_clause) || !(scope.has(name) || isView)) {
      this.#refuse('view', textOf(node, 'table_name'), node);
    } else if (!scope.has(name)) this.#used.add(name);
  }

  #judgeTableFunction(node: TreeRecord): void {
    const call = isRecord(node.function) ? node.function : {};
    const name = textOf(call, 'function_name').toLowerCase();
    const isCall = call.class === 'FUNCTION' && allowedTableFunctions.has(name);
    if (!isCall) this.#refuse('table function', name, node);
  }

  /** A type of a name of its own is looked up in the catalogue. */
  #judgeType(node: TreeRecord): void {
    const info = isRecord(node.type_info) ? node.type_info : {};
    const isPlain =
      info.name === undefined || info.name === null || typeName.test(textOf(info, 'name'));
    const place = textOf(info, 'schema') + textOf(info, 'catalog');
    if (!isPlain || place !== '') this.#refuse('form', 'a type of that name', node);
  }

  #refuse(kind: StatementProblem['kind'], name: string, node: TreeRecord): void {
    this.problems.push({ kind, name, at: locationOf(node) });
  }
}

function modifiersOf(node: TreeRecord): readonly string[] {
  return listOf(node, 'modifiers').map((item) => (isRecord(item) ? textOf(item, 'type') : ''));
}

function hasOrder(node: TreeRecord): boolean {
  return modifiersOf(node).includes('ORDER_MODIFIER');
}

/** DESCRIBE and SUMMARIZE give a row for each column, in their order. */
function isShow({ from_table: from }: TreeRecord): boolean {
  return isRecord(from) && from.type === 'SHOW_REF';
}

/** Some of the rows are left out, and nothing says which. */
function isArbitrary(node: TreeRecord): boolean {
  if (hasOrder(node)) return false;
  return listOf(node, 'modifiers').some((item) => {
    if (!isRecord(item)) return false;
    const type = textOf(item, 'type');
    if (type === 'DISTINCT_MODIFIER') return listOf(item, 'distinct_on_targets').length > 0;
    return type === 'LIMIT_MODIFIER' || type === 'LIMIT_PERCENT_MODIFIER';
  });
}
