/** What the demo planted: the answer that the tests and the story are held against. */
import type { Micros } from '../time/instant.js';
import type { TimeRange } from '../time/range.js';
import { demoDates, demoMinutes, demoStart, instantOf } from './calendar.js';
import { services } from './fleet.js';
import { type DemoOptions, demoSchedule } from './generate.js';
import { incident, type TransitionKind } from './plan.js';
import { objective, objectiveEvents, sum } from './traffic.js';

export interface TrueIncident extends TimeRange {
  readonly service: string;
  readonly hosts: readonly string[];
  readonly version: string;
  readonly fleetVersion: string;
  readonly fleetHosts: number;
  /** All of them failed. */
  readonly events: number;
  readonly statuses: readonly { readonly status: number; readonly events: number }[];
  /** The instant 500 turns into 401. */
  readonly rejectingFrom: Micros;
  /** Of all events of the service in the window. */
  readonly trafficShare: number;
  /** Of the error budget of the objective. */
  readonly budgetBurned: number;
}

export interface TrueTransition extends TimeRange {
  readonly kind: TransitionKind;
  readonly service: string;
  readonly version: string;
  readonly from: string;
  readonly hosts: readonly string[];
}

export interface DemoTruth {
  readonly seed: number;
  readonly window: TimeRange;
  readonly dates: readonly string[];
  readonly rows: number;
  readonly services: readonly {
    readonly service: string;
    readonly rows: number;
    /** Weighted. */
    readonly events: number;
  }[];
  readonly objective: { readonly target: number; readonly days: number; readonly events: number };
  readonly incident: TrueIncident;
  /** Versions that came and went as they should; none of them is a mismatch. */
  readonly transitions: readonly TrueTransition[];
}

/** **Faults** CC1003 too few events for the story. */
export function demoTruth(options: DemoOptions): DemoTruth {
  const { plan, traffic } = demoSchedule(options);
  const [api = new Uint32Array()] = traffic.rows;
  const events = sum(traffic.incident);
  const errors = sum(traffic.incident.subarray(0, incident.rejectingFrom - incident.start));
  const budget = objectiveEvents(api) * (1 - objective.target);
  return Object.freeze({
    seed: options.seed,
    window: { start: demoStart, end: instantOf(demoMinutes) },
    dates: demoDates,
    rows: options.events,
    services: services.map(({ name, sampleRate }, index) => {
      const rows = sum(traffic.rows[index] ?? new Uint32Array());
      return { service: name, rows, events: rows * sampleRate };
    }),
    objective: {
      target: objective.target,
      days: objective.windowMinutes / 1_440,
      events: objectiveEvents(api),
    },
    incident: {
      service: incident.service,
      hosts: incident.hosts,
      version: incident.version,
      fleetVersion: incident.fleetVersion,
      fleetHosts: (services[0]?.hosts ?? 0) + incident.hosts.length,
      start: instantOf(incident.start),
      end: instantOf(incident.end),
      events,
      statuses: [
        { status: 401, events: events - errors },
        { status: 500, events: errors },
      ],
      rejectingFrom: instantOf(incident.rejectingFrom),
      trafficShare: events / sum(api.subarray(incident.start, incident.end)),
      budgetBurned: events / budget,
    },
    transitions: plan.transitions.map((transition) => ({
      ...transition,
      start: instantOf(transition.start),
      end: instantOf(transition.end),
    })),
  });
}
