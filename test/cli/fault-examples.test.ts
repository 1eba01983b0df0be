/** The examples beside the fault codes are typed, and each meets its fault first. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultExamples } from '../../src/cli/fault-examples.js';
import { openSessionHere, type SessionHere } from '../sessions/here.js';

const sample = new URL('../../sample-data/events-2020-04-16.ndjson.gz', import.meta.url).pathname;
let session: SessionHere;

/** Words as a shell takes them: the examples have single quotation marks at most. */
function wordsOf(command: string): readonly string[] {
  return [...command.matchAll(/'([^']*)'|[^\s']+/g)].map(([word, quoted]) => quoted ?? word);
}

beforeAll(async () => {
  session = openSessionHere();
  expect((await session.run(['ingest', '-q', sample])).stderr).toBe('');
});
afterAll(() => session.close());

describe('an example of a fault', () => {
  it('meets that fault', async () => {
    const wrong: string[] = [];
    for (const [code, command] of Object.entries(faultExamples)) {
      const [program, ...argv] = wordsOf(command);
      const [first = ''] = /CC\d{4}/.exec((await session.run(argv)).stderr) ?? [];
      if (program !== 'coldcase' || first !== code) wrong.push(`${command}: ${first}`);
    }
    expect(wrong).toEqual([]);
    expect(Object.keys(faultExamples).length).toBeGreaterThan(40);
  });
});
