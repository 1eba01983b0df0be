import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  addMarkers,
  markersIn,
  readMarkers,
  removeMarker,
  storedMarker,
} from '../../src/store/marker-log.js';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'coldcase-markers-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const at = (start: number, message: string, end: number | null = null) =>
  storedMarker({ start, end, type: 'deploy', message, url: null });

describe('markers of a dataset', () => {
  it('come in order of time, each once however often it is added', async () => {
    expect(await readMarkers(dir)).toEqual([]);
    expect(await addMarkers(dir, [at(20, 'b'), at(10, 'a'), at(10, 'a')], 5)).toBe(2);
    expect(await addMarkers(dir, [at(20, 'b'), at(30, 'c')], 5)).toBe(1);
    expect((await readMarkers(dir)).map(({ message }) => message)).toEqual(['a', 'b', 'c']);
  });

  it('can be removed and added again, whatever the clock says', async () => {
    const one = at(10, 'a');
    for (const nowMs of [900, 900, 100]) {
      await addMarkers(dir, [one], nowMs);
      await removeMarker(dir, one.id, nowMs);
      expect(await readMarkers(dir)).toEqual([]);
    }
    await addMarkers(dir, [one], 1);
    expect(await readMarkers(dir)).toEqual([one]);
  });

  it('survive writers at the same time, and ten thousand in one file', async () => {
    const many = Array.from({ length: 10_000 }, (_, index) => at(index, `deploy ${index}`));
    await addMarkers(dir, many, 1);
    expect(readdirSync(join(dir, '_markers'))).toHaveLength(1);
    const writers = Array.from({ length: 20 }, (_, index) => addMarkers(dir, [at(-index, 'w')], 2));
    await Promise.all(writers);
    expect(await readMarkers(dir)).toHaveLength(10_020);
  });

  it('are read past lines and files that are no markers', async () => {
    await addMarkers(dir, [at(10, 'a')], 1);
    writeFileSync(join(dir, '_markers', '9-torn.ndjson'), '{"id":"x","sta\n[]\n{"id":"y"}\n');
    writeFileSync(join(dir, '_markers', '.tmp-1'), '{"removed":"x"}');
    expect((await readMarkers(dir)).map(({ message }) => message)).toEqual(['a']);
  });

  it('are in a window that they touch; its end is not part of it', () => {
    const all = [at(5, 'long', 12), at(10, 'first'), at(20, 'at the end')];
    const names = markersIn(all, { start: 10, end: 20 }).map(({ message }) => message);
    expect(names).toEqual(['long', 'first']);
  });
});
