/** Cases of the bad-input corpus through an ingest: receipt, rejects file and stored values. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Cell, InputCase } from './case.js';
import { ingestByLibrary, type Outcome, storedRows, withCase } from './ingest-file.js';

type Seen = Pick<Outcome, 'summary' | 'rejects'>;

const keptBytes = 65_536;
const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

function checkReceipt(input: InputCase, outcome: Seen): void {
  const { read, stored, rejected, duplicates, blank, reasons, errorClass } = input.expected;
  const { summary } = outcome;
  expect({
    read: summary.read,
    stored: summary.stored,
    rejected: summary.rejected,
    duplicates: summary.duplicates,
    blank: summary.blank,
    reasons: summary.reasons,
    errorClass: summary.error_class,
  }).toEqual({ read, stored, rejected, duplicates, blank, reasons, errorClass });
  expect(summary.read).toBe(summary.stored + summary.rejected + summary.duplicates);
}

function checkRejects(input: InputCase, path: string, outcome: Seen): void {
  expect(outcome.rejects).toHaveLength(input.expected.rejected);
  input.expected.rejects.forEach(({ line, byteOffset, reason, raw }, index) => {
    expect(outcome.rejects[index]).toEqual({
      source: path,
      line,
      byte_offset: byteOffset,
      byte_length: raw.length,
      reason,
      message: expect.stringMatching(/^[^A-Z].*[^.]$/s),
      raw_b64: raw.subarray(0, keptBytes).toString('base64'),
      sha256: digest(raw),
    });
  });
}

function checkValues(input: InputCase, rows: readonly Record<string, Cell>[]): void {
  for (const [index, wanted] of Object.entries(input.expected.values)) {
    const row = rows[Number(index)] ?? {};
    const found = Object.fromEntries(Object.keys(wanted).map((name) => [name, row[name] ?? null]));
    expect(found).toEqual(wanted);
  }
}

/** Declares a test for each case. */
export function runCases(topics: readonly (readonly [string, readonly InputCase[]])[]): void {
  for (const [topic, cases] of topics) {
    describe(topic, () => {
      it.each(cases.map((input) => [input.name, input] as const))('%s', async (_name, input) => {
        await withCase(input, async (path, storeDir) => {
          const outcome = await ingestByLibrary(path, storeDir, input.format);
          checkReceipt(input, outcome);
          checkRejects(input, path, outcome);
          if (Object.keys(input.expected.values).length === 0) return;
          checkValues(input, await storedRows(storeDir));
        });
      });
    });
  }
}
