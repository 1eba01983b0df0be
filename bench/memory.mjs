// Peak memory of an ingest and of a wide breakdown under a limit, against the same without one.
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runOnce } from './measure.mjs';

export function memory({ cli, store, logs, dir }) {
  const target = join(dir, 'limited');
  const files = readdirSync(logs).map((name) => join(logs, name));
  const ingest = (...more) => {
    rmSync(target, { recursive: true, force: true });
    return runOnce([...cli, 'ingest', ...files, '--store', target, '--json', ...more]).rssMiB;
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
  const query = (...more) => runOnce([...cli, ...wide, ...more]).rssMiB;
  const row = (what, run) => {
    const peerMs = run();
    const oursMs = run('--max-memory', '400MB');
    return { what, oursMs, peer: 'no limit', peerMs, ratio: oursMs / peerMs, target: '< 1' };
  };
  const rows = [
    row('ingest with --max-memory 400MB', ingest),
    row('breakdown by trace with --max-memory 400MB', query),
  ];
  rmSync(target, { recursive: true, force: true });
  return { title: 'Peak memory', unit: 'MiB', rows };
}
