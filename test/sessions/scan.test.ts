/** `coldcase scan` as people and machines see it: the contract, the same bytes, exit codes. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { validate } from './json-schema.js';
import { openSession } from './session.js';

const session = openSession();
const sample = new URL('../../sample-data/events-2020-04-16.ndjson.gz', import.meta.url).pathname;
const schemaFile = new URL('../../docs/findings.schema.json', import.meta.url);
const schema = JSON.parse(readFileSync(schemaFile, 'utf8'));

beforeAll(() => {
  session.run(['ingest', sample, '--store', 'kept']);
});
afterAll(() => session.close());

function scan(...args: readonly string[]) {
  const { stdout, status } = session.run(['scan', ...args, '--format', 'json']);
  return { text: stdout.replace(/"elapsedMs":\d+/, ''), document: JSON.parse(stdout), status };
}

describe('scan', () => {
  it('prints the findings contract: the incident and nothing else', () => {
    const { document, status } = scan('--store', 'kept');
    expect(validate(schema, document)).toEqual([]);
    expect(status).toBe(3);
    const [first, ...more] = document.findings;
    expect(more).toEqual([]);
    expect(first).toMatchObject({
      id: 'scan:1',
      severity: 'critical',
      hosts: ['api-37', 'api-38', 'api-39', 'api-40'],
      versions: ['build-31904'],
      statuses: [401, 500],
      start: '2020-04-16T14:12:00Z',
      end: '2020-04-16T15:45:00Z',
      bad: 36,
      events: 36,
      silent: true,
      state: 'new',
    });
  });

  it('says the same again, whatever the threads, and keeps what it said', () => {
    const once = scan('--store', 'kept');
    for (const threads of ['1', '2', '4']) {
      expect(scan('--store', 'kept', '--threads', threads).text).toBe(once.text);
    }
    const file = join(session.dir, 'kept', 'events', '_coldcase', 'last-scan.json');
    expect(existsSync(file)).toBe(true);
    const { document } = JSON.parse(readFileSync(file, 'utf8'));
    expect(document.findings).toEqual(once.document.findings);
  });

  it('finds the same in the files as in the store', () => {
    const bare = ({ evidence, ...rest }: { evidence: unknown }) => rest;
    const kept = scan('--store', 'kept').document;
    const files = scan(sample).document;
    expect(files.findings.map(bare)).toEqual(kept.findings.map(bare));
    expect(files.detectors).toEqual(kept.detectors);
  });

  it('knows again what an earlier scan found', () => {
    scan('--store', 'kept');
    const later = scan('--store', 'kept', '--detectors', 'failure');
    expect(later.document.findings[0].state).toBe('known');
    const ran = later.document.detectors.filter(({ ran: did }: { ran: boolean }) => did);
    expect(ran.map(({ name }: { name: string }) => name)).toEqual(['failure']);
  });

  it('gives evidence that anybody can run again', () => {
    const [first] = scan('--store', 'kept').document.findings;
    const command: string = first.evidence[0].command;
    const words = [...command.matchAll(/'((?:[^']|'\\'')*)'|(\S+)/g)].map(
      ([, single, bare]) => single?.replaceAll("'\\''", "'") ?? bare ?? '',
    );
    const { stdout } = session.run([...words.slice(1), '--format', 'json', '--total']);
    expect(JSON.parse(stdout).totals.count).toBe(36);
  });

  it('exits 0 where nothing is bad enough, and 2 for a detector there is not', () => {
    expect(session.run(['scan', '--store', 'kept', '--detectors', 'silence']).status).toBe(0);
    const { stderr, status } = session.run(['scan', '--store', 'kept', '--detectors', 'failures']);
    expect(status).toBe(2);
    expect(stderr).toContain('did you mean failure?');
  });
});
