/**
 * One line of syslog, taken apart: messages of RFC 5424, and the lines of files that rsyslog and
 * syslog-ng write with a full date (`2020-04-16T14:12:00+00:00 web1 sshd[12]: …`), either with or
 * without the priority in front. Lines of RFC 3164 have no year and are not read.
 * **Source** https://www.rfc-editor.org/rfc/rfc5424
 */
import { textProblem } from '../lines.js';
import type { FieldValue } from '../record.js';
import type { RowProblem } from '../stage-options.js';
import { type Unwrapped, wrapperTime } from './container-line.js';

const facilities =
  'kern user mail daemon auth syslog lpr news uucp cron authpriv ftp ntp audit alert clock ' +
  'local0 local1 local2 local3 local4 local5 local6 local7';
const severities = 'emerg alert crit err warning notice info debug';

const facilityNames: readonly string[] = facilities.split(' ');
const severityNames: readonly string[] = severities.split(' ');

const instant = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)`;
const priority = String.raw`<(\d{1,3})>`;
const word = String.raw`[\x21-\x7e]`;

/** `<34>1 2003-10-11T22:14:15.003Z host app 123 ID47 [data] message`; `-` is nothing. */
const protocol = new RegExp(
  `^${priority}1 (${instant}|-) (${word}{1,255}) (${word}{1,48}) (${word}{1,128}) ` +
    String.raw`(${word}{1,32}) (?=-(?: |$)|\[)`,
);

/** A host is not the level of a log, which stands in its place in files of programs. */
const level = 'TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|ERR|CRIT|CRITICAL|FATAL|SEVERE|PANIC';
const traditional = new RegExp(
  String.raw`^(?:${priority})?(${instant}) (?!(?:${level}) )([A-Za-z\d][\w.:-]{0,254}) ` +
    String.raw`([A-Za-z][\w./@+-]{0,63})(?:\[([\w.-]{1,32})\])?: ?`,
  'i',
);

/** A priority is at most 23 times 8 and 7. */
const mostPriority = 191;

const usualLabels = [wrapperTime, 'hostname', 'program', 'pid', 'msgid', 'facility', 'severity'];
const noShape: RowProblem = { reason: 'line_shape', message: 'not a line of syslog' };

/** What stands in front of a message, and the message. */
export function unwrapSyslog(bytes: Buffer): Unwrapped | RowProblem {
  const text = bytes.toString('latin1', 0, startBytes);
  const found = protocol.exec(text);
  if (found !== null) return unwrapProtocol(bytes, found);
  const plain = traditional.exec(text);
  if (plain === null) return noShape;
  const [start, code, time = '', host = '', program = '', pid = null] = plain;
  const names = namesOf(code);
  if (names === null) return noShape;
  const values = [time, host, program, pid, null, ...names];
  return unwrapped(usualLabels, values, bytes.subarray(start.length));
}

/** Longer than the longest start of either form. */
const startBytes = 640;

function unwrapProtocol(bytes: Buffer, found: RegExpExecArray): Unwrapped | RowProblem {
  const problem = textProblem(bytes);
  if (problem !== null) return problem;
  const [start, code, ...header] = found;
  const names = namesOf(code);
  const data = readData(bytes.toString('utf8', start.length));
  if (names === null || data === null) return noShape;
  const labels = data.pairs.map(([label]) => label);
  if (new Set(labels).size !== labels.length) {
    return { reason: 'dup_key', message: 'the same structured data twice' };
  }
  const values = [...header.map(dash), ...names, ...data.pairs.map(([, value]) => value)];
  const content = Buffer.from(data.rest.replace(/^\ufeff/, ''));
  return unwrapped(
    labels.length === 0 ? usualLabels : [...usualLabels, ...labels],
    values,
    content,
  );
}

function unwrapped(
  labels: readonly string[],
  values: readonly FieldValue[],
  content: Buffer,
): Unwrapped {
  return { stream: '', partial: false, content, labels, values };
}

/** `[facility, severity]` of a priority; null for one that is none. */
function namesOf(code: string | undefined): readonly [string | null, string | null] | null {
  if (code === undefined) return [null, null];
  const number = Number(code);
  if (number > mostPriority) return null;
  return [facilityNames[number >> 3] ?? null, severityNames[number & 7] ?? null];
}

function dash(text: string): string | null {
  return text === '-' ? null : text;
}

interface StructuredData {
  readonly pairs: readonly (readonly [label: string, value: string])[];
  /** The message behind it. */
  readonly rest: string;
}

const elementStart = /\[([^\s=\]"]{1,32})/y;
const parameter = / ([^\s=\]"]{1,32})="((?:[^"\\\]]|\\.)*)"/y;

/** `-`, or elements as `[id name="value"]`: columns `sd.id.name`. Null when it is neither. */
function readData(text: string): StructuredData | null {
  if (text === '-' || text.startsWith('- ')) return { pairs: [], rest: text.slice(2) };
  const pairs: (readonly [string, string])[] = [];
  let at = 0;
  while (text[at] === '[') {
    elementStart.lastIndex = at;
    const id = elementStart.exec(text)?.[1];
    if (id === undefined) return null;
    at = elementStart.lastIndex;
    parameter.lastIndex = at;
    const before = pairs.length;
    for (let one = parameter.exec(text); one !== null; one = parameter.exec(text)) {
      const [whole, name = '', value = ''] = one;
      pairs.push([`sd.${id}.${name}`, value.replace(/\\(["\\\]])/g, '$1')]);
      at += whole.length;
      parameter.lastIndex = at;
    }
    if (text[at] !== ']') return null;
    if (pairs.length === before) pairs.push([`sd.${id}`, 'true']);
    at += 1;
  }
  return at < text.length && text[at] !== ' ' ? null : { pairs, rest: text.slice(at + 1) };
}
