/** Whole sessions of the built program against golden files. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeFleet } from './fleet.js';
import { openSession, type SessionOptions } from './session.js';

const session = openSession();
const program = new URL('../../dist/cli.js', import.meta.url).pathname;

beforeAll(() => {
  writeFleet(session.dir);
  const { status, stderr } = session.run(['ingest', 'fleet.ndjson', '--store', 'kept']);
  expect(stderr).not.toContain('error');
  expect(status).toBe(0);
});
afterAll(() => session.close());

async function golden(
  name: string,
  commands: readonly (readonly string[])[],
  options: SessionOptions = {},
): Promise<void> {
  const transcript = session.transcript(commands, options);
  await expect(transcript).toMatchFileSnapshot(`golden/${name}.txt`);
}

const at = ['--store', 'kept'];
const byHost = ['query', ...at, '--by', 'host,version', '--calc', 'count,error_rate,p95(duration)'];

describe('golden sessions', () => {
  it('help and version', () =>
    golden('help', [
      ['--help'],
      ['query', '--help'],
      ['ingest', '--help'],
      ['help', 'exit-codes'],
      ['help', 'CC1201'],
      ['--version'],
    ]));

  it('store: init, ingest, again, status, columns', () =>
    golden('store', [
      ['init', '--store', 'own', '--keep', '30d'],
      ['init', '--store', 'own'],
      ['ingest', 'fleet.ndjson', '--store', 'own'],
      ['ingest', 'fleet.ndjson', '--store', 'own'],
      ['ingest', 'broken.ndjson', '--store', 'own', '--dry-run'],
      ['status', '--store', 'own'],
      ['columns', '--store', 'own'],
    ]));

  it('keeping: holds, and what retention would remove, with its rules in the next command', async () => {
    const own = openSession();
    writeFleet(own.dir);
    const place = ['--store', 'aged', '--dataset', 'api'];
    const retention = ['retention', ...place, '--keep', '2d', '--max-bytes', '9MB'];
    const transcript = own.transcript([
      ['ingest', 'fleet.ndjson', ...place],
      [...retention, '--now', '2020-04-20', '--dry-run'],
      ['hold', 'add', 'CC-7', ...place, '--window', '2020-04-16', '--reason', 'four hosts'],
      ['hold', 'list', ...place],
      [...retention, '--now', '2020-04-20', '--dry-run'],
      [...retention, '--now', '2020-04-20', '--yes'],
      ['hold', 'rm', 'CC-7', ...place],
      ['verify', ...place],
      ['compact', ...place, '--dry-run'],
    ]);
    own.close();
    await expect(transcript).toMatchFileSnapshot('golden/keeping.txt');
  });

  it('the same answer from files and from the store', () => {
    const temporary = join(session.dir, 'temporary');
    mkdirSync(temporary);
    const files = session.run(['query', 'fleet.ndjson', '--by', 'host', '--no-footer'], {
      env: { TMPDIR: temporary },
    });
    const store = session.run(['query', ...at, '--by', 'host', '--no-footer']);
    expect(files.stdout).toBe(store.stdout);
    expect(files.status).toBe(0);
    expect(readdirSync(temporary)).toEqual([]);
  });

  it('every format, hostile values and CJK names', () =>
    golden(
      'formats',
      ['table', 'plain', 'csv', 'tsv', 'json', 'ndjson', 'markdown'].map((format) => [
        ...byHost,
        '--total',
        '--format',
        format,
      ]),
    ));

  it('formulas in a spreadsheet', () =>
    golden('formulas', [
      ['query', ...at, '--by', 'agent', '--format', 'csv', '--no-footer'],
      ['query', ...at, '--by', 'agent', '--format', 'csv', '--no-footer', '--csv-raw'],
    ]));

  it('on a terminal: sparklines, colour, width', async () => {
    await golden('terminal', [byHost, ['versions', ...at]], { terminal: true });
    const narrow = { terminal: true, env: { COLUMNS: '40', NO_COLOR: '1' } };
    await golden('terminal-40', [byHost, [...byHost, '--wide']], narrow);
    const ascii = { terminal: true, env: { LANG: 'C', NO_COLOR: '1' } };
    await golden('terminal-ascii', [byHost, ['versions', ...at]], ascii);
  });

  it('windows, and what they leave out', () =>
    golden('windows', [
      ['query', ...at, '--window', '2020-04-16T14:00..15:00', '--every', '15m'],
      ['query', ...at, '--last', '30m'],
      ['query', ...at, '--since', '90d'],
      ['query', ...at, '--at', '2020-04-16 14:30', '--around', '15m', '--tz', 'Europe/Berlin'],
      ['query', ...at, '--since', '90d', '--partial', 'fail'],
      ['query', ...at, '--until', '2020-04-16T14:30'],
      ['query', ...at, '--window', '2030-01-01'],
      ['query', ...at, '--window', '2020-04-16T15:00..', '--partial', 'fail'],
      ['query', ...at, '--window', '2020-10-25', '--tz', 'Europe/Berlin'],
    ]));

  it('windows against windows', () =>
    golden('compare', [
      ...['table', 'plain', 'csv', 'json', 'ndjson', 'markdown'].map((format) => [
        ...['query', ...at, '--window', '2020-04-16T15:00..15:30', '--by', 'host,version'],
        ...['--compare', '30m', '--total', '--format', format],
      ]),
      ['compare', 'last 30m', 'the 30m before', ...at, '--by', 'host', '--order', '-ratio'],
      ['compare', '2020-04-16T14:00..15:00', '15:00..15:30', ...at, '--by', 'version'],
      [
        'query',
        ...at,
        '--by',
        'host',
        '--last',
        '20m',
        '--compare',
        '20m*3,1w',
        '--format',
        'table',
      ],
      ['query', ...at, '--last', '1h', '--compare', '1h', '--every', '30m', '--by', 'version'],
      ['query', ...at, '--last', '1h', '--compare', '1h', '--having', 'ratio > 3', '--by', 'host'],
      ['query', ...at, '--last', '1h', '--compare', '1h', '--order', 'change@2h', '--by', 'hst'],
      ['query', ...at, '--compare', '1x,1w*99'],
      ['compare', 'today', ...at],
    ]));

  it('a config guessed from files, and what holds', async () => {
    const own = openSession();
    writeFleet(own.dir);
    const transcript = own.transcript([
      ['init', '--store', 'guessed', '--from', 'fleet.ndjson', '--yes'],
      ['init', '--store', 'guessed', '--from', 'fleet.ndjson'],
      ['init', 'fleet.ndjson'],
      ['config', 'show', '--origin', '--store', 'guessed', '--tz', 'Europe/Berlin'],
      ['config', 'shwo'],
    ]);
    own.close();
    await expect(transcript).toMatchFileSnapshot('golden/config.txt');
  });

  it('a store without events, a window without any, a filter that finds none', () =>
    golden('empty', [
      ['init', '--store', 'bare'],
      ['query', '--store', 'bare', '--format', 'table'],
      ['query', '--store', 'bare', '--by', 'host', '--where', 'status = 500', '--format', 'table'],
      ['versions', '--store', 'bare', '--format', 'table'],
      ['columns', '--store', 'bare', '--format', 'table'],
      ['status', '--store', 'bare'],
      ['query', ...at, '--window', '2030-01-01', '--by', 'host', '--format', 'table'],
      ['query', ...at, '--where', 'status = 999', '--by', 'host', '--format', 'table'],
      ['versions', ...at, '--window', '2030-01-01', '--format', 'table'],
    ]));

  it('times counted back from a moment that is named', () =>
    golden('now', [
      ['query', ...at, '--last', '30m', '--now', '2020-04-16T15:00', '--format', 'table'],
      ['query', ...at, '--last', '30m', '--now', 'tomorow'],
    ]));

  it('every kind of fault', () =>
    golden('faults', [
      ['qurey'],
      ['query', '--bye', 'host'],
      ['query', ...at, '--by', 'hostnme,version'],
      ['query', ...at, '--where', 'status >= 500 adn host = api-01'],
      ['query', ...at, '--calc', 'p95', '--by', 'hst', '--where', '(', '--since', '3/4'],
      ['query', ...at, '--format', 'xlsx'],
      ['query', ...at, '--limit', 'many'],
      ['query', ...at, '--every', '1ms'],
      ['query', ...at, '--by', 'host', '--having', 'count > 5ms'],
      ['query', ...at, '--since', '1d', '--last', '2h'],
      ['query', '--store', 'nowhere'],
      ['query', 'missing.log'],
      ['versions', ...at, '--min-hosts', '0'],
      ['ingest'],
      ['ingest', 'missing.ndjson', ...at],
      ['ingest', 'fleet.ndjson', '--store', '.'],
      ['ingest', 'fleet.ndjson', '--map', 'hst=x', ...at],
      ['query', ...at, '-o', 'no/such/dir.csv'],
      ['help', 'tiem'],
    ]));

  it('faults as JSON, in the shape of an answer', () =>
    golden('faults-json', [
      ['qurey', '--json'],
      ['query', ...at, '--by', 'hostnme', '--format', 'json'],
      ['ingest', 'missing.ndjson', ...at, '--format', 'json'],
      ['ingest', 'broken.ndjson', '--store', 'other', '--format', 'json'],
    ]));
});

describe('streams', () => {
  it('writes a file whole, in the format of its suffix, and nothing to stdout', () => {
    const { stdout, status } = session.run([...byHost, '-o', 'out.csv']);
    expect([stdout, status]).toEqual(['', 0]);
    const file = readFileSync(join(session.dir, 'out.csv'), 'utf8');
    expect(file.split('\n')[0]).toBe('host,version,count,error_rate,p95(duration)');
    expect(readdirSync(session.dir).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('prefers the suffix of a file to the environment, and a typed format to both', () => {
    const env = { COLDCASE_FORMAT: 'table' };
    const first = (name: string): string =>
      readFileSync(join(session.dir, name), 'utf8').split('\n')[0] ?? '';
    session.run(['query', ...at, '--by', 'host', '-o', 'suffix.csv'], { env });
    expect(first('suffix.csv')).toBe('host,count');
    session.run(['query', ...at, '--by', 'host', '-o', 'typed.csv', '--format', 'tsv'], { env });
    expect(first('typed.csv')).toBe('host\tcount');
  });

  it('ends quietly when its reader goes away', () => {
    const all = '--by host,agent,status --every 1s';
    const line = `"${process.execPath}" "${program}" query --store kept ${all} | head -1; echo "\${PIPESTATUS[0]}"`;
    const { stdout, stderr } = spawnSync('bash', ['-c', line], {
      cwd: session.dir,
      encoding: 'utf8',
      env: { PATH: '/usr/bin:/bin', HOME: session.dir, TMPDIR: session.dir },
    });
    expect(stdout.split('\n')[1]).toBe('0');
    expect(stderr).not.toMatch(/EPIPE|Error|bug/);
  });

  it('reads standard input', () => {
    const input = readFileSync(join(session.dir, 'fleet.ndjson'), 'utf8');
    const { stdout, status } = session.run(['query', '-', '--format', 'csv'], { input });
    expect([stdout, status]).toEqual(['count\n240\n', 0]);
  });

  it('keeps stdout to the result and notes to stderr', () => {
    const { stdout, stderr } = session.run(['query', ...at, '--last', '1h', '--format', 'csv']);
    expect(stdout).toBe('count\n120\n');
    expect(stderr).toContain('relative times count back from the newest event');
    const quiet = session.run(['query', ...at, '--last', '1h', '--format', 'csv', '--quiet']);
    expect(quiet.stderr).toBe('');
  });

  it('ingests the sources of its config, each in its way', () => {
    mkdirSync(join(session.dir, 'configured'), { recursive: true });
    const lines = ['sources:', '  - glob: ../{kind}.ndjson', '    set: { service: api }'];
    writeFileSync(join(session.dir, 'configured/coldcase.yaml'), `${lines.join('\n')}\n`);
    const cwd = join(session.dir, 'configured');
    const env = { PATH: '/usr/bin:/bin', HOME: session.dir, TMPDIR: session.dir };
    const run = (args: readonly string[]) =>
      spawnSync(process.execPath, [program, ...args], { cwd, encoding: 'utf8', env });
    expect(run(['ingest', '--quiet']).status).toBe(3);
    expect(run(['query', '--by', 'kind,service', '--no-footer']).stdout).toBe(
      'kind\tservice\tcount\nfleet\tapi\t240\nbroken\tapi\t5\n',
    );
  });

  it('finds its config above, and refuses keys it does not know', () => {
    mkdirSync(join(session.dir, 'repo/.git'), { recursive: true });
    writeFileSync(join(session.dir, 'repo/coldcase.yaml'), 'store: ../kept\n');
    const found = spawnSync(process.execPath, [program, 'query', '--no-footer'], {
      cwd: join(session.dir, 'repo'),
      encoding: 'utf8',
      env: { PATH: '/usr/bin:/bin', HOME: session.dir, TMPDIR: session.dir },
    });
    expect(found.stdout).toBe('count\n240\n');
    writeFileSync(join(session.dir, 'repo/coldcase.yaml'), 'stoer: ../kept\n');
    const refused = spawnSync(process.execPath, [program, 'status'], {
      cwd: join(session.dir, 'repo'),
      encoding: 'utf8',
      env: { PATH: '/usr/bin:/bin', HOME: session.dir, TMPDIR: session.dir },
    });
    expect(refused.status).toBe(2);
    expect(refused.stderr).toContain('unknown key stoer\n  did you mean store?');
  });
});

describe('signals', () => {
  it('stops at the first SIGINT, says so, and leaves no store behind', async () => {
    const child = spawn(process.execPath, [program, 'demo', 'interrupted', '--events', '2000000'], {
      cwd: session.dir,
      env: { PATH: '/usr/bin:/bin', HOME: session.dir, TMPDIR: session.dir },
    });
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    await new Promise((done) => setTimeout(done, 1_500));
    child.kill('SIGINT');
    const status = await new Promise((done) => child.on('close', done));
    expect(stderr).toMatch(/^interrupted while .*; nothing written\n$/);
    expect(status).toBe(130);
    const kept = session.run(['query', '--store', 'interrupted', '--format', 'csv', '--quiet']);
    expect(kept.stdout).toBe('count\n0\n');
    const left = readdirSync(session.dir).filter((name) => name.startsWith('coldcase-'));
    expect(left.filter((name) => name !== 'coldcase.yaml')).toEqual([]);
  });
});
