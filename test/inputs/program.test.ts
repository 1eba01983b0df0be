/** One case of each reason class through the program: receipt, class and exit status. */
import { describe, expect, it } from 'vitest';
import type { InputCase } from './case.js';
import { casesByTopic } from './cases.js';
import { ingestByProgram, withCase } from './ingest-file.js';

const all = Object.values(casesByTopic).flat();

/** The shortest name of each class stands for it. */
function oneOfEachClass(): readonly (readonly [string, InputCase])[] {
  const chosen = new Map<string, InputCase>();
  for (const input of [...all].sort((a, b) => a.name.length - b.name.length)) {
    const { errorClass, reasons } = input.expected;
    const classes = errorClass === null ? Object.keys(reasons) : [`file: ${errorClass}`];
    for (const name of classes.length === 0 ? ['stored'] : classes) {
      if (!chosen.has(name)) chosen.set(name, input);
    }
  }
  return [...chosen];
}

const given = (input: InputCase) => (input.format === null ? [] : ['--input-format', input.format]);

describe('the program', () => {
  it('meets every class of records and most classes of files', () => {
    expect(oneOfEachClass().length).toBeGreaterThanOrEqual(25);
  });

  it.each(oneOfEachClass())('agrees on %s', async (_name, input) => {
    await withCase(input, async (path, storeDir) => {
      const outcome = await ingestByProgram(path, storeDir, given(input));
      const { summary, stderr } = outcome;
      const { errorClass, exit, rejects, ...counts } = input.expected;
      expect(summary).toMatchObject({
        read: counts.read,
        stored: counts.stored,
        rejected: counts.rejected,
        duplicates: counts.duplicates,
        reasons: counts.reasons,
        error_class: errorClass,
      });
      expect(outcome.exit).toBe(exit);
      expect(outcome.rejects.map(({ line, byte_offset }) => [line, byte_offset])).toEqual(
        rejects.map(({ line, byteOffset }) => [line, byteOffset]),
      );
      expect(stderr).not.toMatch(/\n\s+at /);
    });
  });
});
