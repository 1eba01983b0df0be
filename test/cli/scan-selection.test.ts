import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scanSelection } from '../../src/cli/scan-selection.js';
import { writeLastScan } from '../../src/store/last-scan.js';

const window = { start: '2020-04-16T14:12:00Z', end: '2020-04-16T15:45:00Z' };
const evidence = (...texts: readonly string[]) => texts.map((where) => ({ spec: { where } }));
const findings = [
  {
    ...{ id: 'scan:1', title: 'api: failing', detector: 'failure', requests_affected: 36 },
    ...window,
    evidence: evidence("service = 'api' and status = 401", 'x', "service = 'api'"),
  },
  {
    ...{ id: 'scan:2', title: 'host a silent', detector: 'silence', requests_affected: 57 },
    ...window,
    evidence: evidence("host = 'a'"),
  },
];

let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'coldcase-test-'));
  const document = { findings, rule: 'status >= 400' };
  await writeLastScan(dir, JSON.stringify({ key: '', before: [], known: [], document }));
});
afterAll(async () => {
  await rm(dir, { recursive: true });
});

describe('a finding as a selection', () => {
  it('is about the events that its evidence counts', async () => {
    expect(await scanSelection(dir, 'scan:1')).toMatchObject({
      who: "service = 'api'",
      wrong: "service = 'api' and status = 401",
      signal: 'status = 401',
      missing: null,
    });
  });

  it('of silence is about events that did not come: those that did are not lost', async () => {
    expect(await scanSelection(dir, 'scan:2')).toMatchObject({
      who: "host = 'a'",
      wrong: null,
      signal: null,
      missing: 57,
    });
  });
});
