/** `coldcase export` as a person runs it: every event, every value, the same bytes each time. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tableFromIPC } from 'apache-arrow';
import { decompress } from 'fzstd';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSession } from '../sessions/session.js';

const session = openSession();
afterAll(session.close);

const count = 300;
/** Of one second, so that the order within it shows; some values of another type. */
const events = Array.from({ length: count }, (_, index) => ({
  timestamp: `2020-04-16T14:00:0${Math.floor(index / 60)}Z`,
  'host.name': `api-${index % 7}`,
  status: index % 50 === 3 ? 'none' : 200 + (index % 3),
  big: 9_007_199_254_740_000 + index,
  note: index % 11 === 0 ? '=1+1' : null,
  flag: index % 2 === 0,
  seq: index,
}));
const known = events.map((event) =>
  Object.fromEntries(Object.entries(event).filter(([, value]) => value !== null)),
);

function exported(...args: string[]) {
  return session.run(['export', '--store', 'kept', ...args]);
}

function bytesOf(name: string): Buffer {
  return readFileSync(join(session.dir, name));
}

beforeAll(() => {
  const half = count / 2;
  for (const [name, part] of [
    ['a.ndjson', events.slice(0, half)],
    ['b.ndjson', events.slice(half)],
  ] as const) {
    writeFileSync(join(session.dir, name), part.map((one) => `${JSON.stringify(one)}\n`).join(''));
    const { status, stderr } = session.run([
      'ingest',
      name,
      '--store',
      'kept',
      '--map',
      'host=host.name',
    ]);
    expect([status, stderr.includes('error')]).toEqual([0, false]);
  }
});

describe('export', () => {
  it('gives every event back as it came, types and all', () => {
    const { stdout, status } = exported('--format', 'ndjson');
    const rows = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(status).toBe(0);
    expect(rows).toEqual(known.map((event) => ({ ...event })));
  });

  it('writes one JSON document with where it came from', () => {
    const { stdout } = exported('--format', 'json', '--limit', '3');
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({ ok: true, written: 3, total: count, source: { version: 2 } });
    expect(document.rows).toEqual(known.slice(0, 3));
    expect(document.warnings.map(({ code }: { code: string }) => code)).toContain('truncated');
  });

  it('gives the same bytes at any number of threads', () => {
    for (const suffix of ['csv', 'ndjson', 'arrow', 'parquet']) {
      const files = ['1', '2', '4', '2'].map((threads, run) => {
        const name = `same-${run}.${suffix}`;
        exported('--threads', threads, '--no-footer', '-o', name);
        return bytesOf(name);
      });
      for (const other of files.slice(1))
        expect(other.equals(files[0] ?? other), suffix).toBe(true);
    }
    expect(readdirSync(session.dir).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('is read by apache-arrow, typed and in order', () => {
    exported('-o', 'all.arrow');
    const table = tableFromIPC(bytesOf('all.arrow'));
    expect(table.numRows).toBe(count);
    const types = Object.fromEntries(
      table.schema.fields.map(({ name, type }) => [name, String(type)]),
    );
    expect(types).toMatchObject({
      timestamp: 'Timestamp<MICROSECOND, UTC>',
      'host.name': 'Utf8',
      status: 'Utf8',
      big: 'Int64',
      flag: 'Bool',
      seq: 'Int64',
    });
    expect([...(table.getChild('seq') ?? [])].map(Number)).toEqual(events.map(({ seq }) => seq));
    expect(table.getChild('status')?.get(3)).toBe('none');
    expect(table.getChild('big')?.get(9)).toBe(9_007_199_254_740_009n);
    expect(JSON.parse(table.schema.metadata.get('coldcase.rows') ?? '')).toEqual({
      written: count,
      total: count,
    });
  });

  it('is read by another Parquet reader, with the command that wrote it', async () => {
    exported('--where', 'seq >= 290', '-o', 'slice.parquet');
    const file = Uint8Array.from(bytesOf('slice.parquet')).buffer;
    const compressors = { ZSTD: (input: Uint8Array) => decompress(input) };
    const rows = await parquetReadObjects({ file, compressors });
    expect(rows.map(({ seq }) => Number(seq))).toEqual([
      290, 291, 292, 293, 294, 295, 296, 297, 298, 299,
    ]);
    const said = new Map(
      parquetMetadata(file).key_value_metadata?.map(({ key, value }) => [key, value]),
    );
    expect(said.get('coldcase.command')).toContain("--where 'seq >= 290'");
    expect(JSON.parse(said.get('coldcase.source') ?? '')).toMatchObject({ dataset: 'events' });
  });

  it('takes roles and columns in their order, and defuses formulas', () => {
    const { stdout } = exported('--columns', 'seq,host', '--columns', 'note', '--format', 'csv');
    const lines = stdout.split('\n');
    expect(lines.slice(0, 3)).toEqual(['seq,host,note', "0,api-0,'=1+1", '1,api-1,']);
    expect(lines.length).toBe(count + 2);
  });

  it('says inside a CSV where it came from only when asked', () => {
    const asked = exported('--format', 'csv', '--limit', '1', '--footer').stdout.split('\n');
    expect(asked[2]).toMatch(/^# /);
    expect(exported('--format', 'csv', '--limit', '1').stdout.split('\n').length).toBe(3);
  });

  it('refuses what it cannot be with a code', () => {
    expect(exported('--format', 'png').stderr).toContain('a format that holds events');
    expect(exported('--columns', 'sequ').stderr).toContain('did you mean seq');
    const onTerminal = session.run(['export', '--store', 'kept', '--format', 'arrow'], {
      terminal: true,
    });
    expect([onTerminal.status, onTerminal.stdout]).toEqual([2, '']);
    expect(onTerminal.stderr).toContain('CC1311');
  });
});

describe('answers as files', () => {
  it('go to a pipe as they go to a file', () => {
    const at = ['query', '--store', 'kept', '--by', 'host', '--no-footer'];
    for (const suffix of ['html', 'jira', 'svg', 'arrows']) {
      session.run([...at, '-o', `answer.${suffix}`]);
      const { stdout } = session.run([...at, '--format', suffix]);
      expect(stdout, suffix).toBe(bytesOf(`answer.${suffix}`).toString('utf8'));
    }
  });

  it('are refused where a command has none', () => {
    const faults = ['svg', 'parquet'].map(
      (format) => /CC\d+/.exec(session.run(['help', 'time', '--format', format]).stderr)?.[0],
    );
    expect(faults).toEqual(['CC1310', 'CC1312']);
  });
});
