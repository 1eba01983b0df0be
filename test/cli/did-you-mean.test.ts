/** One slip in a name of any kind, and the answer says which name was meant. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSessionHere, type SessionHere } from '../sessions/here.js';

let session: SessionHere;
afterAll(() => session.close());

const data = new URL('../../sample-data/events-2020-04-16.ndjson.gz', import.meta.url).pathname;

beforeAll(async () => {
  session = openSessionHere();
  expect((await session.run(['ingest', '-q', data, '--store', 'kept'])).status).toBe(0);
});

/** What is typed behind `coldcase`, and what is meant. */
const slips: readonly (readonly [typed: string, meant: string])[] = [
  ['qurey', 'query'],
  ['query --forma json', '--format'],
  ['query --tz Europe/Berln', 'Europe/Berlin'],
  ['query --tz new_york', 'America/New_York'],
  ['query --dataset evnts', '--dataset events'],
  ['query --by hots', 'host'],
  ['query --by customr', 'customer'],
  ['query --where statsu=200', 'status'],
  ['query --calc cont', 'count'],
  ['query --calc p95(duraton)', 'duration'],
  ['query --having cont>3', 'count'],
  ['query --format jso', 'json'],
  ['query --chart lien', 'line'],
  ['query --explain sqk', 'sql'],
  ['query --partial fial', 'fail'],
  ['query --field x=CONCATT($host)', 'CONCAT'],
  ['query @hosts-faling', '@hosts-failing'],
  ['query @hosts-failing -p shre=1', 'share'],
  ['query --since yesteday', 'yesterday'],
  ['query --since tusday', 'tuesday'],
  ['queries shw', 'show'],
  ['help tme', 'time'],
  ['help CC120', 'CC1201'],
  ['scan --detectors silense', 'silence'],
  ['scan --min-severity critcal', 'critical'],
];

describe('a slip', () => {
  for (const [typed, meant] of slips) {
    it(`${typed}: ${meant}`, async () => {
      const place = typed.startsWith('qu') || typed.startsWith('scan') ? ['--store', 'kept'] : [];
      const words = [...typed.split(' '), ...(typed.startsWith('queries') ? [] : place)];
      const { stderr, status } = await session.run(words);
      expect([1, 2]).toContain(status);
      expect(stderr).toContain(`did you mean ${meant}?`);
    });
  }

  it('of a dataset that is near no other names those there are', async () => {
    const { stderr } = await session.run(['query', '--store', 'kept', '--dataset', 'payments']);
    expect(stderr).toContain('its datasets: events; name one with --dataset');
  });

  it('is not guessed where nothing is near', async () => {
    for (const words of [
      ['--tz', 'Xyzzy'],
      ['--since', 'qwertz'],
      ['--by', 'zzz'],
    ]) {
      expect((await session.run(['query', '--store', 'kept', ...words])).stderr).not.toContain(
        'did you',
      );
    }
  });
});

describe('what would change nothing', () => {
  it('is refused: how files are read, asked of a store', async () => {
    for (const words of [
      ['--map', 'host=a'],
      ['--input-format', 'csv'],
      ['--set', 'a=b'],
    ]) {
      const { stderr, status } = await session.run(['query', '--store', 'kept', ...words]);
      expect([status, stderr.split('\n')[0]]).toEqual([
        2,
        `error CC1003: option ${words[0]}: expected files to read with it, found ${words[1]}`,
      ]);
    }
  });

  it('is said: a comparison that is never true', async () => {
    const never = [
      ['--where', 'status = 200.5'],
      ['--where', 'status in (200, 401.5)'],
      ['--where', 'status between 500 and 400'],
      ['--calc', 'count where status = 1.5'],
      ['--calc', 'error_rate', '--bad', 'status = 1.5'],
    ];
    for (const words of never) {
      const { stdout } = await session.run(['query', '--store', 'kept', ...words, '--json']);
      expect(stdout, words.join(' ')).toContain('"code":"never_true"');
    }
    for (const words of [
      ['--where', 'status = 200'],
      ['--where', 'status between 400 and 400'],
    ]) {
      const { stdout } = await session.run(['query', '--store', 'kept', ...words, '--json']);
      expect(stdout).not.toContain('never_true');
    }
  });
});
