import { availableParallelism, totalmem } from 'node:os';
import { describe, expect, it } from 'vitest';
import { engineMemory, machineOf } from '../../src/cli/machine.js';

const gibibyte = 2 ** 30;

function read(files: Readonly<Record<string, string>>) {
  return (path: string) => files[path] ?? null;
}

describe('machineOf', () => {
  it('takes the machine where no control group says less', () => {
    const whole = { memoryBytes: totalmem(), isLimited: false, processors: availableParallelism() };
    expect(machineOf(read({}))).toEqual(whole);
    const unlimited = {
      '/proc/self/cgroup': '4:memory:/\n3:cpu,cpuacct:/\n0::/\n',
      '/sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712\n',
      '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '-1\n',
      '/sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
      '/sys/fs/cgroup/memory.max': 'max\n',
      '/sys/fs/cgroup/cpu.max': 'max 100000\n',
    };
    expect(machineOf(read(unlimited))).toEqual(whole);
  });

  it('takes the least of a group and those above it, version 2', () => {
    const files = {
      '/proc/self/cgroup': '0::/pod/box\n',
      '/sys/fs/cgroup/pod/box/memory.max': 'max\n',
      '/sys/fs/cgroup/pod/memory.max': String(gibibyte / 2),
      '/sys/fs/cgroup/pod/cpu.max': '150000 100000\n',
      '/sys/fs/cgroup/pod/box/cpu.max': '50000 100000\n',
    };
    expect(machineOf(read(files))).toEqual({
      memoryBytes: gibibyte / 2,
      isLimited: true,
      processors: 1,
    });
  });

  it('knows version 1', () => {
    const files = {
      '/proc/self/cgroup': '5:memory:/docker/x\n2:cpu,cpuacct:/docker/x\n',
      '/sys/fs/cgroup/memory/docker/x/memory.limit_in_bytes': `${gibibyte / 4}\n`,
      '/sys/fs/cgroup/cpu/docker/x/cpu.cfs_quota_us': '100000\n',
      '/sys/fs/cgroup/cpu/docker/x/cpu.cfs_period_us': '100000\n',
    };
    expect(machineOf(read(files))).toMatchObject({ memoryBytes: gibibyte / 4, processors: 1 });
  });
});

describe('engineMemory', () => {
  it('leaves room for Node, and the engine enough to work', () => {
    const of = (memoryBytes: number) =>
      engineMemory({ memoryBytes, isLimited: true, processors: 1 }) / 2 ** 20;
    expect(of(4 * gibibyte)).toBe(2880);
    expect(of(gibibyte)).toBe(576);
    expect(of(gibibyte / 2)).toBe(288);
    expect(of(gibibyte / 16)).toBe(128);
  });
});
