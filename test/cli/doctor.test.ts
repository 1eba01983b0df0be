import { describe, expect, it } from 'vitest';
import { ignoredFailures, type StatusFailures } from '../../src/cli/doctor.js';

function failures(part: Partial<StatusFailures> & { status: string }): StatusFailures {
  const byHost = part.byHost ?? [];
  const count = byHost.reduce((sum, one) => sum + one, 0);
  return { count, badCount: 0, byHost, ...part };
}

describe('ignoredFailures', () => {
  const spread = Array.from({ length: 40 }, () => 10);

  it('tells a status that a few hosts have and the rule does not count', () => {
    const few = failures({ status: '401', byHost: [300, 300, 300, 300, ...Array(36).fill(1)] });
    const bad = failures({ status: '500', byHost: spread, badCount: 400 });
    expect(ignoredFailures([few, bad], 40)).toEqual([
      '401 is 76 % of failing statuses and not bad by the rule; 97 % of them on 4 of 40 hosts',
    ]);
  });

  it('is silent about what is spread, what is rare and what the rule counts', () => {
    const everywhere = failures({ status: '404', byHost: spread });
    const rare = failures({ status: '401', byHost: [5] });
    const known = failures({ status: '503', byHost: [500], badCount: 500 });
    expect(ignoredFailures([everywhere, rare, known], 40)).toEqual([]);
    expect(ignoredFailures([failures({ status: '401', byHost: [9] })], 1)).toEqual([]);
  });
});
