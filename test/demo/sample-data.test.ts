/**
 * The committed extract: the generator still makes it, and `expected.json` is what plain counting
 * finds in it. With `REMAKE_SAMPLE=1` both are written anew instead.
 */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { demoTruth } from '../../src/demo/truth.js';
import { countBy, type DemoLine, linesOf, textOf } from './demo-lines.js';

const options = { seed: 31_904, events: 400_000 };
const date = '2020-04-16';
const folder = new URL('../../sample-data/', import.meta.url);
const eventsFile = new URL(`events-${date}.ndjson.gz`, folder);
const expectedFile = new URL('expected.json', folder);
const remake = process.env.REMAKE_SAMPLE === '1';

function expectedOf(lines: readonly DemoLine[]): unknown {
  const { incident } = demoTruth(options);
  const text = (micros: number) => new Date(micros / 1_000).toISOString();
  const start = text(incident.start);
  const end = text(incident.end);
  const within = lines.filter(({ timestamp }) => timestamp >= start && timestamp < end);
  const weighted = lines.reduce((sum, line) => sum + (line.sample_rate ?? 1), 0);
  const api = within.filter((line) => line['service.name'] === 'api');
  return {
    made: { ...options, date },
    rows: lines.length,
    events: weighted,
    rowsByStatus: countBy(lines, (line) => String(line['http.response.status_code'])),
    rowsByService: countBy(lines, (line) => line['service.name']),
    rowsWithoutVersion: lines.filter((line) => line['service.version'] === undefined).length,
    incident: {
      service: incident.service,
      hosts: incident.hosts,
      version: incident.version,
      fleetVersion: incident.fleetVersion,
      fleetHosts: incident.fleetHosts,
      start,
      end,
      rowsByHostVersionStatus: countBy(api, (line) =>
        [line['host.name'], line['service.version'], line['http.response.status_code']].join(' '),
      ),
    },
  };
}

describe('sample-data', () => {
  const made = textOf(options, [date]);
  if (remake) {
    writeFileSync(eventsFile, gzipSync(made, { level: 9 }));
    writeFileSync(expectedFile, `${JSON.stringify(expectedOf(linesOf(made)), null, 2)}\n`);
  }
  const kept = gunzipSync(readFileSync(eventsFile)).toString('utf8');

  it('is what the generator makes, byte for byte', () => {
    expect(kept.length).toBeGreaterThan(1_000_000);
    expect(kept === made).toBe(true);
  });

  it('holds what expected.json says', () => {
    expect(JSON.parse(readFileSync(expectedFile, 'utf8'))).toEqual(expectedOf(linesOf(kept)));
  });

  it('is small', () => {
    expect(statSync(eventsFile).size).toBeLessThan(1_000_000);
  });
});
