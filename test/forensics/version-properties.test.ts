/** What must hold for any fleet. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { draftVersions, type VersionReport } from '../../src/forensics/version-report.js';
import { cellsOfScene, minute, origin, type Run, reportOfScene } from './fleet-scene.js';

const seed = 20200416;
const length = 600;

/** Each host runs one to three versions, one after the other, some of them failing. */
const scenes: fc.Arbitrary<readonly Run[]> = fc
  .array(
    fc.record({
      cuts: fc.uniqueArray(fc.integer({ min: 1, max: length - 1 }), { maxLength: 2 }),
      versions: fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 3, maxLength: 3 }),
      statuses: fc.constantFrom([200], [200], [500, 200], [401]),
    }),
    { minLength: 2, maxLength: 8 },
  )
  .map((hosts) =>
    hosts.flatMap(({ cuts, versions, statuses }, index) => {
      const edges = [0, ...cuts.sort((left, right) => left - right), length];
      return edges.slice(1).map((to, at) => ({
        host: `h${index}`,
        version: versions[at] ?? 'a',
        from: edges[at] ?? 0,
        to,
        statuses: at === 0 ? [200] : statuses,
      }));
    }),
  );

/** A host that comes back to a version; within an hour that takes cells of a minute to see. */
function returns(runs: readonly Run[]): boolean {
  const seen = runs.map(({ host, version }) => `${host} ${version}`);
  return new Set(seen).size < seen.length;
}

function essence({ mismatches, transitions }: VersionReport) {
  return [...mismatches, ...transitions].map((group) => ({ ...group, sentence: '' }));
}

describe('any fleet', () => {
  it('gives the same report for cells of a minute and of an hour, without short returns', () => {
    fc.assert(
      fc.property(scenes, (runs) => {
        fc.pre(!returns(runs));
        const wide = reportOfScene(runs, { width: 60 });
        expect(essence(wide)).toEqual(essence(reportOfScene(runs)));
      }),
      { seed, numRuns: 60 },
    );
  });

  it('gives the same report whatever the order of the cells', () => {
    fc.assert(
      fc.property(scenes, fc.integer(), (runs, turn) => {
        const cells = cellsOfScene(runs, 30);
        const at = Math.abs(turn) % cells.length;
        const turned = [...cells.slice(at), ...cells.slice(0, at)].reverse();
        const window = { start: origin, end: origin + length * minute };
        expect(draftVersions(turned, window).candidates).toEqual(
          draftVersions(cells, window).candidates,
        );
      }),
      { seed, numRuns: 60 },
    );
  });

  it('is not changed by another service', () => {
    fc.assert(
      fc.property(scenes, scenes, (runs, others) => {
        const here = runs.map((run) => ({ ...run, service: 'api' }));
        const there = others.map((run) => ({ ...run, service: 'other' }));
        const both = essence(reportOfScene([...here, ...there]));
        expect(both.filter(({ service }) => service === 'api')).toEqual(
          essence(reportOfScene(here)),
        );
      }),
      { seed, numRuns: 60 },
    );
  });

  it('names only hosts that ran the version, within their time, and never the leading one', () => {
    fc.assert(
      fc.property(scenes, (runs) => {
        const report = reportOfScene(runs);
        for (const { version, fleetVersion, hosts, start, end } of [
          ...report.mismatches,
          ...report.transitions,
        ]) {
          expect(version).not.toBe(fleetVersion);
          expect(hosts.length).toBeGreaterThan(0);
          for (const { host, first, last } of hosts) {
            expect(first >= start && last < end).toBe(true);
            expect(runs.some((run) => run.host === host && run.version === version)).toBe(true);
          }
        }
      }),
      { seed, numRuns: 100 },
    );
  });

  it('reports the same kinds of mismatch without statuses, but for failing ones', () => {
    fc.assert(
      fc.property(scenes, (runs) => {
        const healthy = runs.map((run) => ({ ...run, statuses: [200] }));
        const shape = (report: VersionReport) =>
          report.mismatches.map(({ kind, version, start, end }) => ({ kind, version, start, end }));
        expect(shape(reportOfScene(healthy))).toEqual(
          shape(reportOfScene(healthy, { status: false })),
        );
      }),
      { seed, numRuns: 60 },
    );
  });
});
