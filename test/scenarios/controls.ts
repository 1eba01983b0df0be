/** Worlds in which nothing is wrong, however it looks. */
import { type Kind, main } from './plant.js';
import { dayMinutes, type Life, present, versionName, type World } from './world.js';

function replaceLives(world: World, change: (life: Life, index: number) => readonly Life[]): void {
  const service = main(world);
  const lives = service.lives.splice(0).flatMap(change);
  service.lives.push(...lives);
}

function roll(world: World, from: number): void {
  const version = versionName(world.random);
  const step = world.random.whole(1, 4);
  let moved = 0;
  replaceLives(world, (life) => {
    const at = from + moved * step;
    if (life.from >= at || life.to <= at) return [life];
    moved += 1;
    return [
      { ...life, to: at },
      { ...life, from: at + 1, version },
    ];
  });
}

function rollouts(world: World): void {
  for (let day = 0; day < world.minutes / dayMinutes; day += 1) {
    if (world.random.unit() < 0.6) roll(world, day * dayMinutes + world.random.whole(500, 1_000));
  }
}

function canary(world: World): void {
  const from = world.random.whole(dayMinutes, world.minutes - dayMinutes);
  const version = versionName(world.random);
  const wait = world.random.whole(30, 150);
  replaceLives(world, (life, index) => {
    const at = index === 0 ? from : from + wait + index;
    return [
      { ...life, to: at },
      { ...life, from: at, version },
    ];
  });
}

function blueGreen(world: World): void {
  const from = world.random.whole(dayMinutes, world.minutes - dayMinutes);
  const version = versionName(world.random);
  const over = world.random.whole(60, 300);
  replaceLives(world, (life) => [
    { ...life, to: from + over },
    { ...life, host: `${life.host}-green`, from, version },
  ]);
}

/** Each host is taken out for a while, its traffic falling off before, one after the other. */
function drains(world: World): void {
  const from = world.random.whole(dayMinutes, world.minutes - 2 * dayMinutes);
  const away = world.random.whole(30, 90);
  replaceLives(world, (life, index) => {
    const at = from + index * (away + 10);
    if (at + away > world.minutes) return [life];
    const ramp = Array.from({ length: 5 }, (_, step) => ({
      ...life,
      from: at - 10 + 2 * step,
      to: at - 8 + 2 * step,
      share: (life.share * (5 - step)) / 6,
    }));
    return [{ ...life, to: at - 10 }, ...ramp, { ...life, from: at + away }];
  });
}

function nightlyBatch(world: World): void {
  const start = world.random.whole(60, 300);
  const batch = present(world.customers[1]);
  batch.weight *= 12;
  batch.active = (minute) => {
    const ofDay = minute % dayMinutes;
    return ofDay >= start && ofDay < start + 90;
  };
}

function weeklyJob(world: World): void {
  const one = present(world.customers[2]);
  one.weight *= 4;
  one.active = (minute) => Math.floor(minute / dayMinutes) % 7 === 2;
}

function samplingChange(world: World): void {
  const from = world.random.whole(dayMinutes, world.minutes - dayMinutes);
  const rate = world.random.pick([4, 10]);
  world.sampling = (minute) => (minute >= from ? rate : 1);
}

function chronic(world: World): void {
  for (let index = 0; index < 3; index += 1) {
    const one = present(world.customers[world.random.whole(0, 25)]);
    one.chronic = { status: world.random.pick([401, 403, 422]), rate: world.random.pick([1, 0.6]) };
  }
}

/** One host has always failed more than the others. */
function noisyHost(world: World): void {
  const host = present(main(world).hosts[0]);
  world.effects.push({
    from: 0,
    to: world.minutes,
    incident: null,
    change: (event, random) => {
      if (event.host === host && event.status < 400 && random.unit() < 0.04) event.status = 500;
      return false;
    },
  });
}

function autoscale(world: World): void {
  const service = main(world);
  const { version } = present(service.lives[0]);
  for (let day = 0; day < world.minutes / dayMinutes; day += 1) {
    const count = world.random.whole(1, 5);
    for (let index = 0; index < count; index += 1) {
      const from = day * dayMinutes + 600 + world.random.whole(0, 90);
      const to = Math.min(world.minutes, from + world.random.whole(200, 600));
      const host = `${service.name}-scaled-${day}-${index}`;
      service.lives.push({
        host,
        zone: present(service.lives[0]).zone,
        version,
        from,
        to,
        share: 1,
      });
    }
  }
}

function burstyCustomer(world: World): void {
  const one = present(world.customers[4]);
  one.weight *= 20;
  const starts = Array.from({ length: 12 }, () => world.random.whole(0, world.minutes));
  one.active = (minute) => starts.some((from) => minute >= from && minute < from + 45);
}

/** A robot asks for what is not there; a status without codes tells that from no failure. */
function crawler(world: World): void {
  const from = world.random.whole(dayMinutes, world.minutes - dayMinutes);
  world.effects.push({
    from,
    to: from + 120,
    incident: null,
    change: (event, random) => {
      if (event.status >= 400 || random.unit() > 0.15) return false;
      event.status = 404;
      return false;
    },
  });
}

/** One host has bad quarters of an hour all week. */
function burstyHost(world: World): void {
  const host = present(main(world).hosts[1]);
  const starts = Array.from({ length: 14 }, () => world.random.whole(0, world.minutes));
  world.effects.push({
    from: 0,
    to: world.minutes,
    incident: null,
    change: (event, random) => {
      const isBad = starts.some((from) => event.minute >= from && event.minute < from + 15);
      if (event.host === host && isBad && random.unit() < 0.5) event.status = 500;
      return false;
    },
  });
}

/** A job fails every night, as it always did. */
function nightlyFailures(world: World): void {
  const start = world.random.whole(60, 300);
  const batch = present(world.customers[1]);
  world.effects.push({
    from: 0,
    to: world.minutes,
    incident: null,
    change: (event) => {
      const ofDay = event.minute % dayMinutes;
      if (event.customer !== batch.name || ofDay < start || ofDay >= start + 60) return false;
      event.status = 422;
      return false;
    },
  });
}

/** Each host drops a few requests when it restarts. */
function roughRollouts(world: World): void {
  rollouts(world);
  const turns = main(world).lives.map(({ host, from }) => ({ host, from }));
  world.effects.push({
    from: 1,
    to: world.minutes,
    incident: null,
    change: (event, random) => {
      const isNew = turns.some(
        ({ host, from }) => from > 0 && host === event.host && event.minute === from,
      );
      if (isNew && random.unit() < 0.5) event.status = 502;
      return false;
    },
  });
}

export const controls: readonly Kind[] = [
  ['nothing happens', () => {}],
  ['rollouts', rollouts],
  ['healthy canary', canary],
  ['blue and green', blueGreen],
  ['drains one by one', drains],
  ['nightly batch', nightlyBatch],
  ['weekly job', weeklyJob],
  ['sampling changes', samplingChange],
  ['revoked keys for ever', chronic],
  ['a noisy host', noisyHost],
  ['autoscaling', autoscale],
  ['bursty customer', burstyCustomer],
  ['crawler', crawler, ['http']],
  ['a host with bad moments', burstyHost],
  ['failures every night', nightlyFailures],
  ['rough rollouts', roughRollouts],
];
