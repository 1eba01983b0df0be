/** Saved queries as a user keeps them: own files, parameters, and everything that can be wrong. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeFleet } from './fleet.js';
import { openSession } from './session.js';

const session = openSession();
const at = ['--store', 'kept'];

const own = `title: Hosts of a status
question: Which hosts gave this status?
parameters:
  status: { type: value, default: 4xx, about: a status or a class }
  hosts: { type: list, about: only these hosts }
spec:
  by: [host, status]
  where: [status = $status, host in $hosts]
  order: [-count, host]
example: coldcase query @of-status -p hosts=api-01 --last 2h
`;

const wrong = `title: All wrong
qestion: What is wrong?
parameters:
  min: { type: nmber, default: 1, about: fewest events }
  Max: { type: number, about: most }
spec:
  by: host
  calk: count
  other: often
  limit: [1, 2]
`;

const unsound = `title: Unsound
question: What is not sound?
parameters:
  who: { type: column, default: host, about: who }
  idle: { type: number, default: many, about: never used }
spec:
  by: [$who]
  where: 'status in ($stati) and host'
`;

function save(name: string, text: string): void {
  writeFileSync(join(session.dir, 'queries', `${name}.yaml`), text);
}

beforeAll(() => {
  writeFleet(session.dir);
  mkdirSync(join(session.dir, 'queries'));
  expect(session.run(['ingest', 'fleet.ndjson', ...at]).status).toBe(0);
});
afterAll(() => session.close());

describe('saved queries', () => {
  it('run with parameters, options laid over them, and say what was asked', async () => {
    save('of-status', own);
    const asked = ['query', '@of-status', ...at];
    const transcript = session.transcript([
      [...asked, '-p', 'hosts=api-01,東京-03', '-p', 'status=5xx'],
      [...asked, '-p', 'hosts=api-01', '--by', 'status', '--where', 'duration < 10ms'],
      [...asked],
      [...asked, '-p', 'hosts=api-01', '-p', 'stauts=500'],
      [...asked, '-p', 'hosts'],
      ['query', ...at, '-p', 'hosts=api-01'],
      ['query', '@of-statsu', ...at],
      ['query', '@hosts-failing', ...at, '-p', 'min=few'],
      ['queries', 'show', 'of-status'],
      ['queries', 'list', 'all'],
      ['queries', 'show'],
      ['queries', 'chek'],
    ]);
    await expect(transcript).toMatchFileSnapshot('golden/saved.txt');
  });

  it('keep a value a value, whatever is in it', () => {
    const values = ["x' or 1=1", 'a or true', "') or ('1'='1", '$hosts', 'host', '-- x'];
    for (const value of values) {
      const words = ['query', '@of-status', ...at, '-p', `hosts=${value}`, '--json'];
      const answer = JSON.parse(session.run(words).stdout);
      expect(answer.rows, value).toEqual([]);
      expect(answer.query.where[1]).toBe(`host in ('${value.replaceAll("'", "\\'")}')`);
    }
  });

  it('of a project win over those that are shipped, and that is said', () => {
    save('hosts-failing', own.replaceAll('of-status', 'hosts-failing'));
    const { stderr } = session.run(['query', '@hosts-failing', ...at, '-p', 'hosts=api-01']);
    expect(stderr).toContain(
      'note: @hosts-failing is queries/hosts-failing.yaml; it hides the one that comes with coldcase',
    );
    const listed = JSON.parse(session.run(['queries', '--json']).stdout).rows;
    const found = listed.find(({ name }: { name: string }) => name === 'hosts-failing');
    expect(found).toMatchObject({ from: 'project', hides: ['queries/hosts-failing.yaml'] });
    rmSync(join(session.dir, 'queries', 'hosts-failing.yaml'));
  });

  it('lie where the config says', () => {
    mkdirSync(join(session.dir, 'team'));
    writeFileSync(join(session.dir, 'team', 'ours.yaml'), own.replaceAll('of-status', 'ours'));
    writeFileSync(join(session.dir, 'coldcase.yaml'), 'queries: team\n');
    const { stdout, status } = session.run(['query', '@ours', ...at, '-p', 'hosts=api-01']);
    expect(status, stdout).toBe(0);
    const rows = JSON.parse(session.run(['queries', '--json']).stdout).rows;
    const ours = rows.find(({ name }: { name: string }) => name === 'ours');
    expect(ours).toMatchObject({ from: 'config', file: 'team/ours.yaml' });
    rmSync(join(session.dir, 'coldcase.yaml'));
  });

  it('point at every fault of their files', async () => {
    save('wrong', wrong);
    save('unsound', unsound);
    save('unread', 'title: "open\n');
    save('Bad_Name', own);
    const transcript = session.transcript([
      ['queries', 'check', 'wrong', 'unsound', 'unread', 'Bad_Name'],
      ['query', '@unsound', ...at],
      ['queries', 'check', 'of-status', '--json'],
      ['queries', '--quiet', '-o', 'listed.txt'],
    ]);
    await expect(transcript).toMatchFileSnapshot('golden/saved-faults.txt');
  });

  it('say where a name they use is not in the data', async () => {
    save('no-such', own.replace('host, status', 'host, stats').replaceAll('of-status', 'no-such'));
    const asked = ['query', '@no-such', ...at, '-p', 'hosts=a'];
    const transcript = session.transcript([
      asked,
      ['query', '@customer-errors', ...at],
      ['query', '@traffic-by-zone', ...at],
      ['query', '@status-by-host', ...at, '--where', 'hst = a'],
    ]);
    await expect(transcript).toMatchFileSnapshot('golden/saved-names.txt');
  });
});
