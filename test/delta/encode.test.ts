import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeActions, decodeCommit } from '../../src/delta/decode.js';
import { encodeCommit } from '../../src/delta/encode.js';
import { decodePath, encodePath } from '../../src/delta/path.js';
import { actions, add, creation, metadata, remove } from './table.js';

const rich = actions({
  commitInfo: {
    timestamp: 5,
    operation: 'WRITE',
    engineInfo: 'test',
    operationParameters: { rejected: '3' },
  },
  metadata,
  transactions: [{ appId: 'a', version: 1, lastUpdated: 2 }],
  adds: [add('date=2020-04-16/a-1.parquet', { stats: '{"numRecords":1}', tags: { k: 'v' } })],
  removes: [remove('date=2020-04-16/a-0.parquet')],
});

describe('log text', () => {
  it('reads back what it wrote', () => {
    expect(decodeCommit(encodeCommit(rich), 'x')).toEqual(rich);
    expect(decodeCommit(encodeCommit(creation), 'x')).toEqual(creation);
  });

  it('notices any truncation and any changed byte', () => {
    const text = encodeCommit(rich);
    for (let length = 0; length < text.length - 1; length += 7) {
      expect(() => decodeCommit(text.slice(0, length), 'f.json'), `${length}`).toThrow(
        /f\.json is damaged/,
      );
    }
    const lines = text.split('\n');
    expect(() => decodeCommit(`${lines.slice(0, 3).join('\n')}\n`, 'f.json')).toThrow(
      'f.json is damaged: its checksum does not match',
    );
    expect(() => decodeCommit(text.replace('"size":10', '"size":11'), 'f.json')).toThrow(
      'f.json is damaged: its checksum does not match',
    );
    expect(() => decodeCommit('\0'.repeat(50), 'f.json')).toThrow(
      'f.json is damaged: a line is not whole JSON',
    );
  });

  it('ignores actions and fields it does not know', () => {
    const text = '{"domainMetadata":{"x":1}}\n{"add":{"path":"a.parquet","size":1,"new":[1]}}\n';
    const decoded = decodeCommit(text, 'x');
    expect(decoded.adds.map(({ path }) => path)).toEqual(['a.parquet']);
    expect(decoded.adds[0]?.stats).toBeNull();
  });

  it('takes statistics of another shape as none', () => {
    const line = '{"add":{"path":"a","size":1,"stats":{"stats_json":"{}"}}}';
    expect(decodeActions(line, 'x').adds[0]?.stats).toBeNull();
  });

  it('refuses deletion vectors and files outside the table', () => {
    const vector = '{"add":{"path":"a","size":1,"deletionVector":{"storageType":"u"}}}';
    expect(() => decodeCommit(vector, 'f')).toThrow(/Delta feature deletionVectors/);
    for (const path of ['/etc/passwd', 's3://b/a.parquet', 'file:/a']) {
      const line = JSON.stringify({ add: { path, size: 1 } });
      expect(() => decodeCommit(line, 'f')).toThrow(/data files outside the table/);
    }
    for (const path of ['../a', 'x/%2E%2E/a', '%zz', '']) {
      const line = JSON.stringify({ add: { path, size: 1 } });
      expect(() => decodeCommit(line, 'f')).toThrow(/impossible path/);
    }
  });

  it('encodes a path once and back', () => {
    expect(encodePath('p=a%2Fb/f 1.parquet')).toBe('p=a%252Fb/f%201.parquet');
    const segment = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => {
      return !/[/\0]/.test(text) && text !== '.' && text !== '..';
    });
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1, maxLength: 3 }), (segments) => {
        const path = segments.join('/');
        expect(decodePath(encodePath(path), 'x')).toBe(path);
      }),
      { seed: 1 },
    );
  });
});
