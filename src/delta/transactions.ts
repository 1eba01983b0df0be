/**
 * The transactions of a table: one for each source that was ever ingested, so 17,000 after 60 days
 * of every five minutes. They stay the text they were read as until somebody asks for one.
 */
import type { Transaction } from './action.js';

/** What a snapshot knows of them, by `appId`. A map is one too. **Invariant** never changes. */
export interface Transactions {
  readonly get: (appId: string) => Transaction | undefined;
  readonly values: () => Iterable<Transaction>;
  readonly size: number;
}

/** Older ones, and what came after them. */
interface Layered extends Transactions {
  readonly below: Transactions;
  readonly above: ReadonlyMap<string, Transaction>;
}

export const noTransactions: Transactions = new Map<string, Transaction>();

/** **Shape** `<version> <lastUpdated> <appId>`, a line each; null when one does not fit a line. */
export function transactionText(transactions: Iterable<Transaction>): string | null {
  let text = '';
  for (const { appId, version, lastUpdated } of transactions) {
    if (appId.includes('\n')) return null;
    text += `${version} ${lastUpdated} ${appId}\n`;
  }
  return text;
}

/** Those of a text of `transactionText`. */
export function transactionsOf(text: string): Transactions {
  return Object.freeze({
    get: (appId: string) => findLine(text, appId),
    values: () => parseLines(text),
    get size() {
      let count = 0;
      for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1;
      return count;
    },
  });
}

/** These with others that take the place of what has their `appId`. */
export function withTransactions(
  below: Transactions,
  above: ReadonlyMap<string, Transaction>,
): Transactions {
  // Two layers at most: a process may follow a log for thousands of commits.
  if (isLayered(below)) return layered(below.below, new Map([...below.above, ...above]));
  return below.size === 0 ? above : layered(below, above);
}

function layered(below: Transactions, above: ReadonlyMap<string, Transaction>): Layered {
  function* values(): Generator<Transaction> {
    for (const one of below.values()) if (!above.has(one.appId)) yield one;
    yield* above.values();
  }
  return Object.freeze({
    below,
    above,
    values,
    get: (appId: string) => above.get(appId) ?? below.get(appId),
    get size() {
      return [...values()].length;
    },
  });
}

function isLayered(transactions: Transactions): transactions is Layered {
  return 'below' in transactions;
}

function* parseLines(text: string): Generator<Transaction> {
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf('\n', start);
    yield parseLine(text.slice(start, end));
    start = end + 1;
  }
}

function parseLine(line: string): Transaction {
  const first = line.indexOf(' ');
  const second = line.indexOf(' ', first + 1);
  return {
    appId: line.slice(second + 1),
    version: Number(line.slice(0, first)),
    lastUpdated: Number(line.slice(first + 1, second)),
  };
}

/** What is looked for may also be the end of a longer `appId`. */
function findLine(text: string, appId: string): Transaction | undefined {
  const end = ` ${appId}\n`;
  for (let at = text.indexOf(end); at >= 0; at = text.indexOf(end, at + 1)) {
    const start = text.lastIndexOf('\n', at) + 1;
    const found = parseLine(text.slice(start, at + end.length - 1));
    if (found.appId === appId) return found;
  }
  return undefined;
}
