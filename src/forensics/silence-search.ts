/** Who fell silent, and nothing else of a scan. */
import type { TimeRange } from '../time/range.js';
import { axesOf } from './scan-cells.js';
import { blocksOf } from './scan-exposure.js';
import { scanFacts } from './scan-facts.js';
import type { Finding } from './scan-finding.js';
import { widest } from './scan-join.js';
import type { ScanPort } from './scan-port.js';
import { searchQuiet } from './scan-quiet.js';
import { zoneOf } from './scan-signal.js';
import { isTooShort, tooShort } from './scan-statement.js';
import { readExposures } from './scan-traffic.js';

export interface SilenceAnswer {
  /** The same that a scan has of the detectors `silence` and `ingest-gap`. */
  readonly findings: readonly Finding[];
  /** Nothing at all came. */
  readonly gaps: readonly TimeRange[];
  /** Why silence could not be judged; null when it was. */
  readonly unable: string | null;
}

/** **Faults** CC5002, CC5003, CC5004. */
export async function searchSilence(port: ScanPort, window: TimeRange): Promise<SilenceAnswer> {
  const zone = zoneOf(port.source.schema);
  const { breakdowns } = axesOf(port, zone);
  const axes = { breakdowns: new Map([...breakdowns].filter(([one]) => one !== 'version')) };
  port.say('reading the events');
  const blocks = blocksOf(window);
  const { stepMicros } = blocks;
  const none = { signals: [], good: null, fail: null, rows: 0 };
  const facts = await scanFacts({ port, axes, window, ...none, stepMicros });
  const exposures = await readExposures(facts, blocks, []);
  port.say('looking for silence');
  const { findings, gaps } = await searchQuiet({ facts, blocks, exposures, zone });
  const unable = isTooShort(window) ? tooShort : null;
  return { findings: unable === null ? widest(findings) : [], gaps, unable };
}
