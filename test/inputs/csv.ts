/** CSV and TSV: cells are text, records have as many cells as the header, quoting is strict. */
import { allStored, type InputCase, latin1, wholeFile, withRejects } from './case.js';

const header = 'timestamp,host,version';
const first = '2020-04-16T14:00:00Z,a,1.0';
const last = '2020-04-16T14:00:02Z,b,1.1';
const good = '2020-04-16T14:00:01Z,c';

type Reason = Parameters<typeof withRejects>[1][number];

/** A CSV file in which the second of three records is rejected. */
function rejected(name: string, record: string | Buffer, reason: Reason): InputCase {
  const lines = [header, first, record, last];
  const raws = lines.map((line) => (typeof line === 'string' ? Buffer.from(line) : line));
  const bytes = Buffer.concat(raws.flatMap((raw) => [raw, Buffer.from('\n')]));
  const expected = withRejects(lines, { 3: reason }, 3);
  return wholeFile(`csv ${reason}: ${name}`, 'events.csv', bytes, expected, 'csv');
}

/** A CSV file in which the second of three records is stored with this version. */
function kept(name: string, cell: string, version: string | null): InputCase {
  const text = [header, first, `${good},${cell}`, last, ''].join('\n');
  const expected = { ...allStored(3), values: { 1: { host: 'c', version } } };
  return wholeFile(`csv ${name}`, 'events.csv', text, expected, 'csv');
}

const bad: readonly InputCase[] = [
  rejected('a cell too few', good, 'csv_shape'),
  rejected('a cell too many', `${good},1.0,x`, 'csv_shape'),
  rejected('an empty cell too many', `${good},1.0,`, 'csv_shape'),
  rejected('one cell', 'oops', 'csv_shape'),
  rejected('ten cells', `${good},1,2,3,4,5,6,7,8`, 'csv_shape'),
  rejected('a JSON line', '{"timestamp":"2020-04-16T14:00:01Z"}', 'csv_quote'),
  rejected('text behind a closing quote', `${good},"1.0"x`, 'csv_quote'),
  rejected('a space behind a closing quote', `${good},"1.0" `, 'csv_quote'),
  rejected('a quote inside a bare cell', `${good},1"0`, 'csv_quote'),
  rejected('a backslash does not escape', `${good},"1\\"0"`, 'csv_quote'),
  rejected('NUL in a cell', `${good},1\u00000`, 'control'),
  rejected('NUL in a quoted cell', `${good},"1\u00000"`, 'control'),
  rejected('Latin-1 letter', latin1(`${good},caf\xe9`), 'utf8'),
  rejected('byte ff', latin1(`${good},\xff`), 'utf8'),
  rejected('no time', ',c,1.0', 'ts_missing'),
  rejected('a time that is none', 'soon,c,1.0', 'ts_invalid'),
  rejected('30 February', '2020-02-30T00:00:00Z,c,1.0', 'ts_invalid'),
  rejected('a time before 2000', '1999-01-01T00:00:00Z,c,1.0', 'ts_range'),
  rejected('a record over 1 MiB', `${good},${'x'.repeat(1_048_576)}`, 'too_large'),
];

const cells: readonly InputCase[] = [
  kept('a version is text', '1.10', '1.10'),
  kept('7e10 stays text', '7e10', '7e10'),
  kept('leading zeros stay', '007', '007'),
  kept('a date stays text', '2020-04-16', '2020-04-16'),
  kept('a time of day stays', '1:2:3', '1:2:3'),
  kept(
    'an identifier keeps its case',
    '6F9619FF-8B86-D011-B42D-00C04FC964FF',
    '6F9619FF-8B86-D011-B42D-00C04FC964FF',
  ),
  kept('true stays text', 'true', 'true'),
  kept('NaN stays text', 'NaN', 'NaN'),
  kept('a long number stays exact', '12345678901234567890', '12345678901234567890'),
  kept('a bare empty cell is null', '', null),
  kept('quoted comma', '"1,0"', '1,0'),
  kept('doubled quotes', '"1""0"', '1"0'),
  kept('a quoted line feed', '"1\n0"', '1\n0'),
  kept('a quoted carriage return and line feed', '"1\r\n0"', '1\r\n0'),
  kept('space is kept', ' 1.0 ', ' 1.0 '),
  kept('a formula is only text', '=1+1', '=1+1'),
  kept('other letters', '日本', '日本'),
];

const joined = (...lines: readonly string[]) => `${lines.join('\n')}\n`;

const files: readonly InputCase[] = [
  wholeFile('csv with CRLF', 'e.csv', `${header}\r\n${first}\r\n${last}\r\n`, {
    ...allStored(2),
    values: { 0: { version: '1.0' }, 1: { version: '1.1' } },
  }),
  wholeFile('csv with mixed line ends', 'e.csv', `${header}\r\n${first}\n${last}\r\n`, {
    ...allStored(2),
    values: { 0: { version: '1.0' }, 1: { version: '1.1' } },
  }),
  wholeFile('csv without a last line end', 'e.csv', `${header}\n${first}\n${last}`, allStored(2)),
  wholeFile(
    'csv with a byte order mark',
    'e.csv',
    `\ufeff${joined(header, first, last)}`,
    allStored(2),
  ),
  wholeFile('csv with blank lines', 'e.csv', joined(header, '', first, '', '', last, ''), {
    ...allStored(2),
    blank: 4,
  }),
  wholeFile('csv with semicolons', 'e.csv', joined(header, first, last).replaceAll(',', ';'), {
    ...allStored(2),
    values: { 0: { version: '1.0' } },
  }),
  wholeFile('tsv', 'e.tsv', joined(header, first, last).replaceAll(',', '\t'), {
    ...allStored(2),
    values: { 0: { version: '1.0' } },
  }),
  wholeFile('csv with quoted header', 'e.csv', joined('"timestamp","host","version"', first), {
    ...allStored(1),
    values: { 0: { host: 'a' } },
  }),
  wholeFile(
    'csv with epoch seconds',
    'e.csv',
    joined(header, '1587045601,c,1.0'),
    {
      ...allStored(1),
      values: { 0: { ts: 1_587_045_601_000_000n } },
    },
    'csv',
  ),
  wholeFile(
    'csv line numbers are physical behind a quoted line feed',
    'e.csv',
    joined(header, '2020-04-16T14:00:00Z,a,"1', '0"', 'oops', last),
    withRejects([header, '2020-04-16T14:00:00Z,a,"1', '0"', 'oops', last], { 4: 'csv_shape' }, 3),
    'csv',
  ),
  wholeFile(
    'csv with an open quote to the end',
    'e.csv',
    `${joined(header, first)}2020-04-16T14:00:01Z,c,"1.0`,
    withRejects([header, first, '2020-04-16T14:00:01Z,c,"1.0'], { 3: 'csv_quote' }, 2),
    'csv',
  ),
  wholeFile(
    'csv with three kinds of fault',
    'e.csv',
    joined(header, first, 'x', 'soon,b,1', `${good},"a"b`, last),
    withRejects(
      [header, first, 'x', 'soon,b,1', `${good},"a"b`, last],
      { 3: 'csv_shape', 4: 'ts_invalid', 5: 'csv_quote' },
      5,
    ),
    'csv',
  ),
  wholeFile(
    'csv without a time column',
    'e.csv',
    joined('host,version', 'a,1.0'),
    withRejects(['host,version', 'a,1.0'], { 2: 'ts_missing' }, 1),
    'csv',
  ),
];

export const csvCases: readonly InputCase[] = [...bad, ...cells, ...files];
