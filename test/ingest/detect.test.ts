import { describe, expect, it } from 'vitest';
import { Fault } from '../../src/base/fault.js';
import { type Detected, detectCompression, detectFormat } from '../../src/ingest/detect.js';

function detect(text: string | Buffer, path = '-', complete = true): Detected {
  return detectFormat({ path, head: Buffer.from(text), complete });
}

function faultOf(work: () => unknown): Fault {
  try {
    work();
  } catch (thrown) {
    if (thrown instanceof Fault) return thrown;
    throw thrown;
  }
  throw new Error('no fault was thrown');
}

const line = '192.0.2.7 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 5 "-" "curl, 8"';
const elb =
  '2015-05-13T23:39:43.945958Z lb 192.0.2.7:2817 10.0.0.1:80 0.000073 0.001048 0.000057 200 200 0 ' +
  '29 "GET http://www.example.com:80/ HTTP/1.1" "curl, [x] /7" - -';
const syslogLine = '2020-04-16T14:12:00+00:00 web1 nginx[12]: ';
const criLine = '2020-04-16T14:12:00.123456789Z stdout F ';
const dockerLine = '{"log":"a\\n","stream":"stderr","time":"2020-04-16T14:12:00Z"}';
const arrowStream = Buffer.from([0xff, 0xff, 0xff, 0xff, 0x10, 1, 0, 0, 0x10, 0, 0, 0]);

describe('detectFormat', () => {
  it.each<[string, string | Buffer, string]>([
    ['an object a line', '{"a":1}\n{"a":2}\n', 'ndjson'],
    ['one line', '{"a":1}', 'ndjson'],
    ['one broken line', '{"a":', 'ndjson'],
    ['a broken first line', 'oops\n{"a":1}\n{"a":1}\n', 'ndjson'],
    ['broken lines among others', '{"a":1}\nx\n{"a":1}\n\0\0\n{"a":1}\n', 'ndjson'],
    ['blank lines and a byte order mark', '\ufeff\n\n{"a":1}\n', 'ndjson'],
    ['empty objects', '{}\n{ }\n', 'ndjson'],
    ['an array on one line', '[{"a":1},{"a":2}]', 'json'],
    ['an array over lines', '[\n  {"a":1},\n  {"a":2}\n]\n', 'json'],
    ['an array of objects a line', ' [ {"a":1},\n{"a":2}]', 'json'],
    ['an empty array', '[]', 'json'],
    ['an array of numbers', '[1, 2]', 'json'],
    ['an array of arrays', '[[1],[2]]', 'json'],
    ['one pretty object', '{\n  "a": 1,\n  "b": {\n    "c": 2\n  }\n}\n', 'json'],
    ['pretty objects one after another', '{\n  "a": 1\n}\n{\n  "a": 2\n}\n', 'json'],
    ['commas', 'time,host,status\n1,a,200\n2,b,500\n', 'csv'],
    ['semicolons', 'time;host;"x,y"\n1;a;2,5\n', 'csv'],
    ['bars', 'time|host\n1|a\n', 'csv'],
    ['tabs', 'time\thost\n1\ta\n', 'tsv'],
    ['only a header', 'time,host,status\n', 'csv'],
    ['a header with an unnamed index', ',time,host\n0,1,a\n', 'csv'],
    ['ragged rows among others', 'a,b\n1,2\n1\n1,2\n1,2,3\n1,2\n', 'csv'],
    ['quoted line ends', 'a,b\n"x\ny",1\n"z",2\n', 'csv'],
    ['the Common format', 'h - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 5\n', 'access'],
    ['the Combined format', `${line}\n${line}\nbroken\n`, 'access'],
    ['a load balancer log', `${elb}\n${elb}\nbroken\n`, 'elb'],
    ['a W3C log', '#Version: 1.0\n#Fields: date time c-ip\n2020-04-16 10:00:00 ::1\n', 'w3c'],
    ['a W3C log of tabs', '#Fields: date time x\n2020-04-16\t10:00:00\ta b\nbad\n', 'w3c'],
    ['a W3C log without a record', '#Version: 1.0\r\n#Fields: date time c-ip\r\n', 'w3c'],
    ['a container log', `${criLine}{"a":1}\nbroken\n${criLine}{"a":1}\n`, 'container'],
    ['a container log of Docker', `${dockerLine}\n${dockerLine}\n`, 'container'],
    ['JSON with the keys of Docker', '{"log":"a","stream":"b"}\n', 'ndjson'],
    ['syslog', `${syslogLine}Failed, once\n${syslogLine}a=1 b=2\n`, 'syslog'],
    ['syslog with access logs', `${syslogLine}${line}\n${syslogLine}${line}\n`, 'syslog'],
    ['syslog of RFC 5424', '<34>1 2003-10-11T22:14:15.003Z web1 su - ID47 - failed\n', 'syslog'],
    ['requests of OpenTelemetry', '{"resourceSpans":[]}\nbad\n{"resourceLogs":[]}\n', 'otlp'],
    ['a request over lines', '{\n  "resourceLogs": [\n    {}\n  ]\n}\n', 'otlp'],
    ['a request over lines, begun in one', '{ "resourceSpans": [\n{}\n]\n}\n', 'otlp'],
    ['JSON with a resource', '{"resource":1,"resourceSpans":[]}\n', 'ndjson'],
    ['logfmt', 'ts=1 level=info msg="a b"\nts=2 level=warn ok\n', 'logfmt'],
    ['logfmt with commas in quotes', 'ts=1 msg="a, b"\nts=2 msg="c, d"\n', 'logfmt'],
    ['Parquet', 'PAR1....', 'parquet'],
    ['an Arrow file', 'ARROW1\0\0', 'arrow'],
    ['an Arrow stream', arrowStream, 'arrow'],
  ])('knows %s', (_, text, format) => {
    expect(detect(text).format).toBe(format);
  });

  it.each<[string, string, string]>([
    ['a.ndjson', 'not json\n', 'ndjson'],
    ['a.jsonl.gz', '12\n', 'ndjson'],
    ['a.json', 'nothing\n', 'ndjson'],
    ['a.json', '[1]', 'json'],
    ['a.csv', 'time\n1\n', 'csv'],
    ['a.csv.zst', '1,2\n3\n4,5,6\n', 'csv'],
    ['a.tsv', 'time,x\n1,2\n', 'tsv'],
  ])('lets the name %s decide where the text does not', (path, text, format) => {
    expect(detect(text, path).format).toBe(format);
  });

  it('says why, and the delimiter', () => {
    expect(detect('a;b\n1;2\n3\n')).toEqual({
      format: 'csv',
      why: '2 columns between ";", 1 of 2 records fit',
      delimiter: ';',
      tailNames: [],
    });
    expect(detect('{"a":1}\nx\n').why).toBe('1 of 2 lines start with {');
    expect(detect(line).why).toBe('1 of 1 lines are access log lines');
  });

  it('names the tail of access logs by its values', () => {
    const lines = [`${line} "192.0.2.1, 10.0.0.1" 0.012 0.010 x`, `${line} "-" 0.112 - y`];
    expect(detect(lines.join('\n')).tailNames).toEqual([
      'x_forwarded_for',
      'request_time',
      'upstream_response_time',
      'tail_4',
    ]);
    expect(detect(`${line} 1234`).tailNames).toEqual([]);
  });

  it('does not let the cut last line count', () => {
    expect(detect('a,b\n1,2\n1', '-', false).why).toContain('1 of 1 records');
    expect(detect('{"a":1}\n{"a', '-', false).why).toBe('1 of 1 lines start with {');
  });

  it.each<[string, string | Buffer, string, string, string]>([
    ['nothing', '', 'CC2005', 'empty', ''],
    ['blanks', '\ufeff \n\n', 'CC2005', 'empty', ''],
    [
      'UTF-16 with its mark',
      Buffer.from('\ufeff{"a":1}', 'utf16le'),
      'CC2006',
      'encoding',
      'UTF-16',
    ],
    ['UTF-16 without', Buffer.from('{"abc":1}', 'utf16le'), 'CC2006', 'encoding', 'UTF-16'],
    ['binary data', Buffer.from([1, 2, 3, 250, 251, 0, 7, 200]), 'CC2004', 'format', 'binary data'],
    ['prose', 'hello world\n', 'CC2004', 'format', 'the first line is "hello world"'],
    ['an error log', '[Sun May 17 10:05:03 2015] [error] x\n', 'CC2004', 'format', 'no JSON'],
    ['numbers', '1,2\n3,4\n', 'CC2004', 'format', 'no JSON'],
  ])('has a fault for %s', (_, text, code, kind, reason) => {
    const fault = faultOf(() => detect(text));
    expect(fault.code).toBe(code);
    expect(fault.params.class).toBe(kind);
    expect(String(fault.params.reason ?? '')).toContain(reason);
  });
});

describe('detectCompression', () => {
  it.each([
    ['1f8b0800', 'gzip'],
    ['28b52ffd', 'zstd'],
    ['502a4d18', 'zstd'],
    ['7b22', 'none'],
    ['', 'none'],
  ])('knows %s', (hex, expected) => {
    expect(detectCompression('a', Buffer.from(hex, 'hex'))).toBe(expected);
  });

  it.each([
    ['425a6839', 'bzip2'],
    ['fd377a585a00', 'xz'],
    ['504b0304', 'zip'],
  ])('refuses %s', (hex, name) => {
    const fault = faultOf(() => detectCompression('a', Buffer.from(hex, 'hex')));
    expect(fault.message).toBe(`a: format not recognised (${name} is not supported)`);
  });
});
