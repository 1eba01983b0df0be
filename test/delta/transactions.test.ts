import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  noTransactions,
  type Transactions,
  transactionsOf,
  transactionText,
  withTransactions,
} from '../../src/delta/transactions.js';

/** Short ones of few letters, so that they are met again, and end alike. */
const appId = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '1', 'é'), maxLength: 4 });
const transaction = fc.record({ appId, version: fc.nat(3), lastUpdated: fc.nat(2 ** 31) });
const commits = fc.array(fc.array(transaction, { maxLength: 4 }), { maxLength: 6 });

const byId = <T extends { readonly appId: string }>(all: Iterable<T>) =>
  new Map([...all].map((one) => [one.appId, one]));

describe('transactions', () => {
  it('are those of a map, read as text, with later ones laid over', () => {
    fc.assert(
      fc.property(fc.array(transaction, { maxLength: 8 }), commits, (first, later) => {
        const expected = byId(first);
        let found: Transactions = transactionsOf(transactionText(expected.values()) ?? '');
        expect([...found.values()]).toEqual([...expected.values()]);
        for (const commit of later) {
          for (const one of commit) expected.set(one.appId, one);
          found = withTransactions(found, byId(commit));
        }
        expect(byId(found.values())).toEqual(expected);
        expect(found.size).toBe(expected.size);
        for (const id of ['a', 'b', ' ', '1', '', 'a b', ...expected.keys()]) {
          expect(found.get(id)).toEqual(expected.get(id));
        }
      }),
      { seed: 20_200_416 },
    );
  });

  it('have no text when one would not stay on its line', () => {
    expect(transactionText([{ appId: 'a\nb', version: 1, lastUpdated: 2 }])).toBeNull();
    expect(transactionText(noTransactions.values())).toBe('');
  });
});
