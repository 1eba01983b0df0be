/** Decides how one input is read: format, columns of the time and the weight, roles and units. */

import { Fault } from '../base/fault.js';
import type { DurationUnit } from '../event/column.js';
import type { ColumnSample, SampleValue } from '../event/column-sample.js';
import { isWrittenDuration } from '../event/duration-unit.js';
import { type RoleName, type Roles, roleNames } from '../event/role.js';
import { badRuleOf, type GuessedRoles, guessRoles, takenScore } from '../event/role-guess.js';
import type { Micros } from '../time/instant.js';
import { type DecodeLimits, decode } from './decompress.js';
import { type Detected, type DetectInput, detectFormat } from './detect.js';
import { type Dialect, isColumnar, type LineDialect, type TextDialect } from './dialect.js';
import { fileFault } from './file-fault.js';
import type { ForeignSampleRequest } from './foreign.js';
import type { Input } from './input.js';
import { readRange } from './read-range.js';
import { wrapperTime } from './readers/container-line.js';
import { elbSeconds } from './readers/elb-log.js';
import { requestBytes } from './readers/otlp.js';
import type { RoleChoice } from './receipt.js';
import type { Format, RecordLimits } from './record.js';
import { headerOf, sampleColumnsOf } from './sample.js';
import { inTimeRange, readTimestamp } from './timestamp.js';

/** What a guess needs to know of an input; nothing of it is hashed. */
export type InputFacts = Pick<Input, 'path' | 'localPath' | 'bytes' | 'compression' | 'set'>;

/** What the person said about the inputs of one ingest. */
export interface InputOptions {
  /** Null to guess it. */
  readonly format: Format | null;
  /** For the format `pattern`; naming one implies it. */
  readonly pattern: string | null;
  readonly map: ReadonlyMap<RoleName, string>;
  readonly set: ReadonlyMap<string, string>;
  readonly limits: RecordLimits;
  readonly decodeLimits: DecodeLimits;
}

export interface InputPlan {
  readonly dialect: Dialect;
  /** The names of the columns of a table, for reading on in its middle; null for other formats. */
  readonly header: readonly string[] | null;
  readonly why: string;
  readonly roles: Roles;
  readonly choices: readonly RoleChoice[];
  readonly units: ReadonlyMap<string, DurationUnit>;
  /** Columns of lengths of time that are decimals, or texts with a unit. */
  readonly lengths: ReadonlySet<string>;
  /** What its statuses say of a failed event, where they are none of HTTP's. */
  readonly bad: string | null;
  readonly set: ReadonlyMap<string, string>;
  readonly notes: readonly string[];
  /** The columns of the first records. */
  readonly labels: readonly string[];
  /** Columns that may be the time equally well; empty when one was chosen or none may be. */
  readonly timeCandidates: readonly string[];
}

interface KnownRoles {
  readonly roles: Roles;
  readonly now: Micros;
}

/** Decoded bytes that guesses rest on. */
const headBytes = 1_048_576;

/** **Faults** by class format, empty, encoding; CC2101 when two columns may be the time. */
export async function planInput(
  input: InputFacts,
  options: InputOptions,
  known: KnownRoles,
  foreign: (request: ForeignSampleRequest) => Promise<readonly ColumnSample[]>,
): Promise<InputPlan> {
  const head = await readSample(input, options.decodeLimits, headBytes);
  const detected = detect(head, options);
  // A single request of OTLP may be longer than what other formats need for a guess.
  const longer = detected.format === 'otlp' && !head.complete && !hasRequest(detected, head);
  const sample = longer ? await readSample(input, options.decodeLimits, requestBytes) : head;
  const dialect = dialectOf(detected, options, input.path);
  const set = new Map([...input.set, ...options.set]);
  const { path, localPath, compression } = input;
  if (isColumnar(dialect) && compression !== 'none') {
    throw fileFault('format', path, `${dialect.format} inside ${compression}; decompress it first`);
  }
  const columns = isColumnar(dialect)
    ? await foreign({ path, localPath, dialect })
    : sampleColumnsOf(sample, dialect, options.limits);
  const header = isTable(dialect) ? headerOf(sample, dialect, options.limits) : null;
  const chosen = chooseRoles(columns, { ...options, set }, known, dialect);
  const labels = columns.map(({ label }) => label);
  const hasRows = columns.some(({ rows }) => rows > 0);
  const tied = chosen.timeCandidates.length > 1;
  if ((isColumnar(dialect) || tied) && hasRows && chosen.roles.time === undefined) {
    const candidates = (tied ? chosen.timeCandidates : labels).join(', ');
    throw new Fault('CC2101', { path, role: 'time', candidates, class: 'ts_missing' });
  }
  return { dialect, header, why: detected.why, set, labels, ...chosen };
}

function isTable(dialect: Dialect): dialect is Extract<TextDialect, { format: 'csv' | 'tsv' }> {
  return dialect.format === 'csv' || dialect.format === 'tsv';
}

function hasRequest({ lines }: Detected, { head }: DetectInput): boolean {
  return lines !== false && head.includes('\n');
}

/** The first decoded bytes; a fault behind them is met again when the input is read. */
async function readSample(
  input: InputFacts,
  limits: DecodeLimits,
  byteCount: number,
): Promise<DetectInput> {
  const { path, compression, localPath, bytes } = input;
  const parts: Buffer[] = [];
  let size = 0;
  let complete = true;
  try {
    const raw = readRange(localPath, 0, bytes);
    for await (const chunk of decode(raw, { path, compression, limits })) {
      parts.push(chunk);
      size += chunk.length;
      complete = size <= byteCount;
      if (!complete) break;
    }
  } catch (error) {
    if (size === 0) throw error;
    complete = false;
  }
  if (size === 0) throw fileFault('empty', path, 'no bytes when decompressed');
  return { path, head: Buffer.concat(parts).subarray(0, byteCount), complete };
}

function detect(sample: DetectInput, options: InputOptions): Detected {
  const inside = options.format === 'container' || options.format === 'syslog';
  const format = options.pattern === null || inside ? options.format : 'pattern';
  if (format === null) return detectFormat(sample);
  const given = { format, why: 'as given', delimiter: null, tailNames: [] };
  const detailed = format === 'csv' || format === 'access' || format === 'otlp' || inside;
  if (!detailed) return given;
  const guessed = detectQuietly(sample);
  return guessed?.format === format ? { ...guessed, why: 'as given' } : given;
}

/** Details such as the delimiter are still guessed for a given format; a failed guess has none. */
function detectQuietly(sample: DetectInput): Detected | null {
  try {
    return detectFormat(sample);
  } catch {
    return null;
  }
}

function dialectOf(detected: Detected, options: InputOptions, path: string): Dialect {
  const { pattern } = options;
  switch (detected.format) {
    case 'csv':
      return { format: 'csv', delimiter: detected.delimiter ?? ',', columns: null };
    case 'tsv':
      return { format: 'tsv', delimiter: detected.delimiter ?? '\t', columns: null };
    case 'access':
      return { format: 'access', tailNames: detected.tailNames };
    case 'pattern':
      if (pattern === null) throw fileFault('format', path, 'the format pattern needs --pattern');
      return { format: 'pattern', pattern };
    case 'otlp':
      return { format: 'otlp', lines: detected.lines ?? true };
    case 'container':
    case 'syslog': {
      const inner = innerDialect(detected.inner ?? null, options);
      return { format: detected.format, inner };
    }
    default:
      return { format: detected.format };
  }
}

/** What the lines of a container hold: by the pattern given, else what was found. */
function innerDialect(inner: Detected | null, { pattern }: InputOptions): LineDialect {
  if (pattern !== null) return { format: 'pattern', pattern };
  switch (inner?.format) {
    case 'ndjson':
    case 'logfmt':
    case 'elb':
      return { format: inner.format };
    case 'access':
      return { format: 'access', tailNames: inner.tailNames };
    default:
      return { format: 'plain' };
  }
}

function chooseRoles(
  columns: readonly ColumnSample[],
  options: Pick<InputOptions, 'map' | 'set'>,
  known: KnownRoles,
  dialect: Dialect,
): Omit<InputPlan, 'dialect' | 'header' | 'why' | 'set' | 'labels'> {
  const guessed: GuessedRoles = guessRoles(columns, {
    isTime(value) {
      const found = readTimestamp(value);
      return found !== null && inTimeRange(found.micros, known.now);
    },
  });
  const roles: Partial<Record<RoleName, readonly string[]>> = {};
  const choices: RoleChoice[] = [];
  for (const role of roleNames) {
    const guess = guessed.guesses.find((one) => one.role === role);
    const mapped = options.map.get(role);
    const labels =
      mapped !== undefined ? [mapped] : options.set.has(role) ? [role] : (guess?.labels ?? []);
    const found = labels.length > 0 ? labels : (known.roles[role] ?? []);
    const used = mapped === undefined && role === 'time' ? ownTimeFirst(found, dialect) : found;
    if (used.length === 0) continue;
    roles[role] = used;
    const given = mapped !== undefined || options.set.has(role);
    const reason = given ? 'as given' : labels.length > 0 ? (guess?.reason ?? '') : 'as before';
    choices.push({ role, labels: used, reason });
  }
  const format = 'inner' in dialect ? dialect.inner.format : dialect.format;
  const path = columns.find(({ label }) => label === pathLabels[format])?.label;
  if (path !== undefined && roles.route === undefined) {
    roles.route = [path];
    choices.push({ role: 'route', labels: [path], reason: 'access logs name no other route' });
  }
  const time = guessed.guesses.find((one) => one.role === 'time');
  const tied = time !== undefined && time.labels.length === 0 && time.score >= takenScore;
  const timeCandidates = tied ? time.candidates.map(({ label }) => label) : [];
  const notes = [...guessed.notes];
  const bad = badRuleOf(columns, roles.status ?? []);
  if (bad !== null && known.roles.status === undefined) {
    notes.push(`status: no HTTP codes; unless you set a rule, bad is ${bad}`);
  }
  if (roles.time === undefined) notes.push(noTimeNote(columns));
  const written = columns
    .filter((one) => roles.duration?.includes(one.label) === true && isWrittenDuration(one))
    .map(({ label }) => label);
  const units = new Map(guessed.units);
  for (const label of written) units.set(label, 'ms');
  const lengths = new Set([...written, ...decimalLengths(columns, format)]);
  return { roles, choices, units, lengths, bad, notes, timeCandidates };
}

/** Lengths of time by format: a file with nothing but 0.000 must not make them whole numbers. */
const lengthLabels: Partial<Record<Format | LineDialect['format'], readonly string[]>> = {
  elb: elbSeconds,
  w3c: ['time-taken', 'time-to-first-byte'],
};

/** Those that are decimals: of IIS, whole milliseconds stay whole. */
function decimalLengths(
  columns: readonly ColumnSample[],
  format: Format | LineDialect['format'],
): readonly string[] {
  const isDecimal = ({ values }: ColumnSample) => values.some((value) => !isWhole(value));
  return (lengthLabels[format] ?? []).filter(
    (label) =>
      format === 'elb' || columns.some((column) => column.label === label && isDecimal(column)),
  );
}

function isWhole(value: SampleValue): boolean {
  return Number.isInteger(Number(value));
}

/** The time a wrapper has stands in where the line has none itself. */
function ownTimeFirst(labels: readonly string[], dialect: Dialect): readonly string[] {
  if (!('inner' in dialect)) return labels;
  return [...labels.filter((label) => label !== wrapperTime), wrapperTime];
}

/** What stands in for a route in logs of requests that name none. */
const pathLabels: Partial<Record<Format | LineDialect['format'], string>> = {
  access: 'path',
  elb: 'path',
  w3c: 'cs-uri-stem',
};

/** Names shown of the columns there are. Chosen by us. */
const namesShown = 8;

function noTimeNote(columns: readonly ColumnSample[]): string {
  const names = columns.slice(0, namesShown).map(({ label }) => label);
  const rest = columns.length > names.length ? ' ...' : '';
  const there = names.length === 0 ? '' : `; there are ${names.join(', ')}${rest}`;
  return `time: no column found; name it with --map time=COLUMN${there}`;
}
