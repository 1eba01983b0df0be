/**
 * What the values of a status mean: HTTP codes, gRPC codes by number or name, true and false, or
 * words; and with that, which of them failed. Pure; no order of values matters.
 */

/** A value of a status, as sampled or as counted. */
export interface StatusCount {
  readonly value: string | number | bigint | boolean;
  readonly count: number;
}

/** **Shape** `bad` and `failing` are filters over the role `status`. */
export interface StatusKind {
  readonly kind: 'http' | 'grpc' | 'flag' | 'word';
  readonly reason: string;
  /** What a pager counts: the service's own fault. */
  readonly bad: string;
  /** What a search counts besides: refused, malformed, but not the caller's habits. */
  readonly failing: string;
}

/** A not found or a throttled request is the caller's habit unless it is all there is. */
export const softCodes: readonly number[] = [404, 429];

/** The rule for HTTP codes, and wherever nothing is known. */
export const httpBad = 'status >= 500';
export const httpFailing = `status >= 400 and status not in (${softCodes.join(', ')})`;

/** The share of the values that must fit. Chosen by us, as for roles. */
const fitShare = 0.95;

/** The share of the values that fit. */
type Share = (fits: (text: string) => boolean) => number;

/** Null where the values are of no kind known here. `label` tells what `true` means. */
export function statusKind(label: string, counts: readonly StatusCount[]): StatusKind | null {
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return null;
  const share: Share = (fits) =>
    counts.reduce((sum, { value, count }) => sum + (fits(String(value)) ? count : 0), 0) / total;
  const http = share((text) => isWhole(text, 100, 599));
  if (http >= fitShare) {
    return kindOf('http', `${percent(http)} of the values are 100 to 599`, httpBad, httpFailing);
  }
  const isFailure = failureLabel.test(label);
  const flags = share((text) => flagWords.has(text.toLowerCase()));
  if (flags === 1 && (isFailure || successLabel.test(label))) return flagKind(counts, isFailure);
  if (isFailure) return null;
  const grpc = share((text) => isWhole(text, 0, 16));
  // Span statuses are 0, 1 and 2 with another meaning.
  const isSure =
    share((text) => text === '0') >= goodShare && share((text) => Number(text) > 2) > 0;
  if (grpc >= fitShare && (isSure || /grpc/i.test(label))) return grpcNumbers(grpc);
  if (isGrpcNames(label, counts, share)) return grpcNames(counts);
  return wordKind(counts, share);
}

function kindOf(kind: StatusKind['kind'], reason: string, bad: string, failing: string) {
  return Object.freeze({ kind, reason, bad, failing });
}

function percent(share: number): string {
  return `${Math.floor(share * 100)} %`;
}

function isWhole(text: string, least: number, most: number): boolean {
  return /^\d{1,3}$/.test(text) && Number(text) >= least && Number(text) <= most;
}

const failureLabel = /(^|[^a-z])(is_?)?(error|errored|failed|failure)$/i;
const successLabel = /(^|[^a-z])(is_?|was_?)?(success|succeeded|successful|ok)$/i;
const flagWords = new Set(['true', 'false', '0', '1']);

/** Booleans, also as text or as 0 and 1. */
function flagKind(counts: readonly StatusCount[], isFailure: boolean): StatusKind {
  const values = counts.map(({ value }) => value);
  const isBad = (value: StatusCount['value']): boolean =>
    ['true', '1'].includes(String(value).toLowerCase()) === isFailure;
  const isText = values.some((value) => typeof value === 'string' && !/^[01]$/.test(value));
  const isNumber = values.every((value) => /^[01]$/.test(String(value)));
  const bad = isNumber
    ? `status = ${isFailure ? 1 : 0}`
    : isText
      ? oneOf(values.map(String).filter(isBad), isFailure ? 'true' : 'false')
      : `status = ${isFailure}`;
  return kindOf('flag', isFailure ? 'true is a failure' : 'true is a success', bad, bad);
}

function oneOf(words: readonly string[], otherwise: string): string {
  const [first = otherwise, ...more] = [...new Set(words)].sort();
  return more.length === 0 ? `status = '${first}'` : `status in (${list([first, ...more])})`;
}

function list(words: readonly string[]): string {
  return words.map((word) => `'${word}'`).join(', ');
}

/** **Source** google.rpc.Code, by number. */
const grpcCodes = (
  'OK CANCELLED UNKNOWN INVALID_ARGUMENT DEADLINE_EXCEEDED NOT_FOUND ALREADY_EXISTS ' +
  'PERMISSION_DENIED RESOURCE_EXHAUSTED FAILED_PRECONDITION ABORTED OUT_OF_RANGE UNIMPLEMENTED ' +
  'INTERNAL UNAVAILABLE DATA_LOSS UNAUTHENTICATED'
).split(' ');

/** The codes that are the server's own fault. **Source** OpenTelemetry's conventions for gRPC. */
const grpcServerFaults = [
  'UNKNOWN',
  'DEADLINE_EXCEEDED',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
];
/** As 404 and 429 are. */
const grpcSoft = ['NOT_FOUND', 'RESOURCE_EXHAUSTED'];

/** Whether a pager on the rule `bad` counts it. Words and flags are all counted. */
export function isServerFault(kind: StatusKind['kind'], status: string): boolean {
  if (kind === 'http') return Number(status) >= 500;
  if (kind !== 'grpc') return true;
  const name = /^\d+$/.test(status) ? (grpcCodes[Number(status)] ?? '') : (grpcOf(status) ?? '');
  return grpcServerFaults.includes(name);
}

function grpcNumbers(share: number): StatusKind {
  const numbers = (names: readonly string[]): string =>
    names.map((name) => grpcCodes.indexOf(name)).join(', ');
  return kindOf(
    'grpc',
    `${percent(share)} of the values are 0 to 16`,
    `status in (${numbers(grpcServerFaults)})`,
    `status not in (${numbers(['OK', ...grpcSoft])})`,
  );
}

/** `DEADLINE_EXCEEDED`, `DeadlineExceeded`, `StatusCode.DEADLINE_EXCEEDED` and the like. */
function grpcOf(text: string): string | null {
  const bare = text.replace(/^.*[.:]/, '').replace(/([a-z])([A-Z])/g, '$1_$2');
  const name = bare.toUpperCase().replace('CANCELED', 'CANCELLED');
  return grpcCodes.includes(name) ? name : null;
}

/** `ok` alone is nobody's own: another name of theirs, or theirs in the label, has to say so. */
function isGrpcNames(label: string, counts: readonly StatusCount[], share: Share): boolean {
  const names = counts.map(({ value }) => grpcOf(String(value)));
  if (!names.includes('OK') || share((text) => grpcOf(text) !== null) < fitShare) return false;
  return /grpc/i.test(label) || names.some((name) => name !== null && /_/.test(name));
}

/** The names as they are written here, so that a filter meets them. */
function grpcNames(counts: readonly StatusCount[]): StatusKind {
  const texts = counts.map(({ value }) => String(value)).sort();
  const form = formOf(texts.find((text) => grpcOf(text) !== 'OK') ?? 'OK');
  const written = (names: readonly string[]): string => {
    const seen = texts.filter((text) => isPlain(text) && names.includes(grpcOf(text) ?? ''));
    return list([...new Set([...seen, ...names.map(form)])].sort());
  };
  return kindOf(
    'grpc',
    'values are gRPC codes',
    `status in (${written(grpcServerFaults)})`,
    `status not in (${written(['OK', ...grpcSoft])})`,
  );
}

function formOf(example: string): (name: string) => string {
  const prefix = /^.*[.:]/.exec(example)?.[0] ?? '';
  const bare = example.slice(prefix.length);
  if (!isPlain(prefix)) return (name) => name;
  if (bare === bare.toUpperCase() && bare !== 'OK') return (name) => prefix + name;
  if (bare === bare.toLowerCase()) return (name) => prefix + name.toLowerCase();
  if (bare === 'OK') return (name) => prefix + name;
  return (name) =>
    prefix +
    name
      .split('_')
      .map((word) => (word === 'OK' ? word : word.slice(0, 1) + word.slice(1).toLowerCase()))
      .join('');
}

/** Words by which work is said to have gone well. */
const goodWords = new Set(
  (
    'ok okay success successful succeeded pass passed true yes good healthy unset complete ' +
    'completed done finished accepted approved allowed authorized granted delivered processed ' +
    'fulfilled resolved valid normal'
  ).split(' '),
);
/** Chosen by us: more words than this are texts, not a status. */
const mostWords = 30;
/** Chosen by us: where less goes well, the words mean something else. */
const goodShare = 0.3;

function wordKind(counts: readonly StatusCount[], share: Share): StatusKind | null {
  if (counts.length > mostWords || counts.some(({ value }) => typeof value !== 'string')) {
    return null;
  }
  const good = counts
    .map(({ value }) => String(value))
    .filter(isGood)
    .sort();
  if (share(isGood) < goodShare) return null;
  const bad = `status not in (${list([...new Set(good)])})`;
  return kindOf('word', `good is ${good.slice(0, 3).join(', ')}`, bad, bad);
}

function isGood(text: string): boolean {
  return goodWords.has(text.toLowerCase());
}

/** Without what would have to be escaped. */
function isPlain(text: string): boolean {
  return /^[\w .:-]*$/.test(text);
}
