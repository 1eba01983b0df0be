/** What DuckDB says went wrong, as faults. Nothing else reads the text of its errors. */
import { Fault, faultsOf } from '../../base/fault.js';

/** What the statement was doing, for the message. */
export interface FailureContext {
  /** The file or directory that was being written; null for a query. */
  readonly writing: string | null;
}

/** A locked connection takes a missing file for a directory, and says it may not be accessed. */
const missingFile =
  /(?:No files found that match the pattern|Cannot (?:open|access) file) "([^"]*?)(?:\/\*[^"]*)?"/;
const damagedFile = /(?:at end of file|error in file|File) '([^']*)'/;

/**
 * The fault for an error of DuckDB. A fault stays what it is.
 * **Faults** CC4003 a damaged file, CC4006 a missing file (a newer snapshot may not name it),
 * CC5001 disk full, CC5005 a failing disk, CC5003 memory, CC5002 everything else.
 */
export function faultOfFailure(error: unknown, context: FailureContext): Error {
  const [known] = faultsOf(error);
  if (known !== undefined) return known;
  const text = error instanceof Error ? error.message : String(error);
  const isSpill = context.writing === null || text.includes('max_temp_directory_size');
  if (/No space left on device|max_temp_directory_size|disk quota exceeded/i.test(text)) {
    const path = isSpill ? 'the temporary directory' : context.writing;
    return new Fault('CC5001', { path }, { cause: error });
  }
  if (context.writing !== null && /Input\/output error/i.test(text)) {
    const params = { path: context.writing, reason: 'the device reports an error' };
    return new Fault('CC5005', params, { cause: error });
  }
  if (/^Out of Memory Error|std::bad_alloc/.test(text)) {
    return new Fault('CC5003', { limit: memoryLimitIn(text) }, { cause: error });
  }
  const missing = missingFile.exec(text);
  if (missing) {
    return new Fault('CC4006', { path: missing[1] ?? '' }, { cause: error });
  }
  const damaged = damagedFile.exec(text);
  if (damaged) {
    const params = { path: damaged[1] ?? '', reason: 'not a complete Parquet file' };
    return new Fault('CC4003', params, { cause: error });
  }
  return new Fault('CC5002', { reason: firstLine(text) }, { cause: error });
}

/** `(381.3 MiB/381.4 MiB used)` names the limit. */
function memoryLimitIn(text: string): string {
  return /\/([\d.]+ \w+) used\)/.exec(text)?.[1] ?? 'of this machine';
}

function firstLine(text: string): string {
  return (text.split('\n')[0] ?? '').trim();
}
