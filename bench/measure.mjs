// Times whole processes in turn (A B A B …) and compares them pair by pair, so that a machine that
// slows down in between slows both. Medians are quoted; every number is of the same run.
import { spawnSync } from 'node:child_process';

/** Wall milliseconds of one run; throws when it ends with another code than it may. */
function runOnce(argv, codes) {
  const started = process.hrtime.bigint();
  const { status, stderr } = spawnSync(argv[0], argv.slice(1), {
    stdio: ['ignore', 'ignore', 'pipe'],
    maxBuffer: 1 << 26,
  });
  const elapsedMs = Number(process.hrtime.bigint() - started) / 1e6;
  if (!codes.includes(status)) throw new Error(`${argv.join(' ')} ended with ${status}: ${stderr}`);
  return elapsedMs;
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Both commands `runs` times in turn after one warm-up each; `before` readies each run. */
export function pair({ ours, peer, runs, before = () => {}, codes = [0] }) {
  const times = { ours: [], peer: [], ratio: [] };
  for (let run = -1; run < runs; run += 1) {
    before();
    const a = runOnce(ours, codes);
    before();
    const b = runOnce(peer, [0]);
    if (run < 0) continue;
    times.ours.push(a);
    times.peer.push(b);
    times.ratio.push(a / b);
  }
  return {
    oursMs: median(times.ours),
    peerMs: median(times.peer),
    ratio: median(times.ratio),
    runs,
  };
}
