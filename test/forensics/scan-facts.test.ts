/** Facts say the same wherever they are read from, and a scan asks little and carries little. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { querySourceOf } from '../../src/cli/query-source.js';
import { openQueryEngine } from '../../src/engine/duckdb/execute.js';
import type { ScanReport } from '../../src/forensics/scan-finding.js';
import { filterOf } from '../../src/forensics/scan-port.js';
import { keepFacts } from '../../src/query/facts.js';
import { askFacts, askMinutes, type FactMinutes, factQuestion } from '../../src/query/facts-ask.js';
import { keepCodes, readCodes } from '../../src/query/facts-codes.js';
import { setMinutes, wordMinutes } from '../../src/query/facts-word.js';
import type { SearchEngine } from '../../src/query/ports.js';
import { breakdown } from '../../src/query/spec.js';
import { statusOf } from '../../src/store/status.js';
import { microsPerMinute } from '../../src/time/instant.js';
import { createScratchStore, type ScratchStore } from '../ingest/scratch-store.js';
import { randomOf } from '../scenarios/random.js';
import { scanDataset } from '../scenarios/run.js';

let scratch: ScratchStore | null = null;
afterEach(() => {
  scratch?.remove();
  scratch = null;
});

interface Event {
  readonly minute: number;
  readonly host: string | null;
  readonly customer: string;
  readonly status: number;
  readonly weight: number;
}

const startMs = Date.UTC(2020, 3, 10);

/** `hosts` hosts that answer `perMinute` requests a minute for `days` days. */
function eventsOf({ days, perMinute, hosts }: Fleet): readonly Event[] {
  const random = randomOf(7);
  return Array.from({ length: days * 1_440 * perMinute }, (_, at): Event => {
    const minute = Math.floor(at / perMinute);
    const host = random.whole(0, hosts);
    const isHit = host === 1 && minute > days * 900 && minute < days * 900 + 90;
    return {
      minute,
      host: host === hosts ? null : `host-${host}`,
      customer: `c${random.whole(0, 40)}`,
      status: isHit || random.unit() < 0.02 ? 500 : 200,
      weight: random.pick([1, 1, 10]),
    };
  });
}

interface Fleet {
  readonly days: number;
  readonly perMinute: number;
  readonly hosts: number;
}

async function storeOf(events: readonly Event[]) {
  scratch?.remove();
  scratch = createScratchStore();
  const lines = events.map(({ minute, host, customer, status, weight }, at) =>
    JSON.stringify({
      timestamp: new Date(startMs + minute * 60_000 + (at % 60) * 1_000),
      ...(host === null ? {} : { 'host.name': host }),
      service: 'api',
      'service.version': 'v1',
      'customer.id': customer,
      'http.response.status_code': status,
      sample_rate: weight,
    }),
  );
  await scratch.ingest([scratch.file('events.ndjson', `${lines.join('\n')}\n`)]);
  return await scratch.dataset();
}

/** How much is kept, besides the events with a mark. */
interface Kept {
  readonly counted: readonly number[];
  readonly largest: number;
}

async function withFacts<T>(
  events: readonly Event[],
  work: (keep: (kept: Kept) => ReturnType<typeof keepFacts>, port: Port) => Promise<T>,
): Promise<T> {
  const dataset = await storeOf(events);
  const source = querySourceOf(dataset, 'facts');
  const files = source.files.map(({ path }) => path);
  const limits = { memoryBytes: null, threads: 2, spillDir: null, timeLimitMs: null };
  const engine = await openQueryEngine({ ...limits, files });
  const port = { engine, signal: new AbortController().signal };
  const window = statusOf(dataset).span ?? { start: 0, end: 0 };
  const keys = ['host', 'customer'].map((name) => ({ breakdown: breakdown(name), mostValues: 30 }));
  const marks = [{ kind: 'rows', where: filterOf('status >= 500') }] as const;
  const spec = { window, keys, marks, limits: null, stepMicros: 30 * microsPerMinute };
  try {
    const codes = await keepCodes(source, spec, port);
    return await work(
      ({ counted, largest }) =>
        keepFacts(
          source,
          { ...spec, counted, followed: { key: 1, largest, mostMarked: 1 } },
          { ...port, codes },
        ),
      port,
    );
  } finally {
    await engine.close();
  }
}

type Port = { readonly engine: SearchEngine; readonly signal: AbortSignal };

/** Minutes one by one, whatever stretches they come in. */
function times({ keys, starts, words }: FactMinutes): readonly string[] {
  return [...starts].flatMap((start, row) => {
    const minutes = new Uint8Array(words.length * wordMinutes);
    for (const [at, own] of words.entries()) setMinutes(minutes, at * wordMinutes, own[row] ?? 0);
    const codes = keys.map((own) => own[row]);
    return [...minutes].flatMap((one, at) => (one === 1 ? [`${codes}: ${start + at}`] : []));
  });
}

describe('facts', () => {
  const events = eventsOf({ days: 1, perMinute: 2, hosts: 4 });

  it('count the same from cells and from the files', async () => {
    await withFacts(events, async (keep, port) => {
      const [read, counted] = [
        await keep({ counted: [], largest: 0 }),
        await keep({ counted: [0], largest: 9 }),
      ];
      const parts = { stepMicros: 60 * microsPerMinute, marks: [0], events: true, spans: true };
      const only = { key: 1, codes: [3, 0, 7] };
      const { start } = read.spec.window;
      const cut = { start: start + 150 * microsPerMinute, end: start + 700 * microsPerMinute };
      const until = { start, end: startMs * 1_000 + 600 * microsPerMinute };
      const [kept, ofFiles] = [false, true];
      for (const [isRead, asked] of [
        [kept, { ...parts, keys: [0] }],
        [kept, { ...parts, keys: [0], window: until }],
        [ofFiles, { ...parts, keys: [0], stepMicros: 7 * microsPerMinute }],
        [ofFiles, { ...parts, keys: [0], window: cut }],
        [ofFiles, { ...parts, keys: [1], fewestMarked: 1 }],
        [kept, { ...parts, keys: [1], only }],
        [ofFiles, { ...parts, keys: [1, 0], only }],
        [kept, { keys: [0, 1], marks: [0], markedOnly: true }],
      ] as const) {
        const question = factQuestion(read, asked);
        const found = await askFacts(read, question, port);
        expect(found.rowCount).toBeGreaterThan(3);
        const numbers = vi.spyOn(port.engine, 'numbers');
        expect(await askFacts(counted, question, port)).toEqual(found);
        expect(numbers.mock.calls[0]?.[0].sql.includes('read_parquet')).toBe(isRead);
        numbers.mockRestore();
      }
      for (const asked of [{ keys: [0] }, { keys: [1], only }, { keys: [0], only }]) {
        const minutes = { only: null, ...asked };
        const found = times(await askMinutes(read, minutes, port));
        expect(found.length).toBeGreaterThan(100);
        expect(times(await askMinutes(counted, minutes, port))).toEqual(found);
      }
    });
  });

  it('count a day that was not sampled before one that was', async () => {
    const days = eventsOf({ days: 2, perMinute: 1, hosts: 3 });
    const isFirst = ({ minute }: Event): boolean => minute < 1_440;
    const sampled = days.map((event) => (isFirst(event) ? { ...event, weight: 1 } : event));
    await withFacts(sampled, async (keep, port) => {
      const facts = await keep({ counted: [0], largest: 9 });
      const { start } = facts.spec.window;
      // Steps that the cells do not have: the files are read.
      const window = { start, end: startMs * 1_000 + 1_440 * microsPerMinute };
      const stepMicros = 7 * microsPerMinute;
      const asked = factQuestion(facts, {
        keys: [0],
        marks: [0],
        events: true,
        window,
        stepMicros,
      });
      const found = await askFacts(facts, asked, port);
      const all = found.events.reduce((sum, events) => sum + events, 0);
      expect(all).toBe(sampled.filter(isFirst).length);
    });
  });

  it('count what the events say, and number the values by their rows', async () => {
    await withFacts(events, async (keep, port) => {
      const facts = await keep({ counted: [0], largest: 9 });
      const names = await readCodes(facts, 0, null, port);
      const asked = factQuestion(facts, { keys: [0], marks: [0], events: true });
      const found = await askFacts(facts, asked, port);
      const sum = (own: readonly Event[]) => own.reduce((all, { weight }) => all + weight, 0);
      const told = Array.from({ length: found.rowCount }, (_, at) => {
        const code = found.keys[0]?.[at];
        const host = names.find((one) => one.code === code)?.value ?? null;
        return [host, found.rows[at], found.marked[0]?.[at], found.events[at]];
      });
      const hosts = [null, ...names.map(({ value }) => value)];
      expect(told).toEqual(
        hosts.map((host) => {
          const own = events.filter((event) => event.host === host);
          return [host, own.length, own.filter(({ status }) => status >= 500).length, sum(own)];
        }),
      );
      expect(names.map(({ rows }) => rows)).toEqual(
        [...names.map(({ rows }) => rows)].sort((left, right) => right - left),
      );
      // Thirty customers are told apart; the eleven with the fewest rows are one.
      const customers = await askFacts(facts, factQuestion(facts, { keys: [1] }), port);
      expect(customers.rowCount).toBe(31);
    });
  });
});

interface Cost {
  statements: number;
  rows: number;
}

async function costOf(fleet: Fleet, threads = 2): Promise<{ cost: Cost; report: ScanReport }> {
  const dataset = await storeOf(eventsOf(fleet));
  const cost = { statements: 0, rows: 0 };
  const report = await scanDataset(dataset, threads, (engine) => ({
    ...engine,
    execute: async (...asked) => {
      const found = await engine.execute(...asked);
      cost.statements += 1;
      cost.rows += found.rows.length;
      return found;
    },
    numbers: async (...asked) => {
      const found = await engine.numbers(...asked);
      cost.statements += 1;
      cost.rows += found.rowCount;
      return found;
    },
    keep: (...asked) => {
      cost.statements += 1;
      return engine.keep(...asked);
    },
  }));
  return { cost, report };
}

describe('a scan', () => {
  it('asks hardly more of four times the events, and carries less than four times the rows', async () => {
    const few = await costOf({ days: 2, perMinute: 2, hosts: 4 });
    const many = await costOf({ days: 2, perMinute: 8, hosts: 4 });
    expect(few.report.findings[0]?.hosts).toEqual(['host-1']);
    expect(many.report.findings[0]?.hosts).toEqual(['host-1']);
    expect(many.report.rows).toBe(4 * few.report.rows);
    expect(many.cost.statements).toBeLessThan(60);
    expect(many.cost.statements).toBeLessThan(few.cost.statements * 1.5);
    expect(many.cost.rows).toBeLessThan(few.cost.rows * 3);
  });

  it('says the same at any number of threads', async () => {
    const fleet = { days: 2, perMinute: 4, hosts: 6 };
    const { report } = await costOf(fleet, 1);
    for (const threads of [2, 4]) expect((await costOf(fleet, threads)).report).toEqual(report);
  });
});
