// How long until there is anything to read: help, and the first row of a small question.
import { pair } from './measure.mjs';

export function startup({ cli, duckdb, node, store, runs }) {
  const bare = { name: '`node -e 0`', peer: [node, '-e', '0'] };
  // The least that any question asked of DuckDB takes in a new process.
  const least = { name: 'DuckDB, `SELECT 1`', peer: [...duckdb, 'SELECT 1'] };
  const small = {
    what: 'first rows of a one-day breakdown',
    ours: [...cli, 'query', '--by', 'status', '--window', '2020-04-16', '--store', store],
  };
  const rows = [
    { what: '`coldcase --help`', ours: [...cli, '--help'], against: bare, target: '≤ 1.5' },
    { ...small, against: bare, target: '≤ 2.5' },
    { ...small, against: least, target: '–' },
  ].map(({ what, ours, against: { name, peer }, target }) => ({
    what,
    peer: name,
    target,
    ...pair({ ours, peer, runs: runs * 3 }),
  }));
  return { title: 'Start', rows };
}
