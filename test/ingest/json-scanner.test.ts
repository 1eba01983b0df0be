import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fieldOf } from '../../src/ingest/field-value.js';
import { blankLine, createJsonScanner } from '../../src/ingest/json-scanner.js';
import { recordReasons } from '../../src/ingest/receipt.js';
import { defaultLimits } from '../../src/ingest/record.js';

type Flat = Readonly<Record<string, unknown>>;

function scan(scanner: ReturnType<typeof createJsonScanner>, text: string | Buffer): string | Flat {
  const bytes = Buffer.concat([Buffer.from(text), Buffer.from('\n')]);
  scanner.open(bytes);
  const result = isUtf8(bytes) ? scanner.scan(bytes, 0) : -1 - recordReasons.indexOf('utf8');
  if (result === blankLine) return 'blank';
  if (result < 0) return recordReasons[-1 - result] ?? 'unknown';
  expect(result).toBe(bytes.length - 1);
  const found: Record<string, unknown> = Object.create(null);
  for (let index = 0; index < scanner.row.count; index += 1) {
    const label = scanner.keys.labels[scanner.row.label[index] ?? 0] ?? '';
    const value = fieldOf(scanner.row, index, bytes);
    found[label] = value !== null && typeof value === 'object' ? { json: value.text } : value;
  }
  return found;
}

const scanOnce = (text: string | Buffer) => scan(createJsonScanner(defaultLimits), text);

const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
const keys = (count: number) =>
  `{${Array.from({ length: count }, (_, index) => `"k${index}":1`).join(',')}}`;

const refused: readonly (readonly [string, string])[] = [
  ['json_syntax', 'nonsense'],
  ['json_syntax', '{'],
  ['json_syntax', '{"a":1'],
  ['json_syntax', '{"a":1}}'],
  ['json_syntax', '{"a":1} {"b":2}'],
  ['json_syntax', '{"a":1}x'],
  ['json_syntax', '{"a":1,}'],
  ['json_syntax', '{,"a":1}'],
  ['json_syntax', '{"a" 1}'],
  ['json_syntax', '{"a":}'],
  ['json_syntax', '{a:1}'],
  ['json_syntax', "{'a':1}"],
  ['json_syntax', '{"a":NaN}'],
  ['json_syntax', '{"a":-Infinity}'],
  ['json_syntax', '{"a":undefined}'],
  ['json_syntax', '{"a":True}'],
  ['json_syntax', '{"a":nul}'],
  ['json_syntax', '{"a":01}'],
  ['json_syntax', '{"a":+1}'],
  ['json_syntax', '{"a":1.}'],
  ['json_syntax', '{"a":.5}'],
  ['json_syntax', '{"a":1e}'],
  ['json_syntax', '{"a":1e+}'],
  ['json_syntax', '{"a":-}'],
  ['json_syntax', '{"a":0x10}'],
  ['json_syntax', '{"a":"tab\there"}'],
  ['json_syntax', '{"a":"nul\0here"}'],
  ['json_syntax', '{"a":"\\x41"}'],
  ['json_syntax', '{"a":"\\u12g4"}'],
  ['json_syntax', '{"a":"\\u12"}'],
  ['json_syntax', '{"a":"open}'],
  ['json_syntax', '{"a":1 /* note */}'],
  ['json_syntax', '{"a":[1,]}'],
  ['json_syntax', '{"a":[1 2]}'],
  ['json_syntax', '{"a":[1}'],
  ['json_syntax', '{"a":[{"b":}]}'],
  ['json_syntax', '\f{"a":1}'],
  ['json_syntax', '\u00a0{"a":1}'],
  ['json_syntax', '[1,2'],
  ['not_object', '[1,2]'],
  ['not_object', '1'],
  ['not_object', '"text"'],
  ['not_object', 'null'],
  ['utf8', '{"a":"\\ud800"}'],
  ['utf8', '{"a":"\\udc00x"}'],
  ['utf8', '{"a":"\\ud800\\u0041"}'],
  ['utf8', '{"a":["\\ud800"]}'],
  ['dup_key', '{"a":1,"a":2}'],
  ['dup_key', '{"a":1,"\\u0061":2}'],
  ['dup_key', '{"a":{"b":1},"a":{"c":1}}'],
  ['dup_key', '{"a":{"b":1,"b":2}}'],
  ['dup_key', '{"a":[{"b":1,"b":2}]}'],
  ['dup_key', '{"a":null,"a":null}'],
  ['key_conflict', '{"a.b":1,"a":{"b":2}}'],
  ['bad_key', '{"":1}'],
  ['bad_key', '{"a\\u0000b":1}'],
  ['bad_key', `{"${'k'.repeat(257)}":1}`],
  ['bad_key', '{"a":[{"":1}]}'],
  ['number_range', '{"a":1e400}'],
  ['number_range', '{"a":-1e400}'],
  ['number_range', '{"a":1e-400}'],
  ['number_range', '{"a":9223372036854775808}'],
  ['number_range', '{"a":-9223372036854775809}'],
  ['number_range', `{"a":${'9'.repeat(5000)}}`],
  ['too_deep', nested(65)],
  ['too_deep', `{"a":${'['.repeat(64)}${']'.repeat(64)}}`],
  ['too_deep', `{"a":${'['.repeat(100_000)}`],
  ['too_many_fields', keys(2001)],
];

describe('json scanner', () => {
  it.each(refused)('says %s for %s', (reason, text) => {
    expect(scanOnce(text)).toBe(reason);
  });

  it('says so again and again, whatever it has learnt', () => {
    const scanner = createJsonScanner(defaultLimits);
    for (let round = 0; round < 3; round += 1) {
      for (const [reason, text] of refused) {
        expect(scan(scanner, text)).toBe(reason);
        expect(scan(scanner, '{"a":1,"b":{"c":"x"}}')).toEqual({ a: 1, 'b.c': 'x' });
      }
    }
  });

  it('refuses bytes that are not UTF-8', () => {
    for (const bytes of ['c328', 'eda080', 'f8888080', 'c0af', 'ff']) {
      const text = Buffer.concat([
        Buffer.from('{"a":"'),
        Buffer.from(bytes, 'hex'),
        Buffer.from('"}'),
      ]);
      expect(scanOnce(text)).toBe('utf8');
    }
  });

  it('keeps every value as it was', () => {
    const text =
      '{"s":"1.10","e":"a\\"\\u00e9\\ud83d\\ude00\\n","i":-12,"big":9007199254740993,' +
      '"max":9223372036854775807,"d":0.1,"x":1e22,"long":0.30000000000000004,"t":true,"f":false,' +
      '"n":null,"arr":[1, "a"],"empty":{},"o":{"p":{"q":{"r":{"s":1,"t":{"u":1}}}}},"neg":-0}';
    expect(scanOnce(text)).toEqual({
      s: '1.10',
      e: 'a"é😀\n',
      i: -12,
      big: 9007199254740993n,
      max: 9223372036854775807n,
      d: 0.1,
      x: 1e22,
      long: 0.30000000000000004,
      t: true,
      f: false,
      n: null,
      arr: { json: '[1, "a"]' },
      empty: { json: '{}' },
      'o.p.q.r.s': 1,
      'o.p.q.r.t': { json: '{"u":1}' },
      neg: -0,
    });
  });

  it('takes white space of JSON and the limits themselves', () => {
    expect(scanOnce(' \t{ "a" : 1 , "b" :\t[ ] } \r')).toEqual({ a: 1, b: { json: '[ ]' } });
    expect(scanOnce(' \t\r')).toBe('blank');
    expect(scanOnce('{}')).toEqual({});
    expect(typeof scanOnce(nested(64))).toBe('object');
    expect(Object.keys(scanOnce(keys(2000)))).toHaveLength(2000);
    expect(scanOnce(`{"${'k'.repeat(256)}":1}`)).toEqual({ ['k'.repeat(256)]: 1 });
  });

  it('keeps keys of different case and prototypes apart', () => {
    const text = '{"a":1,"A":2,"__proto__":3,"constructor":4,"a.b":5}';
    const found = scanOnce(text);
    expect(typeof found === 'object' ? Object.entries(found) : []).toEqual([
      ['a', 1],
      ['A', 2],
      ['__proto__', 3],
      ['constructor', 4],
      ['a.b', 5],
    ]);
  });

  it('agrees with JSON.parse on flat objects, with one scanner for all', () => {
    const scanner = createJsonScanner(defaultLimits);
    const key = fc.oneof(
      fc.constantFrom('a', 'bb', 'host', 'trace_id'),
      fc.string({ minLength: 1 }),
    );
    const value = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.integer(),
      fc.maxSafeInteger(),
      // Whole numbers beyond int64 are refused; that is tested above.
      fc
        .double({ noNaN: true, noDefaultInfinity: true })
        .filter((number) => Math.abs(number) < 2 ** 53),
      fc.boolean(),
      fc.constant(null),
    );
    fc.assert(
      fc.property(fc.dictionary(key, value), (object) => {
        const text = JSON.stringify(object);
        const found = scan(scanner, text);
        if (Object.keys(object).some((name) => name.includes('\0'))) {
          expect(found).toBe('bad_key');
          return;
        }
        const parsed: Record<string, unknown> = JSON.parse(text);
        expect(typeof found).toBe('object');
        for (const [name, value] of Object.entries(parsed)) {
          const read = Object.entries(found).find(([label]) => label === name)?.[1];
          expect(typeof read === 'bigint' ? Number(read) : read).toBe(value);
        }
        expect(Object.keys(found)).toHaveLength(Object.keys(parsed).length);
      }),
      { seed: 20200416, numRuns: 2000 },
    );
  });

  it('calls syntax what JSON.parse calls syntax, on mutated text', () => {
    const scanner = createJsonScanner(defaultLimits);
    const seedText =
      '{"ts":"2020-04-16T14:00:00Z","a":{"b":[1,-2.5e3,{"c":null}]},"d":"x\\u00e9\\n","e":true}';
    const edit = fc.tuple(
      fc.nat(seedText.length),
      fc.nat(3),
      fc.oneof(
        fc.constantFrom(
          '{',
          '}',
          '[',
          ']',
          '"',
          ',',
          ':',
          '\\',
          '0',
          '-',
          '.',
          'e',
          ' ',
          '\t',
          '\r',
        ),
        fc.string({ maxLength: 2 }),
      ),
    );
    let refusals = 0;
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
        let text = seedText;
        for (const [at, removed, added] of edits) {
          text = text.slice(0, at) + added + text.slice(at + removed);
        }
        if (text.includes('\n')) return;
        const found = scan(scanner, text);
        let valid = true;
        try {
          JSON.parse(text);
        } catch {
          valid = false;
          refusals += 1;
        }
        if (found === 'json_syntax') expect(valid).toBe(false);
        else if (found !== 'utf8') expect(valid).toBe(true);
      }),
      { seed: 20200416, numRuns: 5000 },
    );
    expect(refusals).toBeGreaterThan(1000);
  });

  it('reads any number as JSON.parse does', () => {
    const digits = fc.string({
      unit: fc.constantFrom(...'0123456789'),
      minLength: 1,
      maxLength: 25,
    });
    const number = fc
      .tuple(fc.boolean(), fc.nat(999_999), digits, fc.integer({ min: -30, max: 30 }))
      .map(([minus, whole, fraction, power]) => `${minus ? '-' : ''}${whole}.${fraction}e${power}`);
    fc.assert(
      fc.property(number, (text) => {
        const found = scanOnce(`{"a":${text}}`);
        const read = typeof found === 'object' ? found.a : null;
        const written = typeof read === 'object' && read !== null && 'json' in read;
        if (written) expect(read).toEqual({ json: text });
        else expect(read).toBe(Number(text));
      }),
      { seed: 20200416, numRuns: 3000 },
    );
  });
});
