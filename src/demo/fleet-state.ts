/** Which hosts serve right now, and what their lines say about them. */
import { region, type Service, services, zoneOf } from './fleet.js';
import { fragment } from './lines.js';
import type { HostChange } from './plan.js';
import type { Random } from './random.js';

/** The part of a line that only depends on the host and what it runs. */
export interface HostLine {
  readonly line: Uint8Array;
  readonly lineWithoutVersion: Uint8Array;
}

export interface FleetState {
  /** Applies every change up to this minute; minutes only go forward. */
  readonly advance: (minute: number) => void;
  /** One of the serving hosts of a service, each as likely. */
  readonly draw: (service: number, random: Random) => HostLine;
}

export function hostLine(service: Service, host: string, version: string): HostLine {
  const name = `Z","service.name":"${service.name}"`;
  const number = Number(host.slice(host.lastIndexOf('-') + 1));
  const place = `"cloud.region":"${region}","cloud.availability_zone":"${zoneOf(number)}"`;
  const sampled = service.sampleRate > 1 ? `,"sample_rate":${service.sampleRate}` : '';
  const rest = `,"host.name":"${host}",${place}${sampled}`;
  return Object.freeze({
    line: fragment(`${name},"service.version":"${version}"${rest}`),
    lineWithoutVersion: fragment(name + rest),
  });
}

/** **Invariant** `changes` is in order of time. */
export function fleetState(changes: readonly HostChange[]): FleetState {
  const serving = services.map(() => new Map<string, HostLine>());
  let hosts: readonly (readonly HostLine[])[] = services.map(() => []);
  let next = 0;
  const advance = (minute: number): void => {
    const before = next;
    for (;;) {
      const change = changes[next];
      if (change === undefined || change.minute > minute) break;
      next += 1;
      const index = services.findIndex(({ name }) => name === change.service);
      const service = services[index];
      if (service === undefined) continue;
      if (change.version === null) serving[index]?.delete(change.host);
      else serving[index]?.set(change.host, hostLine(service, change.host, change.version));
    }
    if (next > before) hosts = serving.map((map) => [...map.values()]);
  };
  const draw = (service: number, random: Random): HostLine => {
    const choice = hosts[service] ?? [];
    return choice[random.below(choice.length)] ?? noHost;
  };
  return Object.freeze({ advance, draw });
}

const noHost: HostLine = Object.freeze({
  line: fragment('Z"'),
  lineWithoutVersion: fragment('Z"'),
});
