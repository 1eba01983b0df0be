/** What `versions` reads, counts of events by host and version, and the limits it judges by. */
import { type Micros, microsPerHour, microsPerMinute } from '../time/instant.js';

/**
 * The events of one host and version that lie close together: those of one minute, or of one hour.
 * **Invariant** `first` and `last` are the instants of its first and last event.
 */
export interface VersionCell {
  readonly service: string | null;
  readonly host: string | null;
  readonly version: string | null;
  readonly first: Micros;
  readonly last: Micros;
  /** Weighted counts. */
  readonly events: number;
  readonly bad: number;
  /** Rows the events were counted from: fewer when sampled. Certainty comes from rows. */
  readonly rows: number;
}

/** A cell that says where it ran what. */
export interface SeenCell extends VersionCell {
  readonly service: string;
  readonly host: string;
  readonly version: string;
}

/** The events of one status, in the window of one group. */
export interface StatusCell {
  readonly host: string;
  readonly version: string;
  /** Null where the events have none, or the data has no status. */
  readonly status: number | null;
  readonly events: number;
  readonly bad: number;
  readonly rows: number;
}

/** Data without a service is one fleet under this name. */
export const wholeFleet = '';

/** **Source** the definition of a version mismatch in `docs/method.md`, unless said. */
export const limits = Object.freeze({
  /** Fewer rows of one version on a host are no evidence that it ran there. */
  islandRows: 5,
  /** Nothing is said about what lies within this distance of the ends of the data. */
  edge: 10 * microsPerMinute,
  /** A rollout that waits for longer between two hosts has a canary, or stands still. */
  rollout: 60 * microsPerMinute,
  canary: 4 * microsPerHour,
  /** Chosen: a rollout is judged until so long after it, and by so much of the time before. */
  judged: 60 * microsPerMinute,
  canaryShare: 0.2,
  straggler: 2 * microsPerHour,
  /** Chosen: in a rollout slower than the straggler limit, this many waits make one. */
  paces: 1.5,
  leaving: microsPerHour,
  split: 4 * microsPerHour,
  splitShare: 0.3,
  flapping: 24 * microsPerHour,
  flappingSwitches: 4,
  /** Chosen: a host silent for less still runs what it ran. */
  silence: 30 * microsPerMinute,
  /** Chosen: for a host with few events, this many times its usual distance between two. */
  silenceGaps: 20,
  /** Chosen: a version that is gone for longer has left the fleet. */
  absence: 15 * microsPerMinute,
  /** Chosen: three visits on hosts of its own are a deployment of its own, not a mistake. */
  recurring: 3,
});
