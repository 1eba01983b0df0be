import { describe, expect, it } from 'vitest';
import { editDistance, suggest, suggestions } from '../../src/base/suggest.js';

describe('suggest', () => {
  it('counts inserts, deletes, replacements and swaps as one each', () => {
    expect(editDistance('host', 'host')).toBe(0);
    expect(editDistance('hsot', 'host')).toBe(1);
    expect(editDistance('hostnme', 'hostname')).toBe(1);
    expect(editDistance('', 'abc')).toBe(3);
    expect(editDistance('kitten', 'sitting')).toBe(3);
  });

  it('finds the nearest name and nothing far away', () => {
    const names = ['host', 'version', 'status', 'http.status_code', 'service.name'];
    expect(suggest('vresion', names)).toBe('version');
    expect(suggest('statsu', names)).toBe('status');
    expect(suggest('status_cod', names)).toBe('http.status_code');
    expect(suggest('qurey', ['query', 'versions'])).toBe('query');
    expect(suggest('elephant', names)).toBeNull();
  });

  it('takes a start of three letters and ignores case', () => {
    expect(suggest('VERS', ['version'])).toBe('version');
    expect(suggest('ve', ['version'])).toBeNull();
  });

  it('keeps the order of equals and the limit', () => {
    expect(suggestions('p9', ['p90', 'p95', 'p99'], 2)).toEqual(['p90', 'p95']);
  });
});
