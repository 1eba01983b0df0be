/**
 * How much evidence of its planted trouble a world holds: what an observer would have who knew who,
 * when, and what is usual. Below some of it nothing can be told from chance, by nobody.
 */
import type { SimEvent, Truth, World } from './world.js';

export interface Tally {
  all: number;
  bad: number;
  /** By truth: rows of those it is about while it lasted, and rows hurt. */
  readonly rows: number[];
  readonly hurt: number[];
  /** Hosts that rows hurt came from. */
  readonly hosts: readonly Set<string>[];
}

export function newTally({ truths }: World): Tally {
  return {
    all: 0,
    bad: 0,
    rows: truths.map(() => 0),
    hurt: truths.map(() => 0),
    hosts: truths.map(() => new Set()),
  };
}

export function count(tally: Tally, { truths }: World, event: SimEvent): void {
  tally.all += 1;
  if (event.status >= 400 && event.hurt.length === 0) tally.bad += 1;
  truths.forEach((truth, index) => {
    if (event.hurt.includes(truth)) {
      tally.hurt[index] = (tally.hurt[index] ?? 0) + 1;
      tally.hosts[index]?.add(event.host);
    }
    if (isOf(truth, event)) tally.rows[index] = (tally.rows[index] ?? 0) + 1;
  });
}

function isOf(truth: Truth, event: SimEvent): boolean {
  const lists = [
    [truth.services, event.service],
    [truth.hosts, event.host],
    [truth.versions, event.version],
    [truth.routes, event.route],
    [truth.customers, event.customer ?? ''],
    [truth.zones, event.zone ?? ''],
  ] as const;
  const isDuring = event.minute >= truth.from && event.minute < truth.to;
  return isDuring && lists.every(([names, own]) => names.length === 0 || names.includes(own));
}

/** Chosen by us: an event that was only slower is worth about what a failure is where one in twenty
 * fails anyway. */
const uncountedShare = 0.05;

/** **Units** nats: how much better the truth explains what came than what is usual does. */
export function evidenceOf({ all, bad, rows, hurt }: Tally, truth: Truth, index: number): number {
  const own = rows[index] ?? 0;
  if (truth.shiftMinutes !== undefined) {
    const moved = (own * truth.shiftMinutes) / (truth.to - truth.from);
    return gain(0, moved) + gain(2 * moved, moved);
  }
  if (truth.lost > 0 && !truth.counted) return gain(own, own + truth.lost);
  const usual = truth.counted ? bad / Math.max(1, all) : uncountedShare;
  return gain(hurt[index] ?? 0, Math.max(0.01, usual * own));
}

function gain(seen: number, expected: number): number {
  return (seen === 0 ? 0 : seen * Math.log(seen / expected)) - (seen - expected);
}
