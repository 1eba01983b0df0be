/** `coldcase columns`: every column with its type, role, share of missing values and examples. */
import { type Column, type Schema, systemColumns } from '../../event/column.js';
import { type Roles, roleNames } from '../../event/role.js';
import { printFormula } from '../../expression/formula-print.js';
import { runQuery } from '../../query/execute.js';
import type { Engine, QuerySource } from '../../query/ports.js';
import type { Note } from '../../query/result.js';
import { scopeOf, withDerived } from '../../query/scope.js';
import { countCalculation, filter, type QuerySpec, querySpec } from '../../query/spec.js';
import { jsonRow } from '../../render/json.js';
import { plural } from '../../render/number.js';
import type { Table, TableColumn, TableRow } from '../../render/table.js';
import type { Dataset } from '../../store/dataset.js';
import type { Answer } from '../answer.js';
import { type MeasuredColumn, measureByCensus } from '../column-census.js';
import type { CommandModule, Invocation } from '../command.js';
import { damageNotes } from '../damage-notes.js';
import { fileOptionSpecs } from '../file-options.js';
import { lazyCensus, limitsOf, openEngine } from '../lazy-engine.js';
import { flagOption } from '../option-values.js';
import { querySourceOf } from '../query-source.js';
import { openSource } from '../source.js';

export const columnsCommand: CommandModule = {
  name: 'columns',
  words: '[files...]',
  summary: 'what columns and roles there are',
  examples: [
    ['coldcase columns', 'of the store'],
    ['coldcase columns access.log', 'what ingest would make of a file'],
  ],
  options: [
    { flags: '--names', help: 'names, types and roles only; opens no data file' },
    ...fileOptionSpecs,
  ],
  run: columns,
};

/** Most frequent values shown of each column. */
const exampleCount = 3;

async function columns(invocation: Invocation): Promise<Answer> {
  const source = await openSource(invocation);
  const { schema, roles } = source.dataset;
  const asked = querySourceOf(source.dataset, source.name, source.fields);
  const namesOnly = flagOption(invocation.values, 'names') ?? false;
  const measured = namesOnly
    ? schema.map((column) => nameCells(column, roles))
    : await measuredRows(invocation, asked, source.dataset);
  const fields = calculatedRows(asked);
  const taken = takenColumns(schema, roles);
  const width = namesOnly ? 0 : measuredColumns.length;
  const unmeasured = Array.from({ length: width }, () => null);
  const rows = [
    ...measured,
    ...[...taken, ...fields.rows].map(({ cells }) => [...cells, ...unmeasured]),
  ];
  const stored = [...schema, ...taken].map(({ name }) => name);
  const formulaOf = (index: number) => fields.rows[index - stored.length]?.formula ?? null;
  const events = asked.files.reduce((sum, { rows: count }) => sum + count, 0);
  const table: Table = {
    columns: namesOnly ? nameColumns : [...nameColumns, ...measuredColumns],
    rows,
    seriesMax: null,
    footer: [`${plural(rows.length, 'column')}, ${plural(events, 'row')}`],
  };
  return {
    blocks: [{ kind: 'table', table }],
    table,
    document: {
      rows: rows.map((row, index) => ({
        ...jsonRow(table, row),
        stored: stored[index] ?? null,
        formula: formulaOf(index),
      })),
      total: rows.length,
    },
    prose: false,
    notes: [...source.notes, ...damageNotes(source, null), ...fields.notes],
    next: [],
    exitCode: 0,
  };
}

const nameColumns: readonly TableColumn[] = [
  { key: 'column', title: 'column', align: 'left', show: 'text' },
  { key: 'type', title: 'type', align: 'left', show: 'text' },
  { key: 'role', title: 'role', align: 'left', show: 'text' },
];

const measuredColumns: readonly TableColumn[] = [
  { key: 'missing', title: 'missing', align: 'right', show: 'percent' },
  { key: 'distinct', title: 'distinct', align: 'right', show: 'count' },
  { key: 'examples', title: 'examples', align: 'left', show: 'text' },
];

function nameCells({ label, type, unit }: Column, roles: Roles): TableRow {
  const role = roleNames.filter((name) => roles[name]?.includes(label)).join(', ');
  return [label, typeText({ type, unit }), role === '' ? null : role];
}

function typeText({ type, unit }: Pick<Column, 'type' | 'unit'>): string {
  return unit === null ? type : `${type} ${unit}`;
}

/** Columns of the data that became the time and the weight of events, under their own names. */
function takenColumns(
  schema: Schema,
  roles: Roles,
): readonly { readonly name: string; readonly cells: TableRow }[] {
  const known = new Set(schema.map(({ label }) => label));
  const taken = [
    { role: 'time', name: systemColumns.ts, type: 'timestamp' },
    { role: 'weight', name: systemColumns.weight, type: 'integer' },
  ] as const;
  return taken.flatMap(({ role, name, type }) =>
    (roles[role] ?? [])
      .filter((label) => !known.has(label))
      .map((label) => ({ name, cells: [label, type, role] })),
  );
}

/** Calculated fields of the configuration; those that this dataset has no columns for are noted. */
function calculatedRows(source: QuerySource): {
  readonly rows: readonly { readonly cells: TableRow; readonly formula: string }[];
  readonly notes: readonly Note[];
} {
  const definitions = source.fields ?? [];
  const { derived } = withDerived(scopeOf(source, source.files), definitions);
  const notes: Note[] = [];
  const rows = definitions.map(({ name, formula }) => {
    const known = derived.get(name);
    const [fault] = known?.faults ?? [];
    if (fault !== undefined) {
      const text = `the calculated field ${name} cannot be used: ${fault.message}`;
      notes.push({ level: 'warning', code: 'field', text });
    }
    const field = known?.field ?? null;
    const type = field === null ? null : typeText(field);
    return { cells: [name, type, 'calculated'], formula: printFormula(formula) };
  });
  return { rows, notes };
}

async function measuredRows(
  invocation: Invocation,
  source: QuerySource,
  dataset: Dataset,
): Promise<readonly TableRow[]> {
  const { progress, settings, signal } = invocation;
  const { schema } = dataset;
  const take = lazyCensus(limitsOf(settings));
  const known = await measureByCensus(dataset, exampleCount, { take, signal });
  const cellsOf = (column: Column): TableRow | null => {
    const found = known.get(column.label);
    return found === undefined
      ? null
      : [...nameCells(column, source.roles), ...measuredCells(found)];
  };
  const done = schema.map(cellsOf);
  if (!done.includes(null)) return done.flatMap((row) => (row === null ? [] : [row]));
  const paths = source.files.map(({ path }) => path);
  const engine = await openEngine(settings, paths);
  const ask = { engine, source, signal: invocation.signal };
  try {
    const rows: TableRow[] = [];
    for (const [index, column] of schema.entries()) {
      progress.say(`reading column ${index + 1} of ${schema.length}: ${column.label}`);
      const cells = done[index] ?? [
        ...nameCells(column, source.roles),
        ...measuredCells(await measure(column, ask)),
      ];
      rows.push(cells);
    }
    return rows;
  } finally {
    await engine.close();
  }
}

interface Ask {
  readonly engine: Engine;
  readonly source: QuerySource;
  readonly signal: AbortSignal;
}

function measuredCells({ missing, distinct, examples }: MeasuredColumn): TableRow {
  const shown = examples.map(exampleText).join(', ');
  return [missing, distinct, shown === '' ? null : shown];
}

async function measure(column: Column, { engine, source, signal }: Ask): Promise<MeasuredColumn> {
  const result = await runQuery(source, valuesSpec(column), engine, { signal });
  const { matched, scanned } = result.provenance.rows;
  const missing = scanned === 0 ? null : (scanned - matched) / scanned;
  const examples = result.rows.map(([value]) => String(value ?? null));
  return { missing, distinct: result.groupCount, examples };
}

/** The most frequent values of a column among the rows that have one. */
function valuesSpec({ label }: Column): QuerySpec {
  const span = { start: 0, end: label.length };
  const left = { kind: 'reference', name: label, exact: true, span } as const;
  return querySpec({
    breakdowns: [{ term: { name: label, exact: true, at: null }, modifier: null, label }],
    calculations: [countCalculation],
    where: [filter({ kind: 'exists', left, negated: false, span })],
    limit: exampleCount,
  });
}

function exampleText(value: string): string {
  return value === '' ? '""' : value;
}
