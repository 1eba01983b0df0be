/** Names to fields: what a role or column name means on one snapshot. */
import { unreachable } from '../base/assert.js';
import { Fault, type FaultPlace, throwAll } from '../base/fault.js';
import { suggestions } from '../base/suggest.js';
import type { Column, ColumnType, DurationUnit, Schema } from '../event/column.js';
import { isRoleName, type Roles, roleNames } from '../event/role.js';
import type { Names } from '../expression/check.js';
import { type DerivedField, derivedFields } from './derived.js';
import { comparedType, type Field, type FieldSource, microsPerUnit } from './field.js';
import type { QueryFile, QuerySource } from './ports.js';
import { type NamedFormula, relationPrefixes, type Term } from './spec.js';

export interface Scope {
  readonly schema: Schema;
  readonly roles: Roles;
  /** Labels with values in `extra`; null: any may have some. */
  readonly extraLabels: ReadonlySet<string> | null;
  /** Labels of text columns that hold words, where their role would have numbers. */
  readonly words: ReadonlySet<string>;
  /** Calculated fields by name. */
  readonly derived: ReadonlyMap<string, DerivedField>;
}

/** Columns every dataset has, as columns. `date` is not among them: it is not in the files. */
export const systemSchema: Schema = [
  { name: 'ts', label: 'ts', type: 'timestamp', unit: null },
  { name: 'ingested_at', label: 'ingested_at', type: 'timestamp', unit: null },
  { name: 'weight', label: 'weight', type: 'integer', unit: null },
  { name: 'batch', label: 'batch', type: 'string', unit: null },
];

/** Roles whose values are numbers even where a source writes them as text. */
const numericRoles = ['status', 'duration'] as const;

/** What names mean when these files are read, without calculated fields. */
export function scopeOf(source: QuerySource, files: readonly QueryFile[]): Scope {
  const unknown = files.some(({ extraLabels }) => extraLabels === null);
  const labels = new Set(files.flatMap(({ extraLabels }) => extraLabels ?? []));
  const extraLabels = unknown ? null : labels;
  const words = wordColumns(source);
  return { schema: source.schema, roles: source.roles, extraLabels, words, derived: new Map() };
}

/**
 * Text columns of numeric roles whose values are words in every file, by the least and the most
 * of them. Of all files, so that a window cannot change what a column is.
 */
function wordColumns({ schema, roles, files }: QuerySource): ReadonlySet<string> {
  const labels = numericRoles.flatMap((role) => roles[role] ?? []);
  const texts = schema.filter(({ label, type }) => type === 'string' && labels.includes(label));
  const bounds = ({ name }: Column) =>
    files.flatMap(({ stats }) =>
      [stats?.minValues[name] ?? [], stats?.maxValues[name] ?? []].flat(),
    );
  const words = texts.filter((column) => {
    const found = bounds(column);
    return found.length > 0 && found.every((bound) => !/^\s*[-+.]?\d/.test(String(bound)));
  });
  return new Set(words.map(({ label }) => label));
}

/**
 * The same names and those of calculated fields, given in the order of precedence. The faults of
 * a field are told when it is used.
 */
export function withDerived(scope: Scope, definitions: readonly NamedFormula[]): Scope {
  const byName = new Map([...definitions].reverse().map((one) => [one.name, one]));
  if (byName.size === 0) return scope;
  const names = [...byName.keys()];
  const derived = derivedFields([...byName.values()].reverse(), {
    find: (name, exact) => findField(scope, name, exact),
    unknown: (name, exact, at) =>
      joinedName(scope, name, at) ?? unknownName(scope, name, { exact, at, fields: names }),
  });
  return { ...scope, derived };
}

/** Fields with faults as texts of no rows, so that the rest of a question is looked at too. */
export function withPlaceholders(scope: Scope, fields: readonly NamedFormula[]): Scope {
  const derived = new Map(scope.derived);
  for (const { name } of fields) {
    const found = derived.get(name);
    if (found === undefined || found.faults.length === 0) continue;
    const kind = { label: name, kind: 'column', type: 'string', unit: null } as const;
    const field: Field = { ...kind, sources: [], numeric: 'number', numericText: false };
    derived.set(name, { ...found, field, faults: [] });
  }
  return { ...scope, derived };
}

/**
 * The field a term means: a role first, then a label, a stored name, a system column. Where what
 * lies in `extra` is not known, a name in backticks is one of its labels.
 * **Faults** those of a calculated field.
 */
export function findField(scope: Scope, name: string, exact: boolean): Field | null {
  if (!exact && isRoleName(name)) {
    const role = roleField(scope, name);
    if (role !== null) return role;
  }
  const column = findColumn(scope.schema, name) ?? findColumn(systemSchema, name);
  if (column !== null) {
    const numericText = column.type === 'string' && isNumericLabel(scope, column.label);
    return fieldOf(name, 'column', sourcesOf(scope, column), numericText);
  }
  if (name === 'date') return fieldOf(name, 'column', [{ kind: 'date' }], false);
  const derived = scope.derived.get(name);
  if (derived !== undefined) {
    throwAll(derived.faults);
    return derived.field;
  }
  if (scope.extraLabels?.has(name) || (exact && scope.extraLabels === null)) {
    return fieldOf(name, 'column', [{ kind: 'extra', label: name, scale: 1 }], false);
  }
  return null;
}

/** The field of a term. A fault (CC1201) is added when there is none. */
export function resolveTerm(scope: Scope, term: Term, faults: Fault[]): Field | null {
  const field = findField(scope, term.name, term.exact);
  if (field !== null) return field;
  const place = { name: term.name, at: term.at };
  faults.push(otherSpan(scope, place) ?? unknownName(scope, term.name, { ...term, fields: [] }));
  return null;
}

/** The fault of a name of another span where only the event itself is looked at, or null. */
export function otherSpan(
  scope: Scope,
  { name, at }: { readonly name: string; readonly at: FaultPlace | null },
): Fault | null {
  const prefix = relationPrefixes.find((known) => name.startsWith(`${known}.`));
  if (prefix === undefined) return null;
  if (findField(scope, name.slice(prefix.length + 1), false) === null) return null;
  return new Fault('CC1241', { name, prefix }, at === null ? {} : { at });
}

/** The names as the checker of filters asks for them. */
export function namesOf(scope: Scope): Names {
  return {
    find: (name, exact) => {
      const field = findField(scope, name, exact);
      if (field === null) return null;
      return { kind: field.kind, type: comparedType(field), unit: field.unit };
    },
    roles: knownRoles(scope),
    columns: knownColumns(scope),
  };
}

/** `$status/2` is the column `status/2`: spaces say that the sign is an operator. */
function joinedName(scope: Scope, name: string, at: FaultPlace): Fault | null {
  const parts = /^(.+?)([-+/:=?])/.exec(name);
  const [, first = '', sign = ''] = parts ?? [];
  if (parts === null || findField(scope, first, false) === null) return null;
  const hint = `put spaces around ${sign}: it may be part of a name, so $${name} is one column`;
  return new Fault('CC1201', { name }, { at, hint });
}

interface Unknown {
  readonly exact: boolean;
  readonly at: FaultPlace | null;
  /** Names that may be meant beside those of the scope. */
  readonly fields: readonly string[];
}

function unknownName(scope: Scope, name: string, { exact, at, fields }: Unknown): Fault {
  const roles = exact ? [] : knownRoles(scope);
  const columns = knownColumns(scope);
  const near = suggestions(name, [...roles, ...columns, ...fields], 1)[0];
  const known = near === undefined ? listed(roles, columns) : `did you mean ${near}?`;
  const hint = scope.extraLabels === null ? `${known}; write \`${name}\` for ${besides}` : known;
  return new Fault('CC1201', { name }, { ...(at === null ? {} : { at }), hint });
}

const besides = 'one kept beside the columns';

/** Chosen by us: what fits on two lines of a terminal. */
const maxListed = 12;

function listed(roles: readonly string[], columns: readonly string[]): string {
  const names = [...new Set([...roles, ...columns])];
  const more = names.length > maxListed ? ' … all: coldcase columns' : '';
  return `there are ${names.slice(0, maxListed).join(', ')}${more}`;
}

function knownRoles(scope: Scope): readonly string[] {
  return roleNames.filter((role) => roleField(scope, role) !== null);
}

function knownColumns(scope: Scope): readonly string[] {
  const labels = scope.schema.map(({ label }) => label);
  const extra = [...(scope.extraLabels ?? [])].filter((label) => !labels.includes(label)).sort();
  const system = systemSchema.map(({ label }) => label);
  return [...labels, ...extra, ...scope.derived.keys(), ...system, 'date'];
}

function findColumn(schema: Schema, name: string): Column | null {
  return (
    schema.find(({ label }) => label === name) ??
    schema.find((column) => column.name === name) ??
    null
  );
}

/** `time` and `weight` always mean the system columns; other roles need columns. */
function roleField(scope: Scope, role: string): Field | null {
  if (role === 'time') return systemField(role, 'ts');
  if (role === 'weight') return systemField(role, 'weight');
  const labels = isRoleName(role) ? (scope.roles[role] ?? []) : [];
  const sources = labels.flatMap((label): FieldSource[] => {
    const column = scope.schema.find((known) => known.label === label);
    if (column !== undefined) return sourcesOf(scope, column);
    return scope.extraLabels?.has(label) ? [{ kind: 'extra', label, scale: 1 }] : [];
  });
  if (sources.length === 0) return null;
  return fieldOf(
    role,
    'role',
    sources,
    numericRoles.some((numeric) => numeric === role) && !labels.some((one) => scope.words.has(one)),
  );
}

function isNumericLabel({ roles, words }: Scope, label: string): boolean {
  if (words.has(label)) return false;
  return numericRoles.some((role) => roles[role]?.includes(label) ?? false);
}

function systemField(label: string, name: string): Field | null {
  const column = findColumn(systemSchema, name);
  return column && fieldOf(label, 'role', [{ kind: 'column', column, scale: 1 }], false);
}

function sourcesOf(scope: Scope, column: Column): FieldSource[] {
  const stored: FieldSource = { kind: 'column', column, scale: 1 };
  const system = systemSchema.includes(column);
  const extra = !system && (scope.extraLabels === null || scope.extraLabels.has(column.label));
  return extra ? [stored, { kind: 'extra', label: column.label, scale: 1 }] : [stored];
}

function fieldOf(
  label: string,
  kind: Field['kind'],
  sources: readonly FieldSource[],
  numericText: boolean,
): Field {
  const columns = sources.flatMap((source) => (source.kind === 'column' ? [source.column] : []));
  const unit = columns.find((column) => column.unit !== null)?.unit ?? null;
  const scaled = scaleSources(sources, unit);
  const isScaled = scaled.some((source) => 'scale' in source && source.scale !== 1);
  const type = isScaled ? 'number' : typeOf(columns);
  const wide = isScaled || scaled.some(({ kind: at }) => at === 'extra');
  const isDate = sources.some((source) => source.kind === 'date');
  const numeric = isDate ? null : numericOf(type, wide);
  const isText = numericText && type === 'string';
  return { label, kind, sources: scaled, type, unit, numeric, numericText: isText };
}

function scaleSources(
  sources: readonly FieldSource[],
  unit: DurationUnit | null,
): readonly FieldSource[] {
  if (unit === null) return sources;
  let scale = 1;
  return sources.map((source) => {
    if (!('scale' in source)) return source;
    if (source.kind === 'column') {
      scale = microsPerUnit[source.column.unit ?? unit] / microsPerUnit[unit];
    }
    return { ...source, scale };
  });
}

function typeOf(columns: readonly Column[]): ColumnType {
  const types = new Set(columns.map(({ type }) => type));
  const [first] = types;
  if (first === undefined) return 'string';
  if (types.size === 1) return first;
  return [...types].every((type) => type === 'integer' || type === 'number') ? 'number' : 'string';
}

function numericOf(type: ColumnType, wide: boolean): Field['numeric'] {
  switch (type) {
    case 'number':
    case 'string':
      return 'number';
    case 'integer':
    case 'boolean':
      return wide ? 'number' : 'integer';
    case 'timestamp':
      return null;
    default:
      return unreachable(type);
  }
}
