/**
 * Silence at a time whose events did come: their data files were damaged and taken out of the
 * table. It is told, so that nobody takes what is left for all there was, but accuses nobody.
 */
import { lostIn } from '../query/notes.js';
import type { LostRows } from '../query/ports.js';
import type { Finding } from './scan-finding.js';

/** Chosen by us: of the time of a finding. */
const leastShare = 0.5;

/** The finding for information, where most of its time is that of rows which cannot be read. */
export function withDamage(finding: Finding, lost: readonly LostRows[]): Finding {
  const { start, end, title } = finding;
  const during = lostIn(lost, { start, end });
  if (lostTime(finding, during) < leastShare * (end - start)) return finding;
  const isKnown = during.every(({ rowCount }) => rowCount !== null);
  const rows = during.reduce((sum, { rowCount }) => sum + (rowCount ?? 0), 0);
  const what = isKnown ? `${rows} rows` : 'rows';
  return {
    ...finding,
    severity: 'info',
    title: `${title}: ${what} are damaged and left out`,
    whyUnnoticed: `${what} of this time are damaged and left out; coldcase verify names them`,
    requestsAffected: 0,
    requestsInterval: [0, 0],
  };
}

/** **Units** micros that lie in any of the windows. */
function lostTime({ start, end }: Finding, lost: readonly LostRows[]): number {
  const windows = lost.map(({ window }) => window).sort((left, right) => left.start - right.start);
  let [reached, sum] = [start, 0];
  for (const window of windows) {
    const from = Math.max(reached, window.start);
    const to = Math.min(end, window.end);
    sum += Math.max(0, to - from);
    reached = Math.max(reached, to);
  }
  return sum;
}
