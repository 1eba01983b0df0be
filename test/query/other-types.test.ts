import { describe, expect, it } from 'vitest';
import type { Field } from '../../src/query/field.js';
import { mixedNotes } from '../../src/query/other-types.js';

const field = (label: string): Field => ({
  label,
  kind: 'column',
  sources: [],
  type: 'number',
  unit: null,
  numeric: 'number',
  numericText: false,
});

describe('values beside their column', () => {
  it('are counted: those read, and those behind a filled column', () => {
    const row = [3, 1, 0, 5n, 0n, 5n, 9, 0, 0];
    expect(mixedNotes(['val', 'host', 'none'].map(field), row).map(({ text }) => text)).toEqual([
      '1 of 3 values of val are of another type than its column, read as text or number where they can be',
      'host has 5 more values behind those of its column, as behind --set',
    ]);
  });
});
