/** What a TAB offers, from the shape of the real commands and a known dataset. */
import { beforeAll, describe, expect, it } from 'vitest';
import { commandList } from '../../../src/cli/command-list.js';
import { type Candidates, candidatesFor } from '../../../src/cli/completion/candidates.js';
import { filterCandidates } from '../../../src/cli/completion/expression-candidates.js';
import type { Known } from '../../../src/cli/completion/known.js';
import { programShape } from '../../../src/cli/completion/make-shape.js';
import type { ProgramShape } from '../../../src/cli/completion/program-shape.js';
import { outputFormats } from '../../../src/cli/format.js';
import { longFlag } from '../../../src/cli/options.js';
import { parseExpression } from '../../../src/expression/parse.js';

const known: Known = {
  columns: ['host.name', 'build', 'http status', 'agent'],
  roles: { host: ['host.name'], version: ['build'] },
  values: {
    host: ['api-02', 'api-01', '5xx', 'a b', "it's"],
    build: ['1.2', 'and'],
    agent: ['$(rm -rf ~)', '"x"', 'a\\b'],
  },
};

let shape: ProgramShape;
beforeAll(async () => {
  shape = await programShape();
});

async function at(words: readonly string[], current: string): Promise<Candidates> {
  return candidatesFor(
    { words, current },
    { shape, known: async () => known, savedQueries: async () => ['hosts-failing'] },
  );
}

const texts = ({ list }: Candidates) => list.map(({ text }) => text);

describe('candidates', () => {
  it('are all commands, and all options of each', async () => {
    expect(texts(await at([], ''))).toEqual(commandList.map(({ name }) => name));
    for (const entry of commandList) {
      const { options } = await entry.load();
      const shown = options.filter(({ hidden }) => hidden !== true);
      const offered = texts(await at([entry.name], '--'));
      expect(offered).toEqual(expect.arrayContaining(shown.map(({ flags }) => longFlag(flags))));
      expect(offered).toContain('--store');
      expect(new Set(offered).size).toBe(offered.length);
    }
  });

  it('find the command behind options of every command, and by its alias', async () => {
    expect(texts(await at(['--store', 'x', 'q'], '--whe'))).toEqual(['--where']);
    expect(texts(await at(['--store', 'x'], 'vers'))).toEqual(['versions', 'version']);
  });

  it('are roles and columns for --by, those not named yet', async () => {
    const at0 = await at(['query', '--by'], 'ho');
    expect(texts(at0)).toEqual(['host', 'host.name']);
    expect(at0.goesOn).toBe(false);
    expect(texts(await at(['query', '--by'], 'host,'))).toEqual([
      'host,version',
      'host,host.name',
      'host,build',
      'host,`http status`',
      'host,agent',
    ]);
    expect(texts(await at(['query'], '--by=ver'))).toEqual(['--by=version']);
    expect(texts(await at(['query', '--by'], 'status:cl'))).toEqual(['status:class']);
  });

  it('are calculations, then their columns', async () => {
    expect(texts(await at(['query', '--calc'], 'count,p9'))).toEqual([
      'count,p90(',
      'count,p95(',
      'count,p99(',
    ]);
    expect(texts(await at(['query', '--calc'], 'p95(ho'))).toEqual(['p95(host)', 'p95(host.name)']);
    expect(texts(await at(['query', '--order'], '-err'))).toEqual(['-error_rate']);
  });

  it('are the words an option takes', async () => {
    expect(texts(await at(['query', '--format'], ''))).toEqual([...outputFormats]);
    expect(texts(await at(['ingest', '--format'], 'log'))).toEqual(['logfmt']);
    expect(texts(await at(['query', '--partial'], ''))).toEqual(['ok', 'fail']);
    expect(texts(await at(['query', '--tz'], 'Europe/Berl'))).toEqual(['Europe/Berlin']);
    expect(texts(await at(['ingest', '--map'], 'vers'))).toEqual(['version=']);
    expect(texts(await at(['ingest', '--map'], 'version=bu'))).toEqual(['version=build']);
    expect((await at(['query', '--store'], '')).kind).toBe('directories');
    expect((await at(['query', '-o'], '')).kind).toBe('files');
    expect((await at(['query', '--where', 'x = 1'], 'acc')).kind).toBe('files');
  });

  it('are topics, commands and fault codes for help, names for a saved query', async () => {
    expect(texts(await at(['help'], 'CC1201'))).toEqual(['CC1201']);
    expect(texts(await at(['help'], 'fil'))).toEqual(['filters']);
    expect(texts(await at(['help'], 'quer'))).toContain('query');
    expect(texts(await at(['complete'], ''))).toEqual(['bash', 'zsh', 'fish']);
    expect(texts(await at(['query'], '@ho'))).toEqual(['@hosts-failing']);
  });

  it('are none where nothing is known', async () => {
    expect(texts(await at(['nonsense'], ''))).toEqual([]);
    expect(texts(await at(['query', '--nonsense=x'], '--nonsense=y'))).toEqual([]);
    expect(texts(await at(['query', '--limit'], '1'))).toEqual([]);
  });
});

describe('candidates in a filter', () => {
  it('follow the grammar', () => {
    expect(filterCandidates('ho', known)).toEqual(['host', 'host.name']);
    expect(filterCandidates('not (ver', known)).toEqual(['not (version']);
    expect(filterCandidates('host ex', known)).toEqual(['host exists']);
    expect(filterCandidates('host = api-01 a', known)).toEqual(['host = api-01 and']);
    expect(filterCandidates('host = api-01 and bui', known)).toEqual(['host = api-01 and build']);
    expect(filterCandidates('host in (api-01, api-0', known)).toEqual([
      'host in (api-01, api-02',
      'host in (api-01, api-01',
    ]);
    expect(filterCandidates('version between 1.', known)).toEqual(['version between 1.2']);
    expect(filterCandidates('host ~ api', known)).toEqual([]);
    expect(filterCandidates('host=ap', known)).toEqual(['host=api-02', 'host=api-01']);
    expect(filterCandidates("host = 'it", known)).toEqual([`host = 'it\\'s'`]);
  });

  it('find the values of a role under its column, and of a column under its role', () => {
    expect(filterCandidates('host.name = api', known)).toHaveLength(2);
    expect(filterCandidates('version = 1', known)).toEqual(['version = 1.2']);
  });

  it('parse to the value they stand for', () => {
    const all = ['host', 'build', 'agent'].flatMap((name) =>
      ['', '"', "'"].flatMap((mark) =>
        filterCandidates(`${name} = ${mark}`, known).map((text) => ({ name, text })),
      ),
    );
    expect(all.length).toBeGreaterThanOrEqual(30);
    for (const { name, text } of all) {
      const tree = parseExpression(text);
      const value = tree.kind === 'compare' && 'value' in tree.right ? tree.right.value : null;
      const typed = tree.kind === 'compare' && 'text' in tree.right ? tree.right.text : null;
      expect(known.values[name]).toContain(typeof value === 'string' ? value : typed);
    }
  });
});
