/** Encodings and the ends of files. */
import {
  after,
  allStored,
  before,
  fileFault,
  type InputCase,
  latin1,
  wholeFile,
  withRejects,
} from './case.js';

const lines = `${before}\n${after}\n`;
const utf16le = Buffer.from(lines, 'utf16le');
const utf16be = Buffer.from(utf16le).swap16();
const utf32le = Buffer.concat([...lines].map((char) => Buffer.from([char.charCodeAt(0), 0, 0, 0])));
const latinLine = latin1('{"timestamp":"2020-04-16T14:00:01Z","host":"caf\xe9"}');
const mark = '\ufeff';
const encoding = fileFault('encoding');

const file = (name: string, content: string | Buffer, expected: InputCase['expected']) =>
  wholeFile(name, 'events.ndjson', content, expected, 'ndjson');

export const encodingCases: readonly InputCase[] = [
  file('byte order mark', `${mark}${lines}`, allStored(2)),
  file('byte order mark twice', `${mark}${mark}${lines}`, {
    ...withRejects([`${mark}${before}`, after], { 1: 'json_syntax' }, 2),
    rejects: [],
  }),
  file('UTF-16 little endian', Buffer.concat([latin1('\xff\xfe'), utf16le]), encoding),
  file('UTF-16 big endian', Buffer.concat([latin1('\xfe\xff'), utf16be]), encoding),
  file('UTF-32 little endian', Buffer.concat([latin1('\xff\xfe\x00\x00'), utf32le]), encoding),
  file(
    'a Latin-1 line among UTF-8',
    Buffer.concat([Buffer.from(`${before}\n`), latinLine, Buffer.from(`\n${after}\n`)]),
    withRejects([before, latinLine, after], { 2: 'utf8' }, 3),
  ),
  file('no line end at the end', `${before}\n${after}`, allStored(2)),
  file('CRLF', `${before}\r\n${after}\r\n`, allStored(2)),
  file('mixed line ends', `${before}\r\n${after}\n`, allStored(2)),
  file('blank lines', `\n${before}\n\n\n${after}\n\n`, { ...allStored(2), blank: 4 }),
  file('lines of white space are blank', `${before}\n  \n\t\n${after}\n \r\n`, {
    ...allStored(2),
    blank: 3,
  }),
  file('rejects count physical lines', `\n${before}\n\noops\n`, {
    ...withRejects(['', before, '', 'oops'], { 4: 'json_syntax' }, 2),
    blank: 2,
  }),
  file('offsets count CRLF', `${before}\r\noops\r\n${after}\r\n`, {
    ...withRejects([before, 'oops', after], { 2: 'json_syntax' }, 3),
    rejects: [
      { line: 2, byteOffset: before.length + 2, reason: 'json_syntax', raw: Buffer.from('oops') },
    ],
  }),
  file(
    'offsets count bytes, not letters',
    `{"timestamp":"2020-04-16T14:00:00Z","a":"日本😀"}\noops\n`,
    {
      ...withRejects(
        ['{"timestamp":"2020-04-16T14:00:00Z","a":"日本😀"}', 'oops'],
        { 2: 'json_syntax' },
        2,
      ),
    },
  ),
  file('a last line cut short', `${before}\n{"timestamp":"2020-04-16T1`, {
    ...withRejects([before, '{"timestamp":"2020-04-16T1'], { 2: 'json_syntax' }, 2),
  }),
  file('identical lines are separate events', `${before}\n${before}\n${before}\n`, allStored(3)),
  file('one event', `${before}\n`, allStored(1)),
  file('events out of order', `${after}\n${before}\n`, {
    ...allStored(2),
    values: { 0: { n: 1n }, 1: { n: 2n } },
  }),
  file('no bytes', '', fileFault('empty')),
  wholeFile('no bytes in a CSV', 'events.csv', '', fileFault('empty')),
  wholeFile('no bytes in a log', 'access.log', '', fileFault('empty')),
  wholeFile(
    'random bytes',
    'events.dat',
    Buffer.from('8f3a00ffee12c47d9b01020304a5b6c7', 'hex'),
    fileFault('format'),
  ),
  wholeFile(
    'a PNG',
    'events.png',
    latin1('\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00'),
    fileFault('format'),
  ),
  wholeFile(
    'an ELF program',
    'coldcase',
    latin1(`\x7fELF\x02\x01\x01${'\x00'.repeat(50)}`),
    fileFault('format'),
  ),
  wholeFile('JSON array', 'events.json', `[${before},${after}]`, allStored(2)),
  wholeFile(
    'JSON array over lines',
    'events.json',
    `[\n  ${before},\n  ${after}\n]\n`,
    allStored(2),
  ),
  wholeFile('nginx JSON is found out', 'access.log', lines, allStored(2)),
];
