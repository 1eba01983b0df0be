/** Messages of DuckDB, as it wrote them, and the faults they mean. */
import { describe, expect, it } from 'vitest';
import { Fault } from '../../src/base/fault.js';
import { faultOfFailure } from '../../src/engine/duckdb/failure.js';

const cases: readonly (readonly [message: string, writing: string | null, fault: string])[] = [
  [
    'IO Error: Could not write file "/s/a.parquet": No space left on device',
    '/s',
    'CC5001 the disk is full while writing /s',
  ],
  [
    'Out of Memory Error: failed to offload data block of size 64.0 KiB (1.7 MiB/1.7 MiB used).\n' +
      "This limit was set by the 'max_temp_directory_size' setting.",
    '/s',
    'CC5001 the disk is full while writing the temporary directory',
  ],
  [
    'Out of Memory Error: failed to allocate data of size 2.0 MiB (380.7 MiB/381.4 MiB used)\n\nX',
    null,
    'CC5003 stopped at the memory limit 381.4 MiB',
  ],
  [
    'Permission Error: Cannot access file "/s/a.parquet/**/*.parquet" - file system operations',
    null,
    'CC4006 the data file /s/a.parquet is missing',
  ],
  [
    'IO Error: No files found that match the pattern "/s/a.parquet"',
    null,
    'CC4006 the data file /s/a.parquet is missing',
  ],
  [
    "Invalid Input Error: No magic bytes found at end of file '/s/a.parquet'\n\nLINE 1: select",
    null,
    'CC4003 /s/a.parquet is damaged: not a complete Parquet file',
  ],
  [
    'Binder Error: Referenced column "x" not found in FROM clause!\nCandidate bindings: "y"',
    null,
    'CC5002 the query engine failed: Binder Error: Referenced column "x" not found in FROM clause!',
  ],
];

describe('failures of the engine', () => {
  it.each(cases)('%s', (message, writing, expected) => {
    const cause = new Error(message);
    const fault = faultOfFailure(cause, { writing });
    expect(fault).toMatchObject({ cause });
    expect(fault instanceof Fault ? `${fault.code} ${fault.message}` : fault).toBe(expected);
  });

  it('leave a fault as it is', () => {
    const fault = new Fault('CC5004', { limit: '1s' });
    expect(faultOfFailure(fault, { writing: null })).toBe(fault);
  });
});
