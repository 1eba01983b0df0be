/** More worlds in which nothing is wrong: what is planned, what is usual, what is only new. */
import { type Kind, main, someHosts } from './plant.js';
import { dayMinutes, hourMinutes, present, versionName, type World } from './world.js';

function anytime({ random, minutes }: World, least: number, most: number) {
  const length = random.whole(least, most);
  const from = random.whole(Math.floor(minutes / 4), Math.floor((minutes * 3) / 4) - length);
  return { from, to: from + length };
}

/** One host fades out, is away for hours, and fades in again; the others take over. */
function oneDrained(world: World): void {
  const { from, to } = anytime(world, 120, 240);
  const service = main(world);
  const [host] = someHosts(world, 1);
  const lives = service.lives.splice(0);
  for (const life of lives) {
    if (life.host !== host) service.lives.push(life);
    else {
      const steps = [0, 1, 2, 3, 4, 5, 6, 7];
      service.lives.push(
        { ...life, to: from - 40 },
        ...steps.map((step) => ({
          ...life,
          from: from - 40 + 5 * step,
          to: from - 35 + 5 * step,
          share: (life.share * (8 - step)) / 9,
        })),
        ...steps.map((step) => ({
          ...life,
          from: to + 5 * step,
          to: to + 5 + 5 * step,
          share: (life.share * (step + 1)) / 9,
        })),
        { ...life, from: to + 40 },
      );
    }
  }
}

/** Two fleets take turns. */
function blueGreenTwice(world: World): void {
  const service = main(world);
  const third = Math.floor(world.minutes / 3);
  const version = versionName(world.random);
  const lives = service.lives.splice(0);
  for (const life of lives) {
    service.lives.push(
      { ...life, to: third },
      { ...life, host: `${life.host}-g`, from: third - 20, to: 2 * third, version },
      { ...life, from: 2 * third - 20, version: `${version}.1` },
    );
  }
}

/** Everybody comes at once, and all goes well. */
function marketingPeak(world: World): void {
  const { from, to } = anytime(world, 120, 240);
  const before = world.rhythm;
  world.rhythm = (minute) => before(minute) * (minute >= from && minute < to ? 4 : 1);
}

/** The oldest days hold only a part of what was. */
function retentionEdge(world: World): void {
  const edge = Math.floor(world.minutes * 0.3);
  const gone = new Set(
    world.customers.filter((_, index) => index % 3 === 0).map(({ name }) => name),
  );
  world.effects.push({
    from: 0,
    to: edge,
    incident: null,
    change: (event) => (gone.has(event.customer ?? '') ? 'drop' : false),
  });
}

function newCustomer(world: World): void {
  const from = Math.floor(world.minutes * (0.4 + 0.2 * world.random.unit()));
  const one = present(world.customers[1]);
  one.weight *= 3;
  one.active = (minute) => minute >= from;
}

/** A customer tries how much the service takes, and is throttled. */
function loadTest(world: World): void {
  const { from, to } = anytime(world, 45, 120);
  const one = present(world.customers[3]);
  one.weight *= 15;
  one.active = (minute) => minute >= from && minute < to;
  world.effects.push({
    from,
    to,
    incident: null,
    change: (event, random) => {
      if (event.customer !== one.name || random.unit() > 0.3) return false;
      event.status = 429;
      event.error = 'rate limited';
      return false;
    },
  });
}

/** The same names on new machines, all in a night. */
function namesReused(world: World): void {
  const from = Math.floor(world.minutes / 2);
  const version = versionName(world.random);
  const service = main(world);
  const lives = service.lives.splice(0);
  lives.forEach((life, index) => {
    const at = from + 3 * (index % 20);
    const zone = lives[(index + 1) % lives.length]?.zone ?? life.zone;
    service.lives.push({ ...life, to: at }, { ...life, from: at + 2, zone, version });
  });
}

/** The clocks change: everybody comes an hour earlier from then on. */
function summerTime(world: World): void {
  const at = Math.floor(world.minutes / 2);
  const before = world.rhythm;
  world.rhythm = (minute) => before(minute >= at ? minute + hourMinutes : minute);
}

function holiday(world: World): void {
  const day = Math.floor(world.minutes / dayMinutes / 2);
  const before = world.rhythm;
  world.rhythm = (minute) => before(minute) * (Math.floor(minute / dayMinutes) === day ? 0.35 : 1);
}

/** A service that rests for half an hour every night. */
function nightlyRest(world: World): void {
  const service = world.services.at(-1);
  world.effects.push({
    from: 0,
    to: world.minutes,
    incident: null,
    change: (event) => {
      const ofDay = event.minute % dayMinutes;
      return event.service === service?.name && ofDay >= 180 && ofDay < 212 ? 'drop' : false;
    },
  });
}

/** A route is replaced by the next, host by host. */
function routeReplaced(world: World): void {
  const at = Math.floor(world.minutes / 2);
  const old = present(main(world).routes[1]).name;
  world.effects.push({
    from: at,
    to: world.minutes,
    incident: null,
    change: (event, random) => {
      if (event.route === old && random.unit() < (event.minute - at) / 240)
        event.route = `${old}/v2`;
      return false;
    },
  });
}

/** A backup makes everything slow every night. */
function slowNights(world: World): void {
  world.effects.push({
    from: 0,
    to: world.minutes,
    incident: null,
    change: (event) => {
      const ofDay = event.minute % dayMinutes;
      if (ofDay >= 120 && ofDay < 165) event.durationMs = (event.durationMs ?? 1) * 3;
      return false;
    },
  });
}

/** A customer that sends at every full hour. */
function hourlyJob(world: World): void {
  const one = present(world.customers[2]);
  one.weight *= 6;
  one.active = (minute) => minute % hourMinutes < 5;
}

/** Many versions a day, host by host. */
function manyDeploys(world: World): void {
  const service = main(world);
  for (let at = 400; at < world.minutes - 200; at += world.random.whole(240, 700)) {
    const version = versionName(world.random);
    const lives = service.lives.splice(0);
    lives.forEach((life, index) => {
      const turn = at + (index % 30);
      if (life.to <= turn || life.from >= turn) service.lives.push(life);
      else service.lives.push({ ...life, to: turn }, { ...life, from: turn, version });
    });
  }
}

/** A customer sends less and less over two days, and then nothing. */
function customerLeaves(world: World): void {
  const at = Math.floor(world.minutes * 0.5);
  const one = present(world.customers[12]);
  one.active = (minute) =>
    minute < at || ((minute * 7_919) % 1_000) / 1_000 > (minute - at) / (2 * dayMinutes);
}

export const moreControls: readonly Kind[] = [
  ['one host drained', oneDrained],
  ['blue and green, twice', blueGreenTwice],
  ['marketing peak', marketingPeak],
  ['retention edge', retentionEdge, ['customer']],
  ['new customer', newCustomer],
  ['load test of a customer', loadTest, ['customer', 'http']],
  ['host names reused', namesReused],
  ['summer time begins', summerTime],
  ['a holiday', holiday],
  ['nightly rest of a service', nightlyRest],
  ['route replaced', routeReplaced],
  ['slow nights', slowNights],
  ['hourly job', hourlyJob],
  ['many deploys', manyDeploys],
  ['customer fades away', customerLeaves],
];
