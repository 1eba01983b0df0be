// Peak memory of an ingest and of a wide breakdown under a limit, against the same without one.
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Peak resident kilobytes of a command, told by the command's own `process.resourceUsage()`. */
function peakMegabytes(argv) {
  const report =
    "if (isMainThread) process.on('exit', () => writeSync(3, String(process.resourceUsage().maxRSS)));";
  const hook = `data:text/javascript,import { writeSync } from 'node:fs'; import { isMainThread } from 'node:worker_threads'; ${report}`;
  const [node, ...rest] = argv;
  const { status, output, stderr } = spawnSync(node, ['--import', hook, ...rest], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  if (status !== 0) throw new Error(String(stderr));
  return Number(output[3].toString()) / 1024;
}

export function memory({ cli, store, logs, dir }) {
  const target = join(dir, 'limited');
  const files = readdirSync(logs).map((name) => join(logs, name));
  const ingest = (...more) => {
    rmSync(target, { recursive: true, force: true });
    return peakMegabytes([...cli, 'ingest', ...files, '--store', target, '--json', ...more]);
  };
  const wide = [
    'query',
    '--by',
    'trace',
    '--calc',
    'count,p95',
    '--limit',
    '100',
    '--store',
    store,
  ];
  const query = (...more) => peakMegabytes([...cli, ...wide, ...more]);
  const row = (what, run) => {
    const peerMs = run();
    const oursMs = run('--max-memory', '400MB');
    return { what, oursMs, peer: 'no limit (MiB)', peerMs, ratio: oursMs / peerMs, target: '< 1' };
  };
  const rows = [
    row('ingest with --max-memory 400MB (peak MiB, not ms)', ingest),
    row('breakdown by trace with --max-memory 400MB (peak MiB, not ms)', query),
  ];
  rmSync(target, { recursive: true, force: true });
  return { title: 'Memory', rows };
}
