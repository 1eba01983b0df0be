import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/forensics/scan-finding.js';
import { noEntities, plainFinding } from '../../src/forensics/scan-plain.js';
import { type EntityLife, silenceReport } from '../../src/forensics/silence-ledger.js';

const hour = 3_600_000_000;
const window = { start: 0, end: 100 * hour };

const life = (name: string, first: number, last: number, rows = 1_000): EntityLife => ({
  name,
  rows,
  events: rows,
  first: first * hour,
  last: last * hour,
});

function silent(
  detector: 'silence' | 'ingest-gap',
  entities: Partial<typeof noEntities>,
  [start, end]: readonly [number, number],
  ongoing = false,
): Finding {
  const shown = { kind: 'silent', class: 'silent', severity: 'warning', title: '' } as const;
  return plainFinding(
    {
      ...shown,
      detector,
      score: 1,
      evalue: 0,
      start: start * hour,
      end: end * hour,
      whyUnnoticed: '',
      evidence: [],
    },
    { ...noEntities, ...entities, expected: 7, ongoing },
  );
}

function told(
  role: 'host' | 'service',
  lives: readonly EntityLife[],
  findings: readonly Finding[],
) {
  const { present, absences } = silenceReport(role, lives, { findings, window });
  const lines = absences.map(({ kind, names, start, end, expected }) => {
    return `${kind}: ${names.join()} ${start / hour}-${end / hour} ${expected}`;
  });
  return { present, lines };
}

describe('who was there and who was not', () => {
  it('names each absence once, by what kind it is', () => {
    const lives = [
      life('busy', 0, 100),
      life('gone', 0, 40),
      life('new', 90, 91, 3),
      life('quiet', 0, 100),
    ];
    const findings = [
      silent('silence', { hosts: ['quiet'] }, [20, 22]),
      silent('silence', { customers: ['c1'] }, [30, 31]),
      silent('silence', { services: ['api'] }, [50, 51]),
      silent('ingest-gap', {}, [60, 61]),
    ];
    expect(told('host', lives, findings)).toEqual({
      present: 1,
      lines: [
        'everything silent:  60-61 null',
        'whole service silent: api 50-51 7',
        'silent, peers busy: quiet 20-22 7',
        'ended: gone 40-100 null',
        'too little history: new 90-91 null',
      ],
    });
  });

  it('does not call ended what the scan found silent until the end', () => {
    const findings = [silent('silence', { services: ['api'] }, [40, 100], true)];
    expect(told('service', [life('api', 0, 40), life('edge', 0, 100)], findings)).toEqual({
      present: 1,
      lines: ['whole service silent: api 40-100 7'],
    });
  });

  it('does not call ended what was only quiet for its usual while', () => {
    expect(told('host', [life('rare', 0, 80, 30)], []).lines).toEqual([]);
  });
});
