/** Every value can be read back; a column that meets several types keeps them all. */
import { allStored, type Cell, type InputCase, wholeFile } from './case.js';

type Row = Readonly<Record<string, Cell>>;

/** One event per JSON value of `x`, with the columns expected of each. */
function column(name: string, values: Readonly<Record<string, Row>>): readonly InputCase[] {
  const rows = Object.entries(values);
  const line = ([json]: readonly [string, Row], second: number) =>
    `{"timestamp":"2020-04-16T14:00:0${second}Z","x":${json}}`;
  const inOrder = rows.map(line).join('\n');
  const turned = rows.map(line).reverse().join('\n');
  const expected = {
    ...allStored(rows.length),
    values: Object.fromEntries(rows.map(([, row], index) => [index, row])),
  };
  return [
    wholeFile(name, 'events.ndjson', `${inOrder}\n`, expected, 'ndjson'),
    wholeFile(`${name}, other order`, 'events.ndjson', `${turned}\n`, expected, 'ndjson'),
  ];
}

export const valueCases: readonly InputCase[] = [
  ...column('integers and a text', {
    1: { x: 1n },
    2: { x: 2n },
    '"a"': { x: null, 'extra:x': '"a"' },
  }),
  ...column('texts and an integer', {
    '"a"': { x: 'a' },
    '"b"': { x: 'b' },
    7: { x: null, 'extra:x': '7' },
  }),
  ...column('texts and a decimal', { '"a"': { x: 'a' }, '"b"': { x: 'b' }, '1.10': { x: null } }),
  ...column('integers and true', {
    1: { x: 1n },
    2: { x: 2n },
    true: { x: null, 'extra:x': 'true' },
  }),
  ...column('integers and an array', { 1: { x: 1n }, 2: { x: 2n }, '[1,"b"]': { x: null } }),
  ...column('integers and an object', {
    1: { x: 1n },
    2: { x: 2n },
    '{"y":"z"}': { x: null, x_y: 'z' },
  }),
  ...column('booleans and a text', {
    true: { x: true },
    false: { x: false },
    '"no"': { x: null, 'extra:x': '"no"' },
  }),
  ...column('a tie goes to text', { 1: { x: null, 'extra:x': '1' }, '"1"': { x: '1' } }),
  ...column('texts of numbers stay apart', {
    '"1.10"': { x: '1.10' },
    '"1.1"': { x: '1.1' },
    '"01.1"': { x: '01.1' },
  }),
  ...column('texts that look like other types', {
    '"7e10"': { x: '7e10' },
    '"2020-04-16"': { x: '2020-04-16' },
    '"1:2:3"': { x: '1:2:3' },
    '"6F9619FF-8B86"': { x: '6F9619FF-8B86' },
    '"true"': { x: 'true' },
    '"null"': { x: 'null' },
  }),
  ...column('nulls among integers', { null: { x: null }, 3: { x: 3n }, 4: { x: 4n } }),
];
