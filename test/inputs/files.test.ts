/** Files that cannot be read, and files that come twice or have grown. */
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { after, before } from './case.js';
import { ingestByProgram, type Outcome, withCase } from './ingest-file.js';

const lines = `${before}\n${after}\n`;
const events = { file: 'events.ndjson', bytes: () => Buffer.from(lines) };

function accounts({ exit, summary }: Outcome): readonly unknown[] {
  const { read, stored, rejected, duplicates, error_class } = summary;
  return [read, stored, rejected, duplicates, error_class, exit];
}

describe('a file that cannot be read', () => {
  it('is missing', async () => {
    await withCase(events, async (path, storeDir) => {
      const outcome = await ingestByProgram(`${path}.gone`, storeDir, []);
      expect(accounts(outcome)).toEqual([0, 0, 0, 0, 'not_found', 1]);
    });
  });

  it('is a link to nothing', async () => {
    await withCase(events, async (path, storeDir) => {
      symlinkSync(`${path}.gone`, `${path}.link`);
      const outcome = await ingestByProgram(`${path}.link`, storeDir, []);
      expect(accounts(outcome)).toEqual([0, 0, 0, 0, 'not_found', 1]);
    });
  });

  it('is a link to a file, which is read', async () => {
    await withCase(events, async (path, storeDir) => {
      symlinkSync(path, `${path}.link`);
      expect(accounts(await ingestByProgram(`${path}.link`, storeDir, []))).toEqual([
        2,
        2,
        0,
        0,
        null,
        0,
      ]);
    });
  });

  it('is a pipe without a writer', async () => {
    await withCase(events, async (path, storeDir) => {
      execFileSync('mkfifo', [`${path}.pipe`]);
      const outcome = await ingestByProgram(`${path}.pipe`, storeDir, []);
      expect(accounts(outcome)).toEqual([0, 0, 0, 0, 'not_regular_file', 1]);
    });
  });

  it('is a device', async () => {
    await withCase(events, async (_path, storeDir) => {
      const outcome = await ingestByProgram('/dev/null', storeDir, []);
      expect(accounts(outcome)).toEqual([0, 0, 0, 0, 'not_regular_file', 1]);
    });
  });

  it.skipIf(process.getuid?.() === 0)('may not be read', async () => {
    await withCase(events, async (path, storeDir) => {
      chmodSync(path, 0o000);
      const outcome = await ingestByProgram(path, storeDir, []);
      expect(accounts(outcome)).toEqual([0, 0, 0, 0, 'permission', 1]);
    });
  });

  it('does not keep others from being stored', async () => {
    await withCase(events, async (path, storeDir) => {
      writeFileSync(`${path}.gz`, gzipSync(lines).subarray(0, -4));
      const outcome = await ingestByProgram(path, storeDir, [`${path}.gz`]);
      expect(accounts(outcome)).toEqual([2, 2, 0, 0, 'compressed_truncated', 1]);
    });
  });
});

describe('a directory', () => {
  it('is read with all below it', async () => {
    await withCase(events, async (path, storeDir) => {
      const dir = `${path}.d`;
      mkdirSync(join(dir, 'deep'), { recursive: true });
      writeFileSync(join(dir, 'a.ndjson'), `${before}\n`);
      writeFileSync(join(dir, 'deep', 'b.ndjson'), `${after}\n`);
      expect(accounts(await ingestByProgram(dir, storeDir, []))).toEqual([2, 2, 0, 0, null, 0]);
    });
  });
});

describe('the same file again', () => {
  it('stores nothing', async () => {
    await withCase(events, async (path, storeDir) => {
      expect(accounts(await ingestByProgram(path, storeDir, []))).toEqual([2, 2, 0, 0, null, 0]);
      expect(accounts(await ingestByProgram(path, storeDir, []))).toEqual([2, 0, 0, 2, null, 0]);
    });
  });

  it('stores nothing under another name', async () => {
    await withCase(events, async (path, storeDir) => {
      writeFileSync(`${path}.copy`, lines);
      expect(accounts(await ingestByProgram(path, storeDir, []))).toEqual([2, 2, 0, 0, null, 0]);
      expect(accounts(await ingestByProgram(`${path}.copy`, storeDir, []))).toEqual([
        2,
        0,
        0,
        2,
        null,
        0,
      ]);
    });
  });

  it('stores nothing when named twice in one command', async () => {
    await withCase(events, async (path, storeDir) => {
      writeFileSync(`${path}.copy`, lines);
      const outcome = await ingestByProgram(path, storeDir, [`${path}.copy`]);
      expect(accounts(outcome)).toEqual([4, 2, 0, 2, null, 0]);
    });
  });

  it('stores only what it has grown by', async () => {
    await withCase(events, async (path, storeDir) => {
      await ingestByProgram(path, storeDir, []);
      appendFileSync(path, '{"timestamp":"2020-04-16T14:00:03Z","host":"c","n":3}\noops\n');
      const outcome = await ingestByProgram(path, storeDir, []);
      expect(accounts(outcome)).toEqual([4, 1, 1, 2, null, 3]);
      expect(outcome.rejects).toMatchObject([{ line: 4, reason: 'json_syntax' }]);
    });
  });

  it('is taken whole when its start has changed', async () => {
    await withCase(events, async (path, storeDir) => {
      await ingestByProgram(path, storeDir, []);
      writeFileSync(path, lines.replace('"n":1', '"n":7'));
      expect(accounts(await ingestByProgram(path, storeDir, []))).toEqual([2, 2, 0, 0, null, 0]);
    });
  });
});

describe('a dry run', () => {
  it('says what would be stored and makes no store', async () => {
    await withCase(events, async (path, storeDir) => {
      const outcome = await ingestByProgram(path, storeDir, ['--dry-run']);
      expect(accounts(outcome)).toEqual([2, 2, 0, 0, null, 0]);
      expect(existsSync(storeDir)).toBe(false);
    });
  });

  it('leaves a store as it is', async () => {
    await withCase(events, async (path, storeDir) => {
      await ingestByProgram(path, storeDir, []);
      const names = () => readdirSync(storeDir, { recursive: true, encoding: 'utf8' }).sort();
      const found = names();
      appendFileSync(path, 'oops\n');
      expect(accounts(await ingestByProgram(path, storeDir, ['--dry-run']))).toEqual([
        3,
        0,
        1,
        2,
        null,
        3,
      ]);
      expect(names()).toEqual(found);
    });
  });
});

describe('a full disk', () => {
  it.skipIf(!canMount())('is told as such, and nothing is stored', async () => {
    await withCase(events, async (path, storeDir) => {
      const wide = Array.from({ length: 4000 }, (_, n) => {
        return `{"timestamp":"2020-04-16T14:00:00Z","n":${n},"pad":"${'x'.repeat(500)}"}\n`;
      });
      mkdirSync(storeDir);
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', storeDir]);
      try {
        expect(accounts(await ingestByProgram(path, storeDir, []))).toEqual([2, 2, 0, 0, null, 0]);
        const names = () => readdirSync(storeDir, { recursive: true, encoding: 'utf8' }).sort();
        const found = names();
        writeFileSync(`${path}.wide`, wide.join(''));
        const outcome = await ingestByProgram(`${path}.wide`, storeDir, []);
        expect(accounts(outcome)).toEqual([0, 0, 0, 0, 'disk_full', 1]);
        expect(names()).toEqual(found);
      } finally {
        execFileSync('umount', [storeDir]);
      }
    });
  });
});

/** Whether this process may mount a small file system of its own. */
function canMount(): boolean {
  const dir = mkdtempSync(join(tmpdir(), 'inputs-mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', dir], { stdio: 'ignore' });
    execFileSync('umount', [dir]);
    return true;
  } catch {
    return false;
  } finally {
    rmdirSync(dir);
  }
}
