import { expect, it } from 'vitest';
import { turns } from '../../src/base/turns.js';

it('lets so many be at work, in the order they came, and goes on behind a failure', async () => {
  const inTurn = turns(2);
  const begun: number[] = [];
  const ends = new Map<number, (error?: Error) => void>();
  const begin = (name: number): Promise<number> =>
    inTurn(() => {
      begun.push(name);
      return new Promise((resolve, reject) => {
        ends.set(name, (error) => (error === undefined ? resolve(name) : reject(error)));
      });
    });
  const all = [1, 2, 3, 4].map(begin);
  const soon = () => new Promise((resolve) => setImmediate(resolve));
  await soon();
  expect(begun).toEqual([1, 2]);
  ends.get(2)?.(new Error('no'));
  await expect(all[1]).rejects.toThrow('no');
  await soon();
  expect(begun).toEqual([1, 2, 3]);
  ends.get(1)?.();
  ends.get(3)?.();
  expect(await all[0]).toBe(1);
  await soon();
  expect(begun).toEqual([1, 2, 3, 4]);
  ends.get(4)?.();
  expect(await all[3]).toBe(4);
});
