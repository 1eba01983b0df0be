/** Findings of traffic that fell to a part of what is usual, and came back. */
import { unreachable } from '../base/assert.js';
import { microsPerMinute } from '../time/instant.js';
import { noValue } from './scan-cells.js';
import { dipsOf, sharpenedDip } from './scan-dip.js';
import type { Blocks } from './scan-exposure.js';
import { askScan, type ScanFacts } from './scan-facts.js';
import type { Entities, Finding } from './scan-finding.js';
import { searchLulls } from './scan-less-all.js';
import { lessFinding, overlaps } from './scan-less-finding.js';
import { noEntities } from './scan-plain.js';
import { minutesOf } from './scan-presence.js';
import type { QuietRows } from './scan-quiet.js';
import type { CountedRows } from './scan-quiet-rows.js';
import { inTurn } from './scan-silence.js';
import { drained, takenOver } from './scan-takeover.js';
import type { Dip } from './scan-trough.js';
import { boundOf } from './scan-walk.js';

/** What was counted for silences serves here too. */
export interface LessQuestion {
  readonly facts: ScanFacts;
  readonly blocks: Blocks;
  readonly rows: QuietRows;
  /** Findings of silence: what is silent is not less. */
  readonly silences: readonly Finding[];
}

/** Chosen by us: what overlaps so much with a larger dip is a part of it. */
const sharedTime = 0.5;

type What = keyof QuietRows;

interface Found {
  readonly what: What;
  readonly dips: readonly Dip[];
}

/** Those that miss most first; what is a part of a silence or of a larger one is left out. */
export async function searchLess(question: LessQuestion): Promise<readonly Finding[]> {
  const { blocks, rows, silences } = question;
  const members = Object.values(rows).reduce((all, own) => all + own.length, 0);
  const tests = blocks.count * blocks.stepMinutes * Math.max(1, members);
  const bound = boundOf(tests);
  const found = (['service', 'host', 'route', 'customer'] as const).flatMap((what) =>
    groupsOf(question, rows[what], what).flatMap((group): readonly Found[] => {
      const dips = dipsOf(group, { blocks, bound });
      return what === 'host' ? together(dips) : dips.map((dip) => ({ what, dips: [dip] }));
    }),
  );
  const ranked = [...found].sort((left, right) => missingOf(right) - missingOf(left));
  const kept: Finding[] = [];
  for (const one of ranked) {
    const finding = await unlessTaken(question, one, await findingOf(question, one, tests));
    const isPart = [...silences, ...kept].some((other) => overlaps(finding, other));
    if (!isPart) kept.push(finding);
  }
  for (const lull of await searchLulls(question)) {
    if (![...silences, ...kept].some((other) => overlaps(lull, other))) kept.push(lull);
  }
  return kept;
}

/** Those that are compared with each other: of one service, but for customers and services. */
function groupsOf(
  { facts }: LessQuestion,
  members: readonly CountedRows[],
  what: What,
): readonly (readonly CountedRows[])[] {
  const hasService = facts.axes.breakdowns.has('service');
  if (!hasService || what === 'customer' || what === 'service') return [members];
  const groups = new Map<number, CountedRows[]>();
  for (const member of members) {
    const service = member.ids[0] ?? -1;
    groups.set(service, [...(groups.get(service) ?? []), member]);
  }
  return [...groups.values()];
}

/** Hosts that had less at the same time are one thing; in turn they are taken out on purpose. */
function together(dips: readonly Dip[]): readonly Found[] {
  const planned = inTurn(dips.map(({ from, to }) => ({ from, to, service: 0 })));
  const groups: Dip[][] = [];
  for (const dip of dips.filter((_, index) => !planned.has(index))) {
    const home = groups.find(([first]) => first !== undefined && shared(first, dip) > sharedTime);
    if (home === undefined) groups.push([dip]);
    else home.push(dip);
  }
  return groups.map((own) => ({ what: 'host', dips: own }));
}

function shared(
  left: { readonly from: number; readonly to: number },
  right: { readonly from: number; readonly to: number },
): number {
  const common = Math.min(left.to, right.to) - Math.max(left.from, right.from);
  return common / Math.max(left.to - left.from, right.to - right.from);
}

function missingOf({ dips }: Found): number {
  return dips.reduce((sum, { expected, seen }) => sum + expected - seen, 0);
}

async function findingOf(
  question: LessQuestion,
  { what, dips }: Found,
  tests: number,
): Promise<Finding> {
  const entities = entitiesOf(question, what, dips);
  const exact = await Promise.all(dips.map((dip) => sharpened(question, what, dip)));
  const score = dips.reduce((all, dip) => all + dip.score, 0);
  return lessFinding({ entities, dips: exact, score, tests });
}

/** What a host had less and the others more was taken from it on purpose. */
async function unlessTaken(
  { facts }: LessQuestion,
  { what, dips }: Found,
  finding: Finding,
): Promise<Finding> {
  const [first] = dips;
  if (what !== 'host' || first === undefined) return finding;
  const service = facts.axes.breakdowns.has('service') ? (first.ids[0] ?? noValue) : noValue;
  const only = { dimension: 'host', ids: dips.map(({ ids }) => ids.at(-1) ?? noValue) } as const;
  const span = minutesOf({ start: finding.start, end: finding.end });
  const [isTaken] = await takenOver(facts, [{ ...span, service, only, ongoing: false }]);
  return isTaken === true ? drained(finding) : finding;
}

async function sharpened({ facts, blocks }: LessQuestion, what: What, dip: Dip): Promise<Dip> {
  const pad = 2 * blocks.stepMinutes;
  const first = Math.max(Math.floor(facts.window.start / microsPerMinute), dip.from - pad);
  const last = Math.min(Math.ceil(facts.window.end / microsPerMinute), dip.to + pad);
  const isPart = what === 'route' && dip.ids.length > 1;
  const found = await askScan(facts, {
    of: isPart ? [what, 'service'] : [what],
    stepMicros: microsPerMinute,
    window: { start: first * microsPerMinute, end: last * microsPerMinute },
    only: { dimension: what, ids: [dip.ids.at(-1) ?? noValue] },
  });
  const rows = new Float64Array(last - first);
  for (let at = 0; at < found.rowCount; at += 1) {
    if (isPart && found.keys[1]?.[at] !== dip.ids[0]) continue;
    const minute = (found.minutes[at] ?? 0) - first;
    rows[minute] = (rows[minute] ?? 0) + (found.rows[at] ?? 0);
  }
  return sharpenedDip(dip, { from: first, rows }, blocks);
}

function entitiesOf({ facts }: LessQuestion, what: What, dips: readonly Dip[]): Entities {
  const names = (of: What, at: number): readonly string[] => {
    const { texts } = facts.dictionaries[of];
    return [...new Set(dips.map(({ ids }) => texts[ids.at(at) ?? noValue] ?? ''))].sort();
  };
  const own = names(what, -1);
  const hasService = facts.axes.breakdowns.has('service');
  const services = hasService && (what === 'host' || what === 'route') ? names('service', 0) : [];
  switch (what) {
    case 'service':
      return { ...noEntities, services: own };
    case 'host':
      return { ...noEntities, services, hosts: own };
    case 'route':
      return { ...noEntities, services, endpoints: own };
    case 'customer':
      return { ...noEntities, customers: own };
    default:
      return unreachable(what);
  }
}
