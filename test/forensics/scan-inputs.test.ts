/** Poor data: a scan says which detectors could not run and why, and never invents. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Finding, ScanReport } from '../../src/forensics/scan-finding.js';
import { createScratchStore, type ScratchStore } from '../ingest/scratch-store.js';
import { randomOf } from '../scenarios/random.js';
import { scanDataset } from '../scenarios/run.js';

let scratch: ScratchStore | null = null;
afterEach(() => {
  scratch?.remove();
  scratch = null;
});

type Row = Readonly<Record<string, unknown>>;

async function scanRows(rows: readonly Row[]): Promise<ScanReport> {
  scratch = createScratchStore();
  const text = rows.map((row) => JSON.stringify(row)).join('\n');
  const path = scratch.file('events.ndjson', `${text}\n`);
  await scratch.ingest([path]);
  return await scanDataset(await scratch.dataset(), 2);
}

/** Two days of one service, about one request a minute and host. */
function rowsOf(change: (row: Row, minute: number) => Row | null, days = 2): readonly Row[] {
  const random = randomOf(11);
  const rows: Row[] = [];
  for (let minute = 0; minute < days * 1_440; minute += 1) {
    for (const host of ['a', 'b', 'c', 'd']) {
      const row: Row = {
        timestamp: new Date(Date.UTC(2020, 3, 10) + minute * 60_000 + random.whole(0, 59_999)),
        service: 'api',
        'host.name': `host-${host}`,
        'service.version': 'v1',
        'http.route': random.pick(['/a', '/b', '/c']),
        'http.response.status_code': random.unit() < 0.01 ? 500 : 200,
        duration_ms: random.whole(5, 90),
      };
      const changed = change(row, minute);
      if (changed !== null) rows.push(changed);
    }
  }
  return rows;
}

function without(row: Row, ...names: readonly string[]): Row {
  return Object.fromEntries(Object.entries(row).filter(([name]) => !names.includes(name)));
}

const told = ({ findings }: ScanReport): readonly Finding[] =>
  findings.filter(({ severity }) => severity !== 'info');

const reasonOf = ({ detectors }: ScanReport, name: string): string | null | undefined =>
  detectors.find((one) => one.name === name)?.reason;

function failsOn(row: Row, minute: number): Row {
  const isHit = minute >= 1_000 && minute < 1_100 && row['host.name'] === 'host-b';
  return isHit ? { ...row, 'http.response.status_code': 503 } : row;
}

describe('poor data', () => {
  it('goes without a version', async () => {
    const report = await scanRows(
      rowsOf((row, at) => without(failsOn(row, at), 'service.version')),
    );
    expect(reasonOf(report, 'version-mismatch')).toBe('no column has the role version');
    expect(told(report).map(({ hosts }) => hosts)).toEqual([['host-b']]);
  });

  it('goes without hosts, and without a service', async () => {
    const bare = (row: Row, at: number) => without(failsOn(row, at), 'host.name', 'service');
    const report = await scanRows(rowsOf(bare));
    expect(reasonOf(report, 'short-lived-hosts')).toBe('no column has the role host');
    expect(reasonOf(report, 'clock-skew')).toBe('no column has the role host');
    expect(told(report)).toHaveLength(1);
  });

  it('says so where nothing tells what failed', async () => {
    const bare = (row: Row) => without(row, 'http.response.status_code', 'duration_ms');
    const report = await scanRows(rowsOf(bare));
    expect(reasonOf(report, 'failure')).toBe('no status and no rule say what failed');
    expect(reasonOf(report, 'latency')).toBe('no column has the role duration');
    expect(told(report)).toEqual([]);
  });

  it('accuses nobody where everything always fails', async () => {
    const all = (row: Row) => ({ ...row, 'http.response.status_code': 500 });
    expect(told(await scanRows(rowsOf(all)))).toEqual([]);
  });

  it('has nothing to say about one host, or a minute', async () => {
    const one = (row: Row) => (row['host.name'] === 'host-a' ? row : null);
    expect(told(await scanRows(rowsOf(one)))).toEqual([]);
    const report = await scanRows(rowsOf((row, at) => (at === 5 ? row : null)));
    expect(told(report)).toEqual([]);
    expect(reasonOf(report, 'silence')).toBe('less than two hours of data');
  });

  it('says nothing of one event, and of events that are nothing but a time', async () => {
    const one = await scanRows(
      rowsOf((row, at) => (at === 5 && row['host.name'] === 'host-a' ? row : null)),
    );
    expect([one.rows, told(one)]).toEqual([1, []]);
    const bare = await scanRows(rowsOf(({ timestamp }) => ({ timestamp })));
    expect([bare.rows, told(bare)]).toEqual([11_520, []]);
    expect(reasonOf(bare, 'failure')).toBe('no status and no rule say what failed');
  });

  it('reads weights, and those of zero, without a finding of its own', async () => {
    const odd = (row: Row, at: number) => ({ ...row, sample_rate: at % 3 === 0 ? 0 : 10 });
    expect(told(await scanRows(rowsOf(odd)))).toEqual([]);
  });

  it('understands codes where 0 is good, and words', async () => {
    const codes = (row: Row, at: number) => {
      const status = failsOn(row, at)['http.response.status_code'] === 503 ? 14 : 0;
      return { ...without(row, 'http.response.status_code'), 'rpc.grpc.status_code': status };
    };
    expect(told(await scanRows(rowsOf(codes))).map(({ hosts }) => hosts)).toEqual([['host-b']]);
  });

  it('does not mind paths that never were', async () => {
    const odd = (row: Row, at: number) => {
      const isOdd = at % 9 === 0;
      const path = isOdd ? '/wp-login.php' : row['http.route'];
      const status = isOdd ? 404 : row['http.response.status_code'];
      return { ...row, 'http.route': path, 'http.response.status_code': status };
    };
    expect(told(await scanRows(rowsOf(odd)))).toEqual([]);
  });

  it('names many hosts and customers without asking for each', async () => {
    let id = 0;
    const many = (row: Row) => {
      id += 1;
      return { ...row, 'host.name': `pod-${id % 3_000}`, 'customer.id': `c${id}` };
    };
    expect(told(await scanRows(rowsOf(many)))).toEqual([]);
  });
});
