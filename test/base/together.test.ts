import { expect, it } from 'vitest';
import { together } from '../../src/base/together.js';

it('waits for what goes on behind a failure, and throws the first in their order', async () => {
  let isDone = false;
  const slow = new Promise((resolve) => setTimeout(resolve, 20)).then(() => {
    isDone = true;
    throw new Error('the first');
  });
  const failing = Promise.reject(new Error('the second'));
  await expect(together([slow, failing])).rejects.toThrow('the first');
  expect(isDone).toBe(true);
  expect(await together([Promise.resolve(1), 'two'])).toEqual([1, 'two']);
});
