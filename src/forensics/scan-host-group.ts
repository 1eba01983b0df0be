/** Silent hosts that belong together: of one service, of one zone, replaced by others. Pure. */
import { present } from '../base/assert.js';
import { type Dimension, noValue } from './scan-cells.js';
import type { ScanFacts } from './scan-facts.js';
import type { Presence } from './scan-presence.js';
import type { Silence } from './scan-silence.js';

/** Hosts that fell silent together. **Shape** `zone` where they are all that it has. */
export interface HostGroup {
  readonly silence: Silence;
  readonly ids: readonly number[];
  readonly names: readonly string[];
  /** Ids of the hosts. */
  readonly members: readonly number[];
  readonly zone: string | null;
}

/** Chosen by us: minutes by which hosts that fell silent together may differ. */
const together = 12;

/** Hosts of one service that were silent at the same time are one finding. */
export function hostGroups(
  facts: ScanFacts,
  silences: readonly Silence[],
  { hosts, zones }: { readonly hosts: readonly Presence[]; readonly zones: Zones },
): readonly HostGroup[] {
  const groups: Silence[][] = [];
  for (const one of silences) {
    const home = groups.find(([first]) => first !== undefined && isTogether(first, one));
    if (home === undefined) groups.push([one]);
    else home.push(one);
  }
  return groups.map((own) => {
    const [first] = own;
    const silence = present(first, 'a silence');
    return {
      silence: {
        ...silence,
        from: Math.min(...own.map(({ from }) => from)),
        to: Math.max(...own.map(({ to }) => to)),
        missing: own.reduce((sum, { missing }) => sum + missing, 0),
        score: own.reduce((sum, { score }) => sum + score, 0),
      },
      ids: silence.ids,
      members: own.map(({ ids }) => ids.at(-1) ?? noValue),
      names: own.map(({ ids }) => nameIn(facts, 'host', ids.at(-1))).sort(),
      zone: zoneOfHosts(facts, zones, own, hosts),
    };
  });
}

/** Chosen by us: minutes around the start of a silence in which a host was replaced. */
const replacedWithin = 60;

/** Without those in whose place as many new hosts came: blue that was replaced by green. */
export function unreplaced(
  groups: readonly HostGroup[],
  hosts: readonly Presence[],
  origin: number,
): readonly HostGroup[] {
  return groups.filter(({ silence: { from, ids }, names }) => {
    const came = hosts.filter(({ ids: other, first }) => {
      const isSame = other.length < 2 || other[0] === ids[0];
      return isSame && first > 0 && Math.abs(origin + first - from) <= replacedWithin;
    });
    return came.length < names.length / 2;
  });
}

/** Chosen by us: hosts that miss so much of what their zone misses are what is silent. */
const mostOfZone = 0.7;

/** A zone of which some hosts have too little to be missed alone, and its hosts, are one. */
export function toldOnce(zones: readonly Silence[], groups: readonly HostGroup[]) {
  const isSame = (zone: Silence, { silence }: HostGroup): boolean => isTogether(zone, silence);
  const isMost = (zone: Silence, { silence }: HostGroup): boolean =>
    silence.missing >= mostOfZone * zone.missing;
  return {
    zones: zones.filter((zone) => !groups.some((own) => isSame(zone, own) && isMost(zone, own))),
    groups: groups.filter((own) => !zones.some((zone) => isSame(zone, own) && !isMost(zone, own))),
  };
}

/** The zones of hosts, by id. */
type Zones = ReadonlyMap<number, number>;

/** Two hosts and more that are all their service has in one zone. */
function zoneOfHosts(
  facts: ScanFacts,
  zones: Zones,
  own: readonly Silence[],
  hosts: readonly Presence[],
): string | null {
  const [first] = own;
  const zone = zones.get(first?.ids.at(-1) ?? noValue);
  if (own.length < 2 || first === undefined || zone === undefined) return null;
  const silent = new Set(own.map(({ ids }) => ids.at(-1)));
  const all = hosts.filter(
    ({ ids }) =>
      zones.get(ids.at(-1) ?? noValue) === zone && (ids.length < 2 || ids[0] === first.ids[0]),
  );
  const isAll = all.every(({ ids }) => silent.has(ids.at(-1)));
  return isAll && all.length === own.length ? nameIn(facts, 'zone', zone) : null;
}

function isTogether(left: Silence, right: Silence): boolean {
  const isSame = left.ids.length < 2 || left.ids[0] === right.ids[0];
  return (
    isSame &&
    Math.abs(left.from - right.from) <= together &&
    Math.abs(left.to - right.to) <= together
  );
}

/** The name of a value; empty where there is none. */
export function nameIn(
  { dictionaries }: ScanFacts,
  dimension: Dimension,
  id: number | undefined,
): string {
  return dictionaries[dimension].texts[id ?? noValue] ?? '';
}
