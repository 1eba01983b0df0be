/** Hosts that go to and fro between two versions: A, B, A, B, A within 24 hours. */
import { limits } from './version-cell.js';
import type { Fleet } from './version-fleet.js';
import type { Island } from './version-island.js';

export interface FlappingHost {
  readonly host: string;
  /** The one of the two that the fleet was not led by. */
  readonly version: string;
  readonly fleetVersion: string;
}

/** By host. Two versions side by side on one host are no flapping. */
export function flappingHosts(fleet: Fleet): ReadonlyMap<string, FlappingHost> {
  const byHost = new Map<string, Island[]>();
  for (const island of fleet.islands) {
    if (island.concurrent) continue;
    const own = byHost.get(island.host);
    if (own === undefined) byHost.set(island.host, [island]);
    else own.push(island);
  }
  const found = new Map<string, FlappingHost>();
  for (const [host, islands] of byHost) {
    const at = islands.findIndex((_, index) => flapsFrom(islands, index));
    const first = islands[at];
    const second = islands[at + 1];
    if (first === undefined || second === undefined) continue;
    const led = fleet.segments.find(({ end }) => end > second.first)?.lead;
    const [version, fleetVersion] =
      led === second.version ? [first.version, second.version] : [second.version, first.version];
    found.set(host, { host, version, fleetVersion });
  }
  return found;
}

function flapsFrom(islands: readonly Island[], at: number): boolean {
  const run = islands.slice(at, at + limits.flappingSwitches + 1);
  const [first, second] = run;
  const last = run.at(-1);
  if (first === undefined || second === undefined || last === undefined) return false;
  if (run.length <= limits.flappingSwitches || first.version === second.version) return false;
  if (last.first - first.last > limits.flapping) return false;
  return run.every(({ version }, index) => version === (index % 2 ? second : first).version);
}
