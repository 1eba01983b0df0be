/** What `trail` follows: one host, customer, trace or version, or events by an expression. */
import { Fault } from '../base/fault.js';
import { quoted } from '../forensics/scan-port.js';
import type { QuerySource } from '../query/ports.js';
import type { Breakdown, Filter } from '../query/spec.js';
import { breakdown } from '../query/spec.js';
import { noTexts, parseSpec } from '../query/spec-text.js';
import { listOption, type OptionValues, textOption } from './option-values.js';
import type { ScanSelection } from './scan-selection.js';

/** Roles that have an option of their own. */
export const subjectRoles = ['host', 'customer', 'trace', 'version'] as const;
type SubjectRole = (typeof subjectRoles)[number];

/** What a trail follows. */
export interface TrailSubject {
  /** `host api-37`. */
  readonly name: string;
  readonly role: SubjectRole | null;
  /** As filters that can be typed. */
  readonly where: readonly string[];
  /** The options that ask for it again. */
  readonly words: readonly (readonly [string, string])[];
}

/** **Faults** CC1353 nothing to follow, or two things. */
export function subjectOf(
  values: OptionValues,
  selection: ScanSelection | null,
  source: QuerySource,
): TrailSubject {
  const typed = subjectRoles.flatMap((role) => {
    const value = textOption(values, role);
    return value === undefined ? [] : [{ role, value }];
  });
  const where = listOption(values, 'where');
  const others = where.map((text) => ['--where', text] as const);
  const [one, two] = typed;
  if (two !== undefined) {
    const problem = `expected one thing to follow, found --${one?.role} and --${two.role}`;
    throw new Fault('CC1353', { problem });
  }
  const who = selection === null || selection.who === null ? [] : [selection.who];
  if (one !== undefined) {
    return {
      name: `${one.role} ${one.value}`,
      role: one.role,
      where: [...who, `${one.role} = ${literalOf(one.role, one.value, source)}`, ...where],
      words: [[`--${one.role}`, one.value], ...others],
    };
  }
  if (where.length + who.length === 0) {
    const all = selection === null ? '' : `: ${selection.id} is about everybody`;
    throw new Fault('CC1353', { problem: `nothing to follow${all}` });
  }
  const all = [...who, ...where];
  return { name: all.join(' and '), role: null, where: all, words: others };
}

/** A number where the column of the role holds numbers, else a text. */
function literalOf(role: SubjectRole, value: string, { schema, roles }: QuerySource): string {
  const labels = roles[role] ?? [];
  const columns = schema.filter(({ label }) => labels.includes(label));
  const isNumeric = columns.length > 0 && columns.every(({ type }) => type === 'integer');
  return isNumeric && /^-?\d{1,18}$/.test(value) ? value : quoted(value);
}

/** The filters of a subject. **Faults** CC1105. */
export function filtersOf({ where }: TrailSubject): readonly Filter[] {
  return parseSpec({ ...noTexts, where }).where;
}

/** What changes when a process is started again. **Source** OpenTelemetry resource attributes. */
const instanceLabels = [
  'service.instance.id',
  'process.pid',
  'container.id',
  'k8s.pod.uid',
  'process.start_time',
  'pid',
] as const;

/** What is told of a run, and what ends one when it changes. */
export interface TrailShape {
  readonly keys: readonly Breakdown[];
  readonly levels: readonly (readonly (number | 'bad')[])[];
  readonly version: number | null;
  readonly instance: number | null;
}

/** What makes two events different, what matters most first. */
const stateRoles: Readonly<Record<SubjectRole | 'where', readonly string[]>> = {
  host: ['version', 'instance', 'status', 'route'],
  customer: ['status', 'route'],
  trace: ['service', 'host', 'status', 'route'],
  version: ['status', 'route'],
  where: ['version', 'status', 'route'],
};

export function shapeOf(
  { role }: TrailSubject,
  { schema, roles }: QuerySource,
  hasRule: boolean,
): TrailShape {
  const has = (name: string): boolean => (roles as Record<string, unknown>)[name] !== undefined;
  const instance = instanceLabels.find((label) => schema.some((column) => column.label === label));
  const states = stateRoles[role ?? 'where'].filter((name) =>
    name === 'instance' ? instance !== undefined : has(name),
  );
  const told = ['service', 'version', 'host', 'status', 'route'].filter(
    (name) => has(name) && name !== role && !states.includes(name),
  );
  const names = [...states, ...told];
  const keys = names.map((name) =>
    name === 'instance' && instance !== undefined ? exact(instance) : breakdown(name),
  );
  const place = (name: string): number | null =>
    names.includes(name) ? names.indexOf(name) : null;
  const levels = states.map((_, index) =>
    states.slice(0, states.length - index).map((_name, at): number | 'bad' => at),
  );
  return {
    keys,
    levels: [...withRule(levels, states.indexOf('status'), hasRule), []],
    version: states.includes('version') ? place('version') : null,
    instance: place('instance'),
  };
}

/** Behind the level whose last is the status comes one that only knows whether it was bad. */
function withRule(
  levels: readonly (readonly (number | 'bad')[])[],
  status: number,
  hasRule: boolean,
): readonly (readonly (number | 'bad')[])[] {
  if (!hasRule) return levels;
  if (status < 0) return [...levels.map((level) => [...level, 'bad' as const]), ...levels];
  return levels.flatMap((level) =>
    level.at(-1) === status ? [level, [...level.slice(0, -1), 'bad' as const]] : [level],
  );
}

function exact(label: string): Breakdown {
  return { term: { name: label, exact: true, at: null }, modifier: null, label };
}

/** All columns of a source, for events as they are stored. */
export function allColumns({ schema, files }: QuerySource): readonly Breakdown[] {
  const extra = new Set(files.flatMap(({ extraLabels }) => extraLabels ?? []));
  const labels = schema.map(({ label }) => label);
  return [...labels, ...[...extra].filter((label) => !labels.includes(label)).sort()].map(exact);
}
