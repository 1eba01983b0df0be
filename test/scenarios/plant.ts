/** What planting takes: a window, a truth, and an effect that makes events fail. */
import type { Need } from './style.js';
import { dayMinutes, present, type SimEvent, type Truth, type World } from './world.js';

/** A kind of world: its name, what is done to it, and the columns without which it cannot be. */
export type Kind = readonly [name: string, plant: Plant, needs?: readonly Need[] | undefined];

export type Plant = (world: World) => void;

export interface Window {
  readonly from: number;
  readonly to: number;
}

/** Somewhere in the middle of the data, by day or night. */
export function windowOf({ random, minutes }: World, least: number, most: number): Window {
  const length = random.whole(least, most);
  const margin = Math.min(dayMinutes, Math.floor(minutes / 4));
  const from = random.whole(margin, minutes - margin - length);
  return { from, to: from + length };
}

export type Part = Partial<
  Omit<Truth, 'kind' | 'from' | 'to' | 'hurt' | 'lost' | 'firstSeen' | 'evidence'>
>;

export function addTruth(world: World, kind: string, window: Window, part: Part): number {
  return (
    world.truths.push({
      kind,
      ...window,
      services: [],
      hosts: [],
      versions: [],
      customers: [],
      routes: [],
      zones: [],
      counted: true,
      ...part,
      hurt: 0,
      lost: 0,
      firstSeen: null,
      evidence: 0,
    }) - 1
  );
}

export interface Failing {
  readonly matches: (event: SimEvent) => boolean;
  readonly rate: number;
  readonly status: number;
  readonly error: string | null;
}

export function fail(event: SimEvent, status: number, error: string | null): true {
  event.status = status;
  event.error = error;
  return true;
}

export function plantFailing(world: World, window: Window, incident: number, what: Failing): void {
  world.effects.push({
    ...window,
    incident,
    change: (event, random) => {
      if (event.route === '/healthz' || !what.matches(event)) return false;
      if (random.unit() >= what.rate || event.status >= 400) {
        return event.status >= 400 && what.rate >= 0.5;
      }
      return fail(event, what.status, what.error);
    },
  });
}

export function main(world: World) {
  return present(world.services[0]);
}

/** Neighbours; never more than half of the fleet. */
export function someHosts(world: World, wanted: number): readonly string[] {
  const { hosts } = main(world);
  const count = Math.min(wanted, Math.max(1, Math.floor(hosts.length / 2)));
  const from = world.random.whole(0, hosts.length - count);
  return hosts.slice(from, from + count);
}

export function someRoute(world: World): string {
  return present(main(world).routes[world.random.whole(0, 2)]).name;
}
