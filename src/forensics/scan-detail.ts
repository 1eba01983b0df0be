/** From a judged draft to a finding: exact times, counts, statuses, errors, who was hurt. */
import { present } from '../base/assert.js';
import type { Cell } from '../query/ports.js';
import { type Limits, type Measure, rollupSpec } from '../query/rollup.js';
import { breakdown } from '../query/spec.js';
import { type Micros, microsPerMinute } from '../time/instant.js';
import type { Dictionaries, Dimension } from './scan-cells.js';
import type { Draft } from './scan-draft.js';
import type { Entities } from './scan-finding.js';
import { columnText, filterOf, quoted, type ScanPort } from './scan-port.js';
import type { Profile } from './scan-signal.js';
import type { Selection } from './scan-subset.js';

/** What is asked, and by which names and limits. */
export interface DetailContext {
  readonly port: ScanPort;
  readonly dictionaries: Dictionaries;
  readonly profile: Profile;
  readonly limits: Limits | null;
}

export interface Detail {
  readonly firstAffected: Micros;
  readonly lastAffected: Micros;
  readonly events: number;
  readonly bad: number;
  readonly badRows: number;
  readonly rows: number;
  readonly statuses: readonly string[];
  readonly errors: readonly string[];
  readonly customersAffected: number;
  readonly topCustomers: readonly { readonly customer: string; readonly events: number }[];
}

/** The names of a selection, sorted. */
export function namesOf(
  dictionaries: Dictionaries,
  selection: Selection,
  dimension: Dimension,
): readonly string[] {
  const ids = selection.get(dimension);
  if (ids === undefined) return [];
  return [...ids].map((id) => present(dictionaries[dimension].texts[id], 'a name')).sort();
}

/** A filter for the events of some entities. */
export function entityText(entities: Partial<Entities>, zone: string | null): string | null {
  const parts: readonly (readonly [string, readonly string[] | undefined])[] = [
    ['service', entities.services],
    ['host', entities.hosts],
    ['version', entities.versions],
    [zone === null ? 'zone' : columnText(zone), entities.azs],
    ['route', entities.endpoints],
    ['customer', entities.customers],
  ];
  const texts = parts.flatMap(([name, values]) => {
    const [first, ...more] = values ?? [];
    if (first === undefined) return [];
    if (more.length === 0) return [`${name} = ${quoted(first)}`];
    return [`${name} in (${[first, ...more].map(quoted).join(', ')})`];
  });
  return texts.length === 0 ? null : texts.join(' and ');
}

/** A filter for the events of a selection; null: all. */
export function selectionText(
  dictionaries: Dictionaries,
  selection: Selection,
  zone: string | null,
): string | null {
  const of = (dimension: Dimension) => namesOf(dictionaries, selection, dimension);
  const entities = {
    services: of('service'),
    hosts: of('host'),
    versions: of('version'),
    azs: of('zone'),
    endpoints: of('route'),
    customers: of('customer'),
  };
  return entityText(entities, zone);
}

/** Chosen by us: how many names a finding lists of those that were hurt. */
const mostListed = 10;
/** Chosen by us: a status or an error text below this share of a finding is not of it, where
 * nearly all failed and where others failed as well. */
const leastShares = { nearTotal: 0.01, partial: 0.1 };
const nearTotal = 0.85;

/** Asks for the events of a draft: those it hit, and all it was about. */
export async function detailOf(context: DetailContext, draft: Draft): Promise<Detail> {
  const { port, dictionaries, profile, limits } = context;
  const window = { start: draft.from * microsPerMinute, end: draft.to * microsPerMinute };
  const text = selectionText(dictionaries, draft.selection, profile.columns.zone);
  const where = text === null ? [] : [filterOf(text)];
  const { measure } = draft.signal;
  const condition = 'where' in measure ? measure.where : null;
  const ask = (measures: readonly Measure[], keys: readonly string[]) =>
    port.rollup(
      rollupSpec(window, {
        keys: keys.map((key) => breakdown(key)),
        where,
        measures,
        limits,
      }),
    );
  const events: Measure = measure.kind === 'limit' ? measure : { kind: 'events', where: condition };
  const [row = []] = await ask(
    [
      { kind: 'first', where: condition },
      { kind: 'last', where: condition },
      { kind: 'events', where: null },
      events,
      measure,
      { kind: 'rows', where: null },
    ],
    [],
  );
  const number = (index: number): number => Number(row[index] ?? 0);
  const has = (role: 'status' | 'customer') => (port.source.roles[role]?.length ?? 0) > 0;
  const statuses = has('status') ? await ask([events], ['status']) : [];
  const error = profile.columns.error;
  const errors =
    error === null
      ? []
      : await port.rollup(
          rollupSpec(window, {
            keys: [
              { term: { name: error, exact: true, at: null }, modifier: null, label: 'error' },
            ],
            where,
            measures: [events],
            limits,
          }),
        );
  const customers = has('customer') ? await ask([events], ['customer']) : [];
  const hurt = counted(customers);
  const isNearTotal = number(4) >= nearTotal * number(5);
  const leastShare = isNearTotal ? leastShares.nearTotal : leastShares.partial;
  return {
    firstAffected: row[0] === null ? window.start : number(0),
    lastAffected: row[1] === null ? window.end : number(1),
    events: number(2),
    bad: number(3),
    badRows: number(4),
    rows: number(5),
    statuses: shown(counted(statuses), leastShare),
    errors: shown(counted(errors), leastShare),
    customersAffected: hurt.length,
    topCustomers: hurt.slice(0, mostListed).map(({ name, count }) => ({
      customer: name,
      events: count,
    })),
  };
}

interface Named {
  readonly name: string;
  readonly count: number;
}

/** Names with their counts, the largest first; missing names and empty counts are left out. */
export function counted(rows: readonly (readonly Cell[])[]): readonly Named[] {
  return rows
    .flatMap(([name = null, count]) =>
      name === null || Number(count) === 0 ? [] : [{ name: String(name), count: Number(count) }],
    )
    .sort((left, right) => right.count - left.count || (left.name < right.name ? -1 : 1));
}

function shown(items: readonly Named[], least: number): readonly string[] {
  const total = items.reduce((sum, { count }) => sum + count, 0);
  return items
    .filter(({ count }) => count >= total * least)
    .slice(0, mostListed)
    .map(({ name }) => name);
}
