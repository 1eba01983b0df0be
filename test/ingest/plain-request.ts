/** An ingest with nothing asked for. */
import { defaultDecodeLimits } from '../../src/ingest/decompress.js';
import type { IngestRequest } from '../../src/ingest/pipeline.js';
import { defaultLimits } from '../../src/ingest/record.js';

export const plainRequest: Omit<IngestRequest, 'sources'> = {
  format: null,
  pattern: null,
  map: new Map(),
  set: new Map(),
  limits: defaultLimits,
  decodeLimits: defaultDecodeLimits,
  maxRejects: null,
  allowPartial: false,
  dryRun: false,
  force: false,
  merge: false,
  columnCap: 1_000,
};
