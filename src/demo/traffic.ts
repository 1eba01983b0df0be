/** How many events each service makes in each minute. Adds up to exactly what was asked for. */
import { demoMinutes, minutesPerDay, weekdayOf } from './calendar.js';
import { type Service, services } from './fleet.js';
import { incident } from './plan.js';
import { randomStream } from './random.js';

export interface Traffic {
  /** Rows by minute, one array a service in the order of `services`. */
  readonly rows: readonly Uint32Array[];
  /** Rows of the incident by minute of its window. */
  readonly incident: Uint32Array;
}

/** The objective the story is told against, and how much of its budget the incident burns. */
export const objective = Object.freeze({
  target: 0.9997,
  windowMinutes: 30 * minutesPerDay,
  burned: 0.816,
});

/** Rows of the api in the last 30 days, all of weight 1. */
export function objectiveEvents(apiRows: Uint32Array): number {
  return sum(apiRows.subarray(demoMinutes - objective.windowMinutes));
}

/** **Invariant** the incident is 81.6 % of the budget of 30 days, to the nearest event. */
export function planTraffic(seed: number, events: number): Traffic {
  const others = services.slice(1).map(({ share }) => Math.floor(events * share));
  const first = events - others.reduce((total, count) => total + count, 0);
  const rows = services.map((service, index) => {
    const weights = weightsOf(service, randomStream(seed, 20 + index).unit);
    return distribute(index === 0 ? first : (others[index - 1] ?? 0), weights);
  });
  const [api] = rows;
  if (api === undefined) return { rows, incident: new Uint32Array() };
  lendRow(api, incident.start, 1);
  lendRow(api, incident.end - 1, -1);
  const bad = Math.round(objectiveEvents(api) * (1 - objective.target) * objective.burned);
  const window = api.subarray(incident.start, incident.end);
  const failing = distribute(bad, Float64Array.from(window));
  lendRow(failing, 0, 1);
  lendRow(failing, failing.length - 1, -1);
  return Object.freeze({ rows, incident: failing });
}

function weightsOf(service: Service, unit: () => number): Float64Array {
  return Float64Array.from({ length: demoMinutes }, (_, minute) => {
    const hour = Math.floor(minute / 60) % 24;
    const part = (minute % 60) / 60;
    const from = service.hourly[hour] ?? 1;
    const to = service.hourly[(hour + 1) % 24] ?? 1;
    const day = service.daily[weekdayOf(minute)] ?? 1;
    return (from + (to - from) * part) * day * (0.85 + 0.3 * unit());
  });
}

/** Shares out `count` by weight; each part is its exact share rounded down or up. */
function distribute(count: number, weights: Float64Array): Uint32Array {
  const total = weights.reduce((all, weight) => all + weight, 0);
  let reached = 0;
  let given = 0;
  return Uint32Array.from(weights, (weight, index) => {
    reached += weight;
    const last = index === weights.length - 1;
    const due = last ? count : Math.floor((count * reached) / total);
    const part = due - given;
    given = due;
    return part;
  });
}

/** Gives an empty minute one row of the nearest minute in that direction that has any. */
function lendRow(counts: Uint32Array, at: number, direction: 1 | -1): void {
  if (counts[at] !== 0) return;
  let from = at + direction;
  while (counts[from] === 0) from += direction;
  counts[at] = 1;
  counts[from] = (counts[from] ?? 1) - 1;
}

export function sum(counts: Uint32Array): number {
  return counts.reduce((total, count) => total + count, 0);
}
