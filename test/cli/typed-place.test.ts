import { describe, expect, it } from 'vitest';
import { Fault } from '../../src/base/fault.js';
import { withTypedText } from '../../src/cli/typed-place.js';

const fault = new Fault('CC1003', { name: '--every', problem: 'p' }, { at: { option: '--every' } });

describe('withTypedText', () => {
  it.each([[['query', '--every', '1ms']], [['query', '--every=1ms']]])('points in %j', (argv) => {
    const found = withTypedText(fault, argv);
    expect(found.at).toEqual({ option: '--every', text: '1ms', start: 0, end: 3 });
    expect([found.code, found.message, found.hint]).toEqual([
      fault.code,
      fault.message,
      fault.hint,
    ]);
  });

  it('finds the option by its name', () => {
    const nameless = new Fault('CC1003', { name: '--events', problem: 'p' });
    const found = withTypedText(nameless, ['demo', '--events', '2']);
    expect(found.at).toEqual({ option: '--events', text: '2', start: 0, end: 1 });
  });

  it('leaves a fault alone whose text is known, not typed, or typed twice', () => {
    expect(withTypedText(fault, ['query'])).toBe(fault);
    expect(withTypedText(fault, ['--every', '1s', '--every', '2s'])).toBe(fault);
    expect(withTypedText(fault, ['--every'])).toBe(fault);
    expect(withTypedText(fault, ['--every', '1s', '--every'])).toBe(fault);
    const known = new Fault(
      'CC1105',
      { expected: 'a', found: 'b' },
      { at: { text: 'x', start: 0 } },
    );
    expect(withTypedText(known, ['--every', '1s'])).toBe(known);
  });
});
