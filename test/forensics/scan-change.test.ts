import { describe, expect, it } from 'vitest';
import {
  type Change,
  changesNear,
  lastBefore,
  nearestEnd,
  toldBefore,
} from '../../src/forensics/scan-change.js';
import type { Finding } from '../../src/forensics/scan-finding.js';
import { noEntities, plainFinding } from '../../src/forensics/scan-plain.js';
import { microsPerMinute } from '../../src/time/instant.js';

const minute = (at: number): number => at * microsPerMinute;

function finding(more: Partial<Finding> = {}): Finding {
  return plainFinding(
    {
      detector: 'failure',
      kind: 'failing',
      class: 'near-total',
      severity: 'critical',
      score: 50,
      evalue: 0,
      title: 'x',
      start: minute(600),
      end: minute(700),
      evidence: [],
      whyUnnoticed: '',
    },
    { ...noEntities, services: ['api'], versions: ['b2'], ...more },
  );
}

function change(at: number, message: string, more: Partial<Change> = {}): Change {
  return {
    id: null,
    type: 'deploy',
    message,
    at: minute(at),
    service: null,
    version: null,
    ...more,
  };
}

const window = { start: 0, end: minute(10_000) };

describe('changesNear', () => {
  it('names what lies near the onset and the recovery, with its lag', () => {
    const all = [change(595, 'near'), change(705, 'mended'), change(900, 'far')];
    const near = changesNear(finding(), all, window);
    expect(near.map(({ message, near: where, lag }) => [message, where, lag])).toEqual([
      ['near', 'onset', minute(5)],
      ['mended', 'recovery', minute(-5)],
    ]);
    expect(lastBefore(near)?.message).toBe('near');
    expect(nearestEnd(near)?.message).toBe('mended');
  });

  it('names the last one before the onset, however long ago', () => {
    const near = changesNear(finding(), [change(100, 'older'), change(200, 'old')], window);
    expect(near.map(({ message }) => message)).toEqual(['old']);
    expect(nearestEnd(near)).toBeNull();
  });

  it('says by how much chance it would lie so near', () => {
    const hourly = Array.from({ length: 160 }, (_, index) => change(index * 60, `d${index}`));
    const [one] = changesNear(finding(), hourly, window);
    const rare = changesNear(finding(), [change(590, 'one')], window)[0];
    expect(one?.chance).toBeLessThan(1);
    expect(rare?.chance).toBeLessThan(0.002);
    expect(rare?.chance).toBeGreaterThan(0);
  });

  it('tells what somebody kept beside what the events say', () => {
    const inferred = change(600, 'b2 first seen', { id: null, service: 'api', version: 'b2' });
    const flag = change(590, 'flag on', { id: 'f1' });
    const told = (changes: readonly Change[]) =>
      toldBefore(changesNear(finding(), changes, window)).map(({ message }) => message);
    expect(told([inferred, flag, change(100, 'old', { id: 'f0' })])).toEqual([
      'b2 first seen',
      'flag on',
    ]);
    expect(told([flag])).toEqual(['flag on']);
    expect(told([inferred, change(100, 'old', { id: 'f0' })])).toEqual(['b2 first seen']);
  });

  it('leaves out what another service did, and prefers the version it names', () => {
    const all = [
      change(599, 'other', { service: 'web' }),
      change(599, 'unnamed'),
      change(597, 'own', { service: 'api', version: 'b2' }),
    ];
    const near = changesNear(finding(), all, window);
    expect(near.map(({ message }) => message)).toEqual(['own', 'unnamed']);
    expect(lastBefore(near)).toMatchObject({ message: 'own', isOwn: true });
  });

  it('asks for no end of what goes on', () => {
    const all = [change(595, 'near'), change(699, 'late')];
    const near = changesNear(finding({ ongoing: true }), all, window);
    expect(nearestEnd(near)).toBeNull();
  });
});
