import { describe, expect, it } from 'vitest';
import { httpBad, httpFailing, isServerFault, statusKind } from '../../src/event/status-kind.js';
import { failRule, uncountedBy } from '../../src/forensics/scan-status.js';

const counts = (...values: readonly (string | number | boolean)[]) =>
  values.map((value) => ({ value, count: 10 }));

describe('what failing means', () => {
  it('joins the rule of the status and one that was set, once', () => {
    const pager = { kind: 'http', where: httpBad, what: '5xx' } as const;
    const rule = { fail: httpFailing, pager, codes: [], failing: null };
    expect(failRule(rule, null)).toBe(rule);
    expect(failRule(rule, httpBad)).toBe(rule);
    expect(failRule(rule, 'error exists')?.fail).toBe(`(${httpFailing}) or (error exists)`);
    expect(failRule(null, 'error exists')?.fail).toBe('error exists');
    expect(failRule(null, null)).toBeNull();
  });

  it('knows what a pager does not count', () => {
    const pager = { kind: 'http', where: httpBad, what: '5xx' } as const;
    expect(uncountedBy(pager, ['401', '500'])).toEqual(['401']);
    expect(isServerFault('grpc', '14')).toBe(true);
    expect(isServerFault('grpc', 'StatusCode.UNAUTHENTICATED')).toBe(false);
    expect(isServerFault('word', 'refused')).toBe(true);
  });

  it('leaves alone what is no status', () => {
    expect(statusKind('status', counts('eu', 'us'))).toBeNull();
    expect(statusKind('status', [])).toBeNull();
    expect(statusKind('error', counts('timeout', 'refused'))).toBeNull();
    expect(statusKind('code', counts(0, 1, 2))).toBeNull();
  });

  it('reads a flag by what its name says', () => {
    expect(statusKind('is_error', counts(true, false))?.bad).toBe('status = true');
    expect(statusKind('request.ok', counts(true, false))?.bad).toBe('status = false');
  });
});
