import { chmod, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../src/base/fault.js';
import {
  directoryFault,
  errorCode,
  makeDirectory,
  replaceFile,
  writeFault,
  writeSynced,
} from '../../src/delta/durable.js';
import { emptyDir } from './table.js';

function systemError(code: string): Error {
  return Object.assign(new Error(code), { code, syscall: 'write' });
}

describe('durable writing', () => {
  it('makes private files and directories, and never writes over one', async () => {
    const dir = join(await emptyDir(), 'a', 'b');
    await makeDirectory(dir);
    await makeDirectory(dir);
    const path = join(dir, 'file');
    await writeSynced(path, 'first');
    await expect(writeSynced(path, 'second')).rejects.toThrow(
      `cannot write ${path}: it is already there`,
    );
    expect(await readFile(path, 'utf8')).toBe('first');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(dir)).mode & 0o777).toBe(0o700);
  });

  it('replaces a file as a whole and leaves no other behind', async () => {
    const dir = await emptyDir();
    await replaceFile(join(dir, 'pointer'), 'one');
    await replaceFile(join(dir, 'pointer'), 'two');
    expect(await readFile(join(dir, 'pointer'), 'utf8')).toBe('two');
    expect(await readdir(dir)).toEqual(['pointer']);
  });

  it('says what stands in the way', async () => {
    const dir = await emptyDir();
    await expect(writeSynced(join(dir, 'no', 'file'), 'x')).rejects.toThrow(
      `cannot write ${join(dir, 'no', 'file')}: no such directory`,
    );
    await writeSynced(join(dir, 'file'), 'x');
    await chmod(join(dir, 'file'), 0o600);
    await expect(makeDirectory(join(dir, 'file', 'below'))).rejects.toThrow(
      'a part of the path is not a directory',
    );
  });

  it('says that a directory cannot be created where none is missing', () => {
    const path = '/place/without/room';
    const fault = directoryFault(path, writeFault(path, systemError('ENOENT')));
    expect(fault).toMatchObject({
      code: 'CC5005',
      message: `cannot write ${path}: the directory cannot be created`,
    });
    const other = writeFault(path, systemError('EACCES'));
    expect(directoryFault(path, other)).toBe(other);
  });

  it('tells a full disk from other troubles, and a fault from both', () => {
    expect(writeFault('p', systemError('ENOSPC')).code).toBe('CC5001');
    expect(writeFault('p', systemError('EDQUOT')).code).toBe('CC5001');
    expect(writeFault('p', systemError('EIO')).message).toBe(
      'cannot write p: the device reports an error',
    );
    expect(errorCode(new Fault('CC5001', { path: 'p' }))).toBeNull();
    expect(errorCode(systemError('ENOENT'))).toBe('ENOENT');
  });
});
