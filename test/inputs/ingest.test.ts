/** The corpus as a whole, and its lines of JSON. */
import { describe, expect, it } from 'vitest';
import { casesByTopic, isAboutLines } from './cases.js';
import { runCases } from './run-cases.js';

const all = Object.values(casesByTopic).flat();

describe('the corpus', () => {
  it('has at least 300 cases with names of their own', () => {
    expect(all.length).toBeGreaterThanOrEqual(300);
    const names = all.map(({ name }) => name);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it('keeps its own accounts', () => {
    for (const { name, expected } of all) {
      const { read, stored, rejected, duplicates, reasons } = expected;
      expect(read, name).toBe(stored + rejected + duplicates);
      const reasonCount = Object.values(reasons).reduce((sum, count) => sum + count, 0);
      expect(reasonCount, name).toBe(rejected);
    }
  });
});

runCases(Object.entries(casesByTopic).filter(([topic]) => isAboutLines(topic)));
