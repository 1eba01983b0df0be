/** Turns a world into events, and writes them as NDJSON under the world's own column names. */
import { cumulate, drawn, type Random, randomOf } from './random.js';
import { styledLine } from './style.js';
import {
  type Customer,
  type Life,
  present,
  type SimEvent,
  type SimService,
  type Truth,
  type World,
} from './world.js';

const failures: readonly (readonly [number, string | null])[] = [
  [500, 'internal error'],
  [502, 'bad gateway'],
  [503, 'upstream timeout'],
  [400, 'invalid request'],
  [422, 'validation failed'],
  [404, null],
  [404, null],
  [429, 'rate limited'],
  [401, 'unauthorized'],
];

/** All events in order of their minute; `truths` count what was hurt. */
export function* simulate(world: World): Generator<SimEvent> {
  const random = randomOf(world.seed + 77_777);
  const weights = cumulate(world.customers.map(({ weight }) => weight));
  for (let minute = 0; minute < world.minutes; minute += 1) {
    const burst = world.burstiness === 0 ? 1 : Math.exp(world.burstiness * random.normal());
    const trouble = world.burstiness === 0 ? 1 : Math.exp(2 * world.burstiness * random.normal());
    for (const service of world.services) {
      const weight = world.sampling(minute);
      const mean = (service.perMinute * world.rhythm(minute) * burst) / weight;
      const serving = servingAt(service, minute);
      if (serving.lives.length === 0) continue;
      const count = random.poisson(mean);
      for (let index = 0; index < count; index += 1) {
        const event = eventOf(world, service, serving, {
          minute,
          weight,
          trouble,
          customers: weights,
          random,
        });
        if (event === null) continue;
        const hurt = affected(world, event, random);
        if (hurt === null) continue;
        event.hurt = hurt;
        for (let copy = 0; copy < event.copies; copy += 1) {
          const one = { ...event, atMs: event.atMs + copy * 700 };
          if (!world.keep(one, random)) continue;
          for (const truth of hurt) {
            truth.hurt += one.weight;
            truth.firstSeen ??= event.minute;
          }
          yield one;
        }
      }
    }
  }
}

interface Serving {
  readonly lives: readonly Life[];
  readonly cumulated: readonly number[];
  readonly routes: readonly number[];
}

/** The hosts that are up; remembered, since they change rarely. */
function servingAt(service: SimService, minute: number): Serving {
  const known = remembered.get(service);
  if (known && minute < known.until && minute >= known.from) return known.serving;
  const lives = service.lives.filter(({ from, to }) => from <= minute && minute < to);
  const until = service.lives
    .flatMap(({ from, to }) => [from, to])
    .filter((at) => at > minute)
    .reduce((least, at) => Math.min(least, at), Number.POSITIVE_INFINITY);
  const serving: Serving = {
    lives,
    cumulated: cumulate(lives.map(({ share }) => share)),
    routes: cumulate(service.routes.map(({ share }) => share)),
  };
  remembered.set(service, { from: minute, until, serving });
  return serving;
}

const remembered = new WeakMap<
  SimService,
  { readonly from: number; readonly until: number; readonly serving: Serving }
>();

interface Moment {
  readonly minute: number;
  readonly weight: number;
  readonly trouble: number;
  readonly customers: readonly number[];
  readonly random: Random;
}

function eventOf(
  world: World,
  service: SimService,
  serving: Serving,
  { minute, weight, trouble, customers, random }: Moment,
): SimEvent | null {
  const life = present(serving.lives[drawn(serving.cumulated, random.unit())]);
  const route = present(service.routes[drawn(serving.routes, random.unit())]);
  const isHealth = route.name === '/healthz';
  const customer: Customer | null = isHealth
    ? null
    : (world.customers[drawn(customers, random.unit())] ?? null);
  if (customer?.active && !customer.active(minute)) return null;
  const event: SimEvent = {
    minute,
    atMs: minute * 60_000 + random.whole(0, 59_999),
    service: service.name,
    host: life.host,
    version: life.version,
    zone: life.zone,
    route: route.name,
    customer: customer?.name ?? null,
    status: 200,
    durationMs: Math.round(route.medianMs * Math.exp(route.sigma * random.normal()) * 1000) / 1000,
    error: null,
    bytes: Math.round(200 * Math.exp(random.normal())) + 20,
    weight,
    copies: 1,
    hurt: [],
    more: {},
  };
  if (customer?.chronic && random.unit() < customer.chronic.rate) {
    event.status = customer.chronic.status;
    event.error = 'key revoked';
  } else if (random.unit() < route.failRate * trouble) {
    const [status, error] = random.pick(failures);
    event.status = status;
    event.error = error;
  }
  world.decorate(event);
  return event;
}

/** Applies the effects: whom it hurt, or null when the event never came. */
function affected(world: World, event: SimEvent, random: Random): readonly Truth[] | null {
  const hurt = new Set<Truth>();
  for (const effect of world.effects) {
    if (event.minute < effect.from || event.minute >= effect.to) continue;
    const outcome = effect.change(event, random);
    if (outcome === 'drop') {
      const isKept = effect.incident !== null && world.keep({ ...event }, random);
      if (isKept) {
        const truth = present(world.truths[effect.incident ?? 0]);
        truth.lost += 1;
        truth.firstSeen ??= event.minute;
      }
      return null;
    }
    if (outcome && effect.incident !== null) hurt.add(present(world.truths[effect.incident]));
  }
  return [...hurt];
}

/** One line of NDJSON. */
export function lineOf(world: World, event: SimEvent): string {
  const { columns, style } = world;
  if (style !== null) return styledLine(style, world.startMs, event);
  const weighted = event.weight === 1 ? {} : { [columns.weight]: event.weight };
  return JSON.stringify({
    [columns.time]: new Date(world.startMs + event.atMs).toISOString(),
    [columns.service]: event.service,
    [columns.host]: event.host,
    [columns.version]: event.version,
    ...(event.zone === null ? {} : { [columns.zone]: event.zone }),
    [columns.route]: event.route,
    ...(event.customer === null ? {} : { [columns.customer]: event.customer }),
    [columns.status]: event.status,
    ...(event.durationMs === null ? {} : { [columns.duration]: event.durationMs }),
    ...(event.error === null ? {} : { [columns.error]: event.error }),
    [columns.bytes]: event.bytes,
    ...weighted,
    ...event.more,
  });
}
