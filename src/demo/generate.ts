/**
 * The events of the demo, day by day, as NDJSON. Each day has its own stream of random numbers,
 * so that a day alone gives the same bytes as within all 60.
 */
import { present } from '../base/assert.js';
import { Fault } from '../base/fault.js';
import { demoDates, minutesPerDay, twoDigits } from './calendar.js';
import {
  type Content,
  customerLine,
  demoContent,
  drawOutcome,
  drawRequest,
  type Outcome,
} from './content.js';
import { type FleetState, fleetState, type HostLine } from './fleet-state.js';
import { fragment, type LineWriter, lineWriter } from './lines.js';
import { incident, type Plan, planDemo } from './plan.js';
import { type Random, randomStream } from './random.js';
import { planTraffic, sum, type Traffic } from './traffic.js';

/** The story is told against this many events; fewer than the minimum cannot show it. */
export const defaultDemoEvents = 5_000_000;
export const minimumDemoEvents = 250_000;

export interface DemoOptions {
  readonly seed: number;
  /** Rows in all; the incident keeps its proportion. */
  readonly events: number;
}

export const defaultDemo: DemoOptions = Object.freeze({ seed: 31_904, events: defaultDemoEvents });

/** A piece of one day's file, whole lines, at most 1 MiB. */
export interface DemoChunk {
  readonly date: string;
  /** Where the day belongs, below the directory of the demo. */
  readonly file: string;
  readonly bytes: Buffer;
}

/** Everything that is settled before the first event. */
export interface DemoSchedule {
  readonly plan: Plan;
  readonly traffic: Traffic;
}

/** **Faults** CC1003 too few events for the story. */
export function demoSchedule({ seed, events }: DemoOptions): DemoSchedule {
  if (!Number.isSafeInteger(events) || events < minimumDemoEvents) {
    throw new Fault('CC1003', {
      name: '--events',
      command: 'demo',
      problem: `expected a whole number of at least ${minimumDemoEvents}`,
    });
  }
  return Object.freeze({ plan: planDemo(seed), traffic: planTraffic(seed, events) });
}

/**
 * All chunks of the demo, or of some of its dates, in order of time.
 * **Invariant** the same options give the same bytes on every machine.
 * **Faults** CC1003
 */
export function* demoChunks(
  options: DemoOptions,
  dates: readonly string[] = demoDates,
): Generator<DemoChunk> {
  const schedule = demoSchedule(options);
  const content = demoContent(options.seed);
  for (const date of dates) {
    const file = `events/${date}.ndjson`;
    for (const bytes of dayOf(schedule, content, options.seed, date)) yield { date, file, bytes };
  }
}

/** One day while it is written. */
interface Day {
  readonly schedule: DemoSchedule;
  readonly content: Content;
  readonly fleet: FleetState;
  readonly random: Random;
  readonly writer: LineWriter;
}

function* dayOf(
  schedule: DemoSchedule,
  content: Content,
  seed: number,
  date: string,
): Generator<Buffer> {
  const first = demoDates.indexOf(date) * minutesPerDay;
  const day: Day = {
    schedule,
    content,
    fleet: fleetState(schedule.plan.changes),
    random: randomStream(seed, 1_000 + first),
    writer: lineWriter(),
  };
  for (let minute = first; minute < first + minutesPerDay; minute += 1) {
    const clock = minute - first;
    const time = `${twoDigits(Math.floor(clock / 60))}:${twoDigits(clock % 60)}`;
    yield* minuteRows(day, minute, fragment(`${date}T${time}:`));
  }
  yield day.writer.take();
}

function* minuteRows(day: Day, minute: number, timestamp: Uint8Array): Generator<Buffer> {
  const { schedule, content, fleet, random, writer } = day;
  const { plan, traffic } = schedule;
  fleet.advance(minute);
  const left = traffic.rows.map((counts) => counts[minute] ?? 0);
  const rows = left.reduce((total, count) => total + count, 0);
  const burst = plan.bursts.find(({ start, end }) => start <= minute && minute < end);
  const rejected = rejections(traffic.incident, minute);
  for (let row = 0; row < rows; row += 1) {
    const index = drawService(left, random.below(rows - row));
    const service = present(content.services[index], 'the service of a row');
    const fails = index === 0 && random.below(left[0] ?? 1) < rejected.left;
    left[index] = (left[index] ?? 1) - 1;
    const busy = burst !== undefined && random.unit() < burst.share;
    const request = drawRequest(content, service, busy ? burst.customer : null, random);
    const { route } = request.route;
    const offsetMs = Math.floor(((row + random.unit()) * 60_000) / rows);
    const host = fails ? incidentHost(content, rejected) : fleet.draw(index, random);
    const outcome = fails
      ? incidentOutcome(content, minute)
      : drawOutcome(content, service, request, busy, random);
    const parts = [
      route.version ? host.line : host.lineWithoutVersion,
      request.route.line,
      customerLine(content, request.customer),
      outcome.line,
    ];
    const durationMs = outcome.durationsMs[random.below(outcome.durationsMs.length)] ?? 1;
    writer.line({ minute: timestamp, offsetMs, parts, durationMs }, random);
    if (writer.full()) yield writer.take();
  }
}

/** Takes one of the rows left, so that each service ends with exactly its count. */
function drawService(left: readonly number[], ticket: number): number {
  let rest = ticket;
  return left.findIndex((count) => {
    rest -= count;
    return rest < 0;
  });
}

interface Rejections {
  /** Rows of the incident before this one, and still to come in this minute. */
  sent: number;
  left: number;
}

function rejections(counts: Uint32Array, minute: number): Rejections {
  const at = minute - incident.start;
  if (at < 0 || at >= counts.length) return { sent: 0, left: 0 };
  return { sent: sum(counts.subarray(0, at)), left: counts[at] ?? 0 };
}

/** The load balancer goes round the four hosts. */
function incidentHost(content: Content, rejected: Rejections): HostLine {
  const host = content.incidentHosts[rejected.sent % content.incidentHosts.length];
  rejected.sent += 1;
  rejected.left -= 1;
  return present(host, 'a host of the incident');
}

function incidentOutcome(content: Content, minute: number): Outcome {
  return minute < incident.rejectingFrom ? content.incidentError : content.incidentRejection;
}
