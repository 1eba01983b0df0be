import { describe, expect, it } from 'vitest';
import { globsOf } from '../../src/cli/init-guess.js';

describe('globsOf', () => {
  it.each([
    [['logs/*.ndjson'], ['logs/*.ndjson']],
    [['logs/a.ndjson', 'logs/b.ndjson'], ['logs/*.ndjson']],
    [
      ['a.ndjson', 'b.csv'],
      ['a.ndjson', 'b.csv'],
    ],
    [
      ['x/a.csv', 'y/a.csv'],
      ['x/a.csv', 'y/a.csv'],
    ],
  ])('names %j by %j', (paths, globs) => expect(globsOf(paths)).toEqual(globs));
});
