/** Scans a scenario as the program does, in this process. */
import { usableRule } from '../../src/cli/bad-rule.js';
import { querySourceOf } from '../../src/cli/query-source.js';
import { openQueryEngine } from '../../src/engine/duckdb/execute.js';
import { scan } from '../../src/forensics/scan.js';
import { detectorNames, type ScanReport } from '../../src/forensics/scan-finding.js';
import { scanPort } from '../../src/forensics/scan-port.js';
import { straysOf } from '../../src/forensics/scan-stray.js';
import type { SearchEngine } from '../../src/query/ports.js';
import type { Dataset } from '../../src/store/dataset.js';
import { statusOf } from '../../src/store/status.js';
import type { Scenario } from './build.js';

export function scanScenario({ dataset }: Scenario, threads: number): Promise<ScanReport> {
  return scanDataset(dataset, threads);
}

/** `watch` sees every statement of the scan. */
export async function scanDataset(
  dataset: Dataset,
  threads: number,
  watch: (engine: SearchEngine) => SearchEngine = (engine) => engine,
): Promise<ScanReport> {
  const source = querySourceOf(dataset, 'scenario');
  const engine = await openQueryEngine({
    memoryBytes: null,
    threads,
    spillDir: null,
    files: source.files.map(({ path }) => path),
    timeLimitMs: null,
  });
  const { signal } = new AbortController();
  const strays = straysOf(source.files);
  const span = strays.span ?? statusOf(dataset).span;
  try {
    return await scan(scanPort(source, { engine: watch(engine), signal, say: () => {} }), {
      window: span ?? { start: 0, end: 0 },
      bad: usableRule(dataset.bad, source).bad === null ? null : dataset.bad,
      detectors: new Set(detectorNames),
      strays: strays.found,
    });
  } finally {
    await engine.close();
  }
}
