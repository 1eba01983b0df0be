// How long until there is anything to read: help, and the first row of a small question.
import { pair } from './measure.mjs';

export function startup({ cli, node, store, runs }) {
  const bare = [node, '-e', '0'];
  const rows = [
    { what: '`coldcase --help`', ours: [...cli, '--help'], target: '≤ 1.5' },
    {
      what: 'first rows of a one-day breakdown',
      ours: [...cli, 'query', '--by', 'status', '--window', '2020-04-16', '--store', store],
      target: '≤ 2.5',
    },
  ].map(({ what, ours, target }) => ({
    what,
    peer: '`node -e 0`',
    target,
    ...pair({ ours, peer: bare, runs: runs * 3 }),
  }));
  return { title: 'Start', rows };
}
