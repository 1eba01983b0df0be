/** Filters for tests, from text. */
import type { Filter } from '../../src/query/spec.js';
import { noTexts, parseSpec } from '../../src/query/spec-text.js';

export function parseFilter(bad: string): Filter | null {
  return parseSpec({ ...noTexts, bad }).bad;
}
