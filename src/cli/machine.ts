/** What this process may use of the machine: memory and processors, as its control groups say. */
import { readFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { dirname, join } from 'node:path';

/** What there is to run on. */
export interface Machine {
  /** **Units** bytes. */
  readonly memoryBytes: number;
  /** Whether a control group gives less than the machine has. */
  readonly isLimited: boolean;
  /** At least 1. */
  readonly processors: number;
}

const mebibyte = 2 ** 20;

/** Node itself, its workers and what they hold. Measured at 60 to 200 MB in an ingest. */
const ownBytes = 256 * mebibyte;

/** What the engine may take of the rest: it counts its blocks, not what its allocator holds. */
const engineShare = 0.75;

/** Below this the engine cannot sort a day. Chosen by us. */
const leastBytes = 128 * mebibyte;

/** Reads a small file; null where there is none. */
export type ReadText = (path: string) => string | null;

const readSystem: ReadText = (path) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
};

/** **Source** the control group documentation of Linux, versions 1 and 2. */
export function machineOf(read: ReadText = readSystem): Machine {
  const groups = groupsOf(read('/proc/self/cgroup') ?? '');
  const total = totalmem();
  const memory = least([
    ...limits(groups.unified, 'memory.max', read),
    ...limits(groups.memory, 'memory.limit_in_bytes', read),
  ]);
  const quota = least([...unifiedQuotas(groups.unified, read), ...oldQuotas(groups.cpu, read)]);
  const cores = availableParallelism();
  return {
    memoryBytes: Math.min(memory, total),
    isLimited: memory < total,
    processors: Math.max(1, Math.min(cores, Math.ceil(quota))),
  };
}

/** What the engine may use unless a person says more. **Units** bytes. */
export function engineMemory({ memoryBytes }: Machine): number {
  const own = Math.min(ownBytes, memoryBytes / 4);
  return Math.max(leastBytes, Math.floor((memoryBytes - own) * engineShare));
}

interface Groups {
  /** Directories from the group of this process up to the root; one place for each kind. */
  readonly unified: readonly string[];
  readonly memory: readonly string[];
  readonly cpu: readonly string[];
}

const root = '/sys/fs/cgroup';

/** `0::/a/b` is version 2; `4:memory:/a` is a controller of version 1. */
function groupsOf(text: string): Groups {
  const paths = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, kinds, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (kinds === undefined || path === undefined) continue;
    for (const kind of kinds.split(',')) paths.set(kind, path);
  }
  const upwards = (kind: string, dir: string): readonly string[] => {
    const path = paths.get(kind);
    if (path === undefined) return [];
    const places: string[] = [];
    for (let at = path; ; at = dirname(at)) {
      places.push(join(dir, at));
      if (at === '/' || at === '.') return places;
    }
  };
  return {
    unified: upwards('', root),
    memory: upwards('memory', join(root, 'memory')),
    cpu: upwards('cpu', join(root, 'cpu')),
  };
}

function limits(dirs: readonly string[], name: string, read: ReadText): readonly number[] {
  return dirs.flatMap((dir) => {
    const text = read(join(dir, name))?.trim() ?? '';
    return /^\d+$/.test(text) ? [Number(text)] : [];
  });
}

/** `200000 100000`: so many microseconds of each period; `max` is no limit. */
function unifiedQuotas(dirs: readonly string[], read: ReadText): readonly number[] {
  return dirs.flatMap((dir) => {
    const [, quota, period] = /^(\d+) (\d+)/.exec(read(join(dir, 'cpu.max')) ?? '') ?? [];
    return quota === undefined ? [] : [Number(quota) / Number(period)];
  });
}

function oldQuotas(dirs: readonly string[], read: ReadText): readonly number[] {
  return dirs.flatMap((dir) => {
    const quota = Number(read(join(dir, 'cpu.cfs_quota_us')) ?? '-1');
    const period = Number(read(join(dir, 'cpu.cfs_period_us')) ?? '0');
    return quota > 0 && period > 0 ? [quota / period] : [];
  });
}

function least(numbers: readonly number[]): number {
  return numbers.reduce((found, number) => Math.min(found, number), Number.POSITIVE_INFINITY);
}
