import { describe, expect, it } from 'vitest';
import { withDamage } from '../../src/forensics/scan-damaged.js';
import { plainFinding } from '../../src/forensics/scan-plain.js';

const hour = 3_600_000_000;
const gap = plainFinding(
  {
    detector: 'ingest-gap',
    kind: 'nothing came',
    class: 'silent',
    severity: 'critical',
    score: 50,
    evalue: 1e-9,
    title: 'no events at all from anybody',
    start: 10 * hour,
    end: 20 * hour,
    whyUnnoticed: 'what sends nothing fails nothing',
    evidence: [],
  },
  { requestsAffected: 400, requestsInterval: [360, 440] },
);
const lost = (start: number, end: number, rowCount: number | null = 100) => ({
  window: { start: start * hour, end: end * hour },
  rowCount,
});

describe('a silence whose rows are damaged', () => {
  it('is told for information, with how many rows are left out', () => {
    const told = withDamage(gap, [lost(10, 14), lost(14, 21, 50), lost(30, 31)]);
    expect(told).toMatchObject({
      severity: 'info',
      title: 'no events at all from anybody: 150 rows are damaged and left out',
      requestsAffected: 0,
      requestsInterval: [0, 0],
    });
    expect(withDamage(gap, [lost(0, 40, null)]).title).toMatch(/: rows are damaged/);
  });

  it('accuses as before where less than half of its time is that of damaged rows', () => {
    for (const some of [[], [lost(0, 10)], [lost(8, 14), lost(9, 14), lost(11, 12)]]) {
      expect(withDamage(gap, some)).toBe(gap);
    }
  });
});
