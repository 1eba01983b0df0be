// Times whole processes in turn (A B A B …) and compares them pair by pair, so that a machine that
// slows down in between slows both. Medians are quoted; every number is of the same run.
import { spawnSync } from 'node:child_process';

// The process itself tells what it used, all its threads included.
const report =
  "if (isMainThread) process.on('exit', () => writeSync(3, JSON.stringify(process.resourceUsage())));";
const hook = `data:text/javascript,import { writeSync } from 'node:fs'; import { isMainThread } from 'node:worker_threads'; ${report}`;

/** One run: wall and CPU milliseconds, peak resident MiB, lines on stdout when they are counted. */
export function runOnce(argv, { countLines = false, codes = [0] } = {}) {
  const [node, ...rest] = argv;
  const started = process.hrtime.bigint();
  const { status, stdout, stderr, output } = spawnSync(node, ['--import', hook, ...rest], {
    stdio: ['ignore', countLines ? 'pipe' : 'ignore', 'pipe', 'pipe'],
    maxBuffer: 1 << 30,
  });
  const wallMs = Number(process.hrtime.bigint() - started) / 1e6;
  if (!codes.includes(status))
    throw new Error(`${argv.join(' ').slice(0, 400)} ended with ${status}: ${stderr}`);
  const used = JSON.parse(output[3].toString());
  return {
    wallMs,
    cpuMs: (used.userCPUTime + used.systemCPUTime) / 1000,
    rssMiB: used.maxRSS / 1024,
    lines: countLines ? stdout.toString('latin1').split('\n').length - 1 : 0,
  };
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Both commands `runs` times in turn after `warmUps` of each; `before` readies each run. With `header`
 * the answers must have as many rows: ours has so many lines that are none. `codes`: how ours may end.
 */
export function pair({
  ours,
  peer,
  runs,
  before = () => {},
  header = null,
  codes = [0],
  warmUps = 1,
}) {
  const own = [];
  const other = [];
  for (let run = -warmUps; run < runs; run += 1) {
    const countLines = run < 0 && header !== null;
    before();
    const a = runOnce(ours, { countLines, codes });
    before();
    const b = runOnce(peer, { countLines });
    if (countLines && a.lines - header !== b.lines) {
      throw new Error(`${a.lines - header} and ${b.lines} rows: ${ours.slice(2).join(' ')}`);
    }
    if (run < 0) continue;
    own.push(a);
    other.push(b);
  }
  const of = (runsOf, field) => median(runsOf.map((one) => one[field]));
  const ratio = (field) => median(own.map((one, index) => one[field] / other[index][field]));
  return {
    oursMs: of(own, 'wallMs'),
    peerMs: of(other, 'wallMs'),
    ratio: ratio('wallMs'),
    oursCpuMs: of(own, 'cpuMs'),
    peerCpuMs: of(other, 'cpuMs'),
    cpuRatio: ratio('cpuMs'),
    rssMiB: of(own, 'rssMiB'),
  };
}
