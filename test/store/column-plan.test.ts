import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ColumnType, systemColumns } from '../../src/event/column.js';
import { planColumns } from '../../src/store/column-plan.js';
import { nameColumns } from '../../src/store/naming.js';
import type { StagedColumn, StagedFile } from '../../src/store/ports.js';
import { column } from './staged.js';

const seed = 7;
const none: ReadonlySet<string> = new Set();

function file(columns: readonly StagedColumn[], part: Partial<StagedFile> = {}): StagedFile {
  return { path: 'p', rows: 9, columns, extraLabels: [], ...part };
}

function plan(
  staged: readonly StagedFile[],
  part: Partial<Parameters<typeof planColumns>[0]> = {},
) {
  return planColumns({
    schema: [],
    takenNames: none,
    staged,
    columnCap: 100,
    preferredLabels: none,
    ...part,
  });
}

const types = (staged: readonly StagedFile[]) =>
  Object.fromEntries(plan(staged).newColumns.map(({ label, type }) => [label, type]));

describe('stored names', () => {
  it('are plain, unique and never those of the system', () => {
    const labels = [
      'http.status',
      'HTTP.Status',
      'http_status',
      'ts',
      'Date',
      'ホスト',
      'größe',
      '__a__',
    ];
    expect(Object.fromEntries(nameColumns(labels, none))).toEqual({
      http_status: 'http_status',
      'HTTP.Status': 'http_status_2',
      'http.status': 'http_status_3',
      ts: 'ts_2',
      Date: 'date_2',
      ホスト: 'column',
      größe: 'gr_e',
      __a__: 'a',
    });
  });

  it('hold for any labels in any order', () => {
    const label = fc.oneof(
      fc.string({ unit: fc.constantFrom('a', 'A', '.', '_', '2', ' '), maxLength: 5 }),
      fc.constantFrom(...Object.values(systemColumns)),
      fc.string({ unit: 'binary', maxLength: 200 }),
    );
    fc.assert(
      fc.property(fc.uniqueArray(label), fc.uniqueArray(label), (labels, others) => {
        const taken = new Set(nameColumns(others, none).values());
        const names = nameColumns(labels, taken);
        expect(nameColumns(labels.toReversed(), taken)).toEqual(names);
        const all = [...names.values(), ...taken, ...Object.values(systemColumns)];
        expect(new Set(all).size).toBe(all.length);
        for (const name of names.values()) expect(name).toMatch(/^[a-z0-9_]{1,124}$/);
        expect(names.size).toBe(labels.length);
      }),
      { seed },
    );
  });
});

describe('types of new columns', () => {
  it('are those of the most values, wherever they lie', () => {
    expect(types([file([column('x', 'integer', 3), column('x', 'string', 2)])])).toEqual({
      x: 'integer',
    });
    expect(types([file([column('x', 'integer', 3)]), file([column('x', 'string', 4)])])).toEqual({
      x: 'string',
    });
    const extra = [{ label: 'x', type: 'string', valueCount: 9 }] as const;
    expect(types([file([column('x', 'integer', 3)], { extraLabels: extra })])).toEqual({
      x: 'string',
    });
  });

  it('count integers and decimals together; a tie goes to string', () => {
    const numeric = [column('x', 'integer', 2), column('x', 'number', 1)];
    expect(types([file([...numeric, column('x', 'string', 2)])])).toEqual({ x: 'number' });
    expect(types([file([...numeric, column('x', 'string', 3)])])).toEqual({ x: 'string' });
  });

  it('need a value: neither nulls nor nested JSON make a column', () => {
    const extra = [{ label: 'tags', type: 'json', valueCount: 4 }] as const;
    expect(types([file([column('empty', 'string', 0)], { extraLabels: extra })])).toEqual({});
  });
});

describe('filling of columns', () => {
  it('widens safe integers to numbers and nothing else', () => {
    const number = { name: 'x', label: 'x', type: 'number', unit: null } as const;
    const widened = plan([file([column('x', 'integer', 2)])], { schema: [number] });
    expect(widened.staged[0]?.sources).toEqual([{ kind: 'copy', index: 0 }]);
    const unsafe = plan([file([column('x', 'integer', 2, { safe: false })])], { schema: [number] });
    expect(unsafe.columns).toEqual([]);
    expect(unsafe.extras).toEqual([{ label: 'x', valueCount: 2, why: 'type' }]);
    const integer = { ...number, type: 'integer' } as const;
    const decimals = plan([file([column('x', 'number', 2)])], { schema: [integer] });
    expect(decimals.staged[0]?.extras).toEqual([0]);
  });

  it('sends what is beyond the cap to extra, roles last', () => {
    const staged = [
      file([column('a', 'string', 9), column('host', 'string', 1), column('b', 'string', 5)]),
    ];
    const preferredLabels = new Set(['host']);
    const { newColumns, extras } = plan(staged, { columnCap: 2, preferredLabels });
    expect(newColumns.map(({ label }) => label)).toEqual(['a', 'host']);
    expect(extras).toEqual([{ label: 'b', valueCount: 5, why: 'cap' }]);
  });

  it('keeps a unit only where all files agree', () => {
    const [ms, s] = (['ms', 's'] as const).map((unit) =>
      file([column('d', 'integer', 1, { unit })]),
    );
    if (ms === undefined || s === undefined) throw new Error('two files');
    expect(plan([ms, ms]).newColumns[0]?.unit).toBe('ms');
    expect(plan([ms, s]).newColumns[0]?.unit).toBeNull();
  });

  const type = fc.constantFrom<ColumnType>('string', 'integer', 'number', 'boolean', 'timestamp');
  const stagedColumn = fc
    .record({
      label: fc.constantFrom('a', 'a.b', 'a_b', 'A', 'c', 'ts', 'd e'),
      type,
      valueCount: fc.nat(3),
      safe: fc.boolean(),
    })
    .map(
      (part): StagedColumn => ({ ...part, unit: null, safe: part.safe || part.type !== 'integer' }),
    );
  const stagedFile = fc
    .record({
      columns: fc.uniqueArray(stagedColumn, { selector: (c) => `${c.label} ${c.type}` }),
      extraLabels: fc.array(
        fc.record({ label: fc.constantFrom('a', 'c'), type, valueCount: fc.nat(3) }),
        { maxLength: 2 },
      ),
    })
    .map(({ columns, extraLabels }) => file(columns, { extraLabels }));

  it('puts every value in one place, in any order of files and columns', () => {
    fc.assert(
      fc.property(fc.array(stagedFile, { maxLength: 4 }), fc.nat(6), (staged, columnCap) => {
        const planned = plan(staged, { columnCap });
        const turned = staged
          .toReversed()
          .map((one) => ({ ...one, columns: one.columns.toReversed() }));
        const { schema, columns, extras } = plan(turned, { columnCap });
        expect({ schema, columns, extras }).toEqual({
          schema: planned.schema,
          columns: planned.columns,
          extras: planned.extras,
        });
        expect(planned.schema.length).toBeLessThanOrEqual(columnCap);
        for (const part of planned.staged) {
          const copied = part.sources.flatMap((s) =>
            s.kind === 'copy' ? [s.index, s.integers ?? []].flat() : [],
          );
          const placed = [...copied, ...part.extras].sort((a, b) => a - b);
          const filled = part.file.columns.flatMap((c, index) => (c.valueCount > 0 ? [index] : []));
          expect(placed).toEqual(filled);
          expect(part.sources.length).toBe(planned.columns.length);
        }
      }),
      { seed, numRuns: 500 },
    );
  });
});
