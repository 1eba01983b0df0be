/**
 * Every writing system call of every command that changes a store fails, is cut short, or is the
 * last one. COLDCASE_FAULT_POINTS sets how many places of each command (1); there are some 300
 * calls, and seven kinds of fault at each. Needs Linux and a C compiler, and is skipped elsewhere.
 */
import { mkdtempSync, rmSync, truncateSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkpointPath } from '../../src/delta/log.js';
import { openInspector } from '../../src/engine/duckdb/inspect.js';
import { openDataset } from '../../src/store/dataset.js';
import type { FileInspector } from '../../src/store/ports.js';
import { verify } from '../../src/store/verify.js';
import {
  compileFailingWrites,
  type Faulted,
  type FaultKind,
  faultKinds,
  runFaulted,
} from './failing-writes.js';
import { closeEngine, writer } from './many-ingests.js';
import { contentOf, copyStore, makeWornStore, type WornStore, writePart } from './worn-store.js';

const pointsPerCommand = Number(process.env.COLDCASE_FAULT_POINTS ?? 1);
const dir = mkdtempSync(join(tmpdir(), 'coldcase-writes-'));
const library = compileFailingWrites(dir);
const part = join(dir, 'part.ndjson');
let worn: WornStore;
let inspector: FileInspector;

beforeAll(async () => {
  worn = await makeWornStore(join(dir, 'base'));
  writePart(part, worn.endMs);
  inspector = await openInspector({ memoryBytes: null, threads: 1, spillDir: null });
}, 600_000);

afterAll(async () => {
  await inspector.close();
  await closeEngine();
  rmSync(dir, { recursive: true, force: true });
});

const faulty = { library: library ?? '', store: join(dir, 'store') };
const ingestPart = () => ['ingest', part, '--now', at(10)];
const at = (days: number) => new Date(worn.endMs + days * 86_400_000).toISOString();

/** Each is done or not begun, whatever fails. `damage` comes before it; `again`: how it ends when
 * it was done already. */
const commands: readonly {
  readonly name: string;
  readonly args: () => readonly string[];
  readonly damage?: (store: string) => Promise<void>;
  readonly again?: string;
}[] = [
  {
    name: 'an ingest, its merge, checkpoint and clean-up',
    args: ingestPart,
  },
  { name: 'compact', args: () => ['compact', '--now', at(10)] },
  { name: 'retention', args: () => ['retention', '--keep', '5d', '--yes', '--now', at(0)] },
  {
    name: 'forget',
    args: () => ['forget', '--where', 'host.name = api-3', '--yes', '--now', at(0)],
  },
  {
    name: 'hold',
    args: () => ['hold', 'add', 'x', '--last', '1d', '--reason', 'r', '--now', at(0)],
    again: 'CC4011',
  },
  {
    name: 'repair',
    args: () => ['repair', '--yes', '--now', at(0)],
    damage: async (store) => {
      const { snapshot, tableDir } = await openDataset({ storeDir: store, name: 'events' }, writer);
      const [gone, cut] = snapshot.files;
      unlinkSync(join(tableDir, gone?.path ?? ''));
      truncateSync(join(tableDir, cut?.path ?? ''), 100);
      truncateSync(checkpointPath(tableDir, 50), 100);
    },
  },
];

/** Rows that can be read, holds and gaps: what people see of a store. And what is wrong. */
interface Seen {
  readonly content: string;
  /** Codes of what is wrong. */
  readonly damages: readonly string[];
}

async function seen(storeDir: string): Promise<Seen> {
  const rows = await contentOf(storeDir).catch((error: unknown) => String(error).slice(0, 30));
  const { dataset, damages } = await verify({
    place: { storeDir, name: 'events' },
    inspector,
    quick: false,
    nowMs: worn.endMs,
    say: () => undefined,
    signal: new AbortController().signal,
  });
  const names = Object.keys(dataset?.snapshot.metadata.configuration ?? {}).sort();
  return {
    content: JSON.stringify([rows, names]),
    damages: damages.map(({ fault }) => fault.code),
  };
}

/** Rows as before or as after, and nothing wrong that was not wrong before. */
function expectOneOf(
  found: Seen,
  { before, after }: Record<'before' | 'after', Seen>,
  what: string,
) {
  expect.soft([before.content, after.content], what).toContain(found.content);
  expect
    .soft([...before.damages, ...after.damages], what)
    .toEqual(expect.arrayContaining([...found.damages]));
}

/** Places to strike, spread over all kinds of fault at all calls of a command. */
function chosen(callCount: number): readonly { readonly kind: FaultKind; readonly call: number }[] {
  const all = Array.from({ length: callCount }, (_unused, index) =>
    faultKinds.map((kind) => ({ kind, call: index + 1 })),
  ).flat();
  const step = Math.max(1, all.length / pointsPerCommand);
  const count = Math.min(all.length, pointsPerCommand);
  return Array.from({ length: count }, (_unused, n) => all[Math.floor((n + 0.5) * step)]).flatMap(
    (point) => point ?? [],
  );
}

function expectOneFault({ status, code, stderr }: Faulted, what: string): void {
  expect.soft(status, `${what}\n${stderr}`).toBe(1);
  expect.soft(code, what).toMatch(/^CC[45]\d+$/);
  expect.soft(stderr, what).not.toMatch(/^\s+at /m);
}

/** Places that did harm once. */
const places: readonly {
  readonly name: string;
  readonly call: RegExp;
  readonly kind: FaultKind;
}[] = [
  { name: 'a staging directory that stays', call: /^rmdir .*_staging\//, kind: 'eio' },
  { name: 'a short write of the rejects', call: /^write .*rejects\.ndjson$/, kind: 'short' },
  { name: 'a log entry that stays', call: /^unlink .*_delta_log\/0.*json$/, kind: 'eio' },
  { name: 'a rollup that is not named', call: /^rename .*_rollup\//, kind: 'eio' },
  { name: 'fingerprints cut off', call: /^write .*_fingerprint\//, kind: 'enospc' },
  { name: 'a census cut off', call: /^write .*_census\//, kind: 'enospc' },
];

/** The ingest of all places, done whole once. */
let wholeIngest: { readonly ran: Faulted; readonly after: Seen } | null = null;

async function ingestWhole(): Promise<{ readonly ran: Faulted; readonly after: Seen }> {
  if (wholeIngest !== null) return wholeIngest;
  copyStore(worn.dir, faulty.store);
  const ran = runFaulted(faulty, ingestPart(), null);
  wholeIngest = { ran, after: await seen(faulty.store) };
  return wholeIngest;
}

describe.skipIf(library === null)('a failing write', () => {
  it.each(places)('is $name, and the ingest is whole', async ({ call, kind }) => {
    const { ran: whole, after } = await ingestWhole();
    const number = whole.calls.findIndex((one) => call.test(one)) + 1;
    expect(number, whole.calls.join('\n')).toBeGreaterThan(0);
    copyStore(worn.dir, faulty.store);
    const ran = runFaulted(faulty, ingestPart(), { kind, call: number });
    expect(ran.status, ran.stderr).toBe(whole.status);
    expect(await seen(faulty.store)).toEqual(after);
  });

  for (const { name, args, damage, again } of commands) {
    it(`leaves ${name} done or not begun`, { timeout: 7_200_000 }, async () => {
      const base = join(dir, 'damaged');
      copyStore(worn.dir, base);
      await damage?.(base);
      const { store } = faulty;
      const before = await seen(base);
      copyStore(base, store);
      const whole = runFaulted(faulty, args(), null);
      // An ingest with rejects ends with 3.
      expect.soft([0, 3], whole.stderr).toContain(whole.status);
      const after = await seen(store);
      const tally = new Map<string, number>();
      for (const { kind, call } of chosen(whole.calls.length)) {
        copyStore(base, store);
        const what = `${name}: ${kind} at call ${call}, ${whole.calls[call - 1]}`;
        const ran = runFaulted(faulty, args(), { kind, call });
        const found = await seen(store);
        const isDone = found.content === after.content;
        if (ran.status === whole.status) expect.soft(found, what).toEqual(after);
        else if (ran.status !== null) expectOneFault(ran, what);
        expectOneOf(found, { before, after }, what);
        const second = runFaulted(faulty, args(), null);
        if (!isDone || again === undefined) {
          expect.soft([0, 3], `${what}, again\n${second.stderr}`).toContain(second.status);
        } else expect.soft(second.code, what).toBe(again);
        expect.soft(await seen(store), `${what}, again`).toEqual(after);
        const key = `${kind}: ${ran.code ?? ran.status ?? 'died'}, ${isDone ? '' : 'not '}done`;
        tally.set(key, (tally.get(key) ?? 0) + 1);
      }
      process.stdout.write(`${name}, ${whole.calls.length} calls: ${JSON.stringify([...tally])}\n`);
    });
  }
});
