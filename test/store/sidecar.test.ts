import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect, it } from 'vitest';
import { isTemporaryName } from '../../src/delta/durable.js';
import { placeSidecars } from '../../src/store/sidecar.js';
import { newDir } from './staged.js';

it('tells why a sidecar could not be made, though what was begun cannot be removed', async () => {
  const dir = await newDir();
  const making = placeSidecars(dir, async (temporary) => {
    // A directory in its place: removing a file fails.
    await mkdir(temporary(0));
    await writeFile(join(temporary(0), 'x'), '');
    throw new Error('why');
  });
  await expect(making).rejects.toThrow('why');
  expect((await readdir(dir)).map((path) => isTemporaryName(basename(path)))).toEqual([true]);
});
