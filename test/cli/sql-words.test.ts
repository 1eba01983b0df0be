/** Files and the statement told apart, and values read. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { sqlParameters, sqlWords } from '../../src/cli/sql-words.js';

const dir = mkdtempSync(join(tmpdir(), 'coldcase-test-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const text = (sql: string, file: string | null = null) => ({ kind: 'text', sql, file });

describe('the words of sql', () => {
  it('end with the statement when the last begins as one', () => {
    for (const sql of [
      'select 1',
      'FROM events',
      '(select 1)',
      '-- x\nselect 1',
      'with a as (x)x',
    ]) {
      expect(sqlWords(['a.log', sql], {}, true)).toEqual({ files: ['a.log'], source: text(sql) });
    }
    for (const file of [
      'a.log',
      'select',
      'select.log',
      'export-1.csv',
      './with x.log',
      'from.gz',
    ]) {
      const word = file.startsWith('./') ? join(dir, 'with x.log') : file;
      if (file.startsWith('./')) writeFileSync(word, '');
      expect(sqlWords([word], {}, true)).toEqual({ files: [word], source: { kind: 'terminal' } });
    }
    expect(sqlWords([], {}, false)).toEqual({ files: [], source: { kind: 'stdin' } });
  });

  it('are all files beside -e and -f', () => {
    const file = join(dir, 'question.sql');
    writeFileSync(file, 'select 2');
    expect(sqlWords(['x'], { execute: 'select 1' }, true)).toEqual({
      files: ['x'],
      source: text('select 1'),
    });
    expect(sqlWords(['x'], { file }, true)).toEqual({
      files: ['x'],
      source: text('select 2', file),
    });
    expect(() => sqlWords([], { file, execute: 'x' }, true)).toThrow('option --file');
    expect(() => sqlWords([], { file: join(dir, 'none') }, true)).toThrow('no such file');
  });

  it('are a fault where one is neither, or standard input is both', () => {
    expect(() => sqlWords(['selct 1'], {}, true)).toThrow('selct 1 is neither a file nor');
    expect(() => sqlWords(['-'], {}, false)).toThrow('standard input is the data');
  });

  it('take values by name, once each', () => {
    const param = ['a=1=2', '$b=', 'c=x\ny'];
    expect(sqlParameters({ param })).toEqual({ a: '1=2', b: '', c: 'x\ny' });
    expect(() => sqlParameters({ param: ['a'] })).toThrow('expected name=value, found a');
    expect(() => sqlParameters({ param: ['a=1', 'a=2'] })).toThrow('a is given twice');
  });
});
