import { describe, expect, it } from 'vitest';
import { type TrailTold, trailStory } from '../../src/forensics/trail-story.js';
import type { TrailRun } from '../../src/query/trail.js';

const minute = 60_000_000;

/** A run of one version and one process. */
function run(first: number, last: number, version: string | null, pid: number): TrailRun {
  const value = (one: string | number | null) => ({ count: 1, least: one, most: one });
  const counts = { rows: 10, events: 10, bad: 0 };
  return {
    first: first * minute,
    last: last * minute,
    ...counts,
    values: [value(version), value(pid)],
  };
}

function told(parts: Partial<TrailTold>): TrailTold {
  return {
    runs: [],
    pace: { medianMicros: minute, p99Micros: 2 * minute, gapMicros: 6 * minute },
    covered: { start: 0, end: 100 * minute },
    ever: { first: 0, last: 99 * minute },
    version: 0,
    instance: 1,
    markers: [],
    isCut: false,
    ...parts,
  };
}

function essence(parts: Partial<TrailTold>): readonly string[] {
  return trailStory(told(parts)).map(({ kind, start, end, text }) => {
    const until = end === null ? '' : `-${end / minute}`;
    return `${start / minute}${until} ${kind} ${text}`.trim();
  });
}

describe('the story of one thing', () => {
  it('tells a gap, what changed across it, and the run behind it, in that order', () => {
    const runs = [run(1, 20, 'b1', 7), run(30, 96, 'b2', 8)];
    expect(essence({ runs })).toEqual([
      '1-20 run',
      '20-30 gap came back changed',
      '30 restart 7 → 8',
      '30 version b1 → b2',
      '30-96 run',
    ]);
  });

  it('tells no change where a value is missing, and no gap within the usual', () => {
    const runs = [run(1, 20, 'b1', 7), run(25, 96, null, 7)];
    expect(essence({ runs })).toEqual(['1-20 run', '25-96 run']);
  });

  it('tells the ends: first and last seen ever, or silent towards the ends of the window', () => {
    const runs = [run(40, 50, 'b1', 7)];
    const ever = { first: 40 * minute, last: 50 * minute };
    expect(essence({ runs, ever })).toEqual([
      '40 first seen ever',
      '40-50 run',
      '50 last seen ever',
    ]);
    expect(essence({ runs, ever: { first: 0, last: 200 * minute } })).toEqual([
      '0-40 gap seen before',
      '40-50 run',
      '50-100 gap seen again',
    ]);
  });

  it('says nothing of an end it does not know: runs were left out, or events too few', () => {
    const runs = [run(0, 50, 'b1', 7)];
    const ever = { first: -1, last: 200 * minute };
    expect(essence({ runs, ever, isCut: true })).toEqual(['0-50 run']);
    expect(essence({ runs, ever, pace: null })).toEqual(['0-50 run']);
  });

  it('puts a marker before what begins at the same instant', () => {
    const markers = [{ start: 0, end: null, text: 'deploy' }];
    const runs = [run(0, 99, 'b1', 7)];
    expect(essence({ runs, markers, ever: { first: -1, last: 99 * minute } })).toEqual([
      '0 marker deploy',
      '0-99 run',
    ]);
  });
});
