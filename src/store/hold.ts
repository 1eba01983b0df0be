/**
 * Holds: windows whose days stay beyond retention, as properties of the table. A hold is a commit
 * of its own, so a retention that has not seen it yet loses the race and plans again.
 */
import { Fault } from '../base/fault.js';
import type { Metadata } from '../delta/action.js';
import { integerOf, isRecord, textOf } from '../delta/json-field.js';
import { microsPerDay } from '../time/instant.js';
import type { TimeRange } from '../time/range.js';
import { changeMetadata, type Dataset } from './dataset.js';

export interface Hold {
  readonly name: string;
  readonly window: TimeRange;
  readonly reason: string;
  /** Milliseconds since the epoch. */
  readonly createdMs: number;
  /** Milliseconds since the epoch; null: until it is removed. */
  readonly expiresMs: number | null;
}

const keyPrefix = 'coldcase.hold.';
const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

export function isHoldName(name: string): boolean {
  return namePattern.test(name);
}

/** Those of a snapshot, expired ones too, in order of their names. */
export function holdsOf({ snapshot }: Dataset): readonly Hold[] {
  const { configuration } = snapshot.metadata;
  return Object.keys(configuration)
    .filter((key) => key.startsWith(keyPrefix))
    .sort()
    .map((key) => decodeHold(key.slice(keyPrefix.length), configuration[key] ?? ''));
}

export function isActive({ expiresMs }: Hold, nowMs: number): boolean {
  return expiresMs === null || expiresMs > nowMs;
}

/** Whether a hold keeps this UTC day. A day is kept whole. */
export function holdsDay({ window }: Hold, date: string): boolean {
  const start = Date.parse(`${date}T00:00:00Z`) * 1000;
  return window.start < start + microsPerDay && window.end > start;
}

/** **Faults** CC4011 the name is taken, CC4002, CC4004. */
export async function addHold(dataset: Dataset, hold: Hold): Promise<Dataset> {
  const { name, window, reason, createdMs, expiresMs } = hold;
  const text = JSON.stringify({ ...window, reason, created: createdMs, expires: expiresMs });
  return await changeHolds(dataset, hold.createdMs, (configuration) => {
    if (keyPrefix + name in configuration) throw new Fault('CC4011', { name });
    return { ...configuration, [keyPrefix + name]: text };
  });
}

/** **Faults** CC4010 there is none, CC4002, CC4004. **Units** milliseconds since the epoch. */
export async function removeHold(dataset: Dataset, name: string, nowMs: number): Promise<Dataset> {
  return await changeHolds(dataset, nowMs, (configuration) => {
    const { [keyPrefix + name]: held, ...others } = configuration;
    if (held === undefined) throw new Fault('CC4010', { name });
    return others;
  });
}

async function changeHolds(
  dataset: Dataset,
  nowMs: number,
  change: (configuration: Metadata['configuration']) => Metadata['configuration'],
): Promise<Dataset> {
  const next = ({ snapshot: { metadata } }: Dataset): Metadata =>
    Object.freeze({ ...metadata, configuration: change(metadata.configuration) });
  return await changeMetadata(dataset, next, nowMs);
}

/** Whether its entry could not be read; it then keeps every day. */
export function isUnreadable({ window }: Hold): boolean {
  return window.start === Number.MIN_SAFE_INTEGER;
}

/** What cannot be read holds everything: evidence must not go because of a broken entry. */
function decodeHold(name: string, text: string): Hold {
  const value = parsed(text);
  const start = isRecord(value) ? integerOf(value, 'start') : null;
  const end = isRecord(value) ? integerOf(value, 'end') : null;
  if (!isRecord(value) || start === null || end === null) {
    const window = { start: Number.MIN_SAFE_INTEGER, end: Number.MAX_SAFE_INTEGER };
    return { name, window, reason: 'cannot be read', createdMs: 0, expiresMs: null };
  }
  return Object.freeze({
    name,
    window: { start, end },
    reason: textOf(value, 'reason') ?? '',
    createdMs: integerOf(value, 'created') ?? 0,
    expiresMs: integerOf(value, 'expires'),
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
