/**
 * The small part of grok that logs need: `%{NAME:field}` stands for a regular expression. Fields
 * may have dots, and a type (`%{NUMBER:bytes:int}`) is read and ignored: text stays text.
 * **Source** https://github.com/logstash-plugins/logstash-patterns-core (names and meaning)
 */

const ipv4 = String.raw`(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)`;
const ipv6 = String.raw`(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?:%\w+)?`;
const hostname = '[0-9A-Za-z_](?:[0-9A-Za-z_.-]*[0-9A-Za-z_])?';
const month = 'Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec';
const weekday = 'Mon|Tue|Wed|Thu|Fri|Sat|Sun';
const clock = String.raw`\d\d:\d\d:\d\d(?:[.,]\d+)?`;
const offset = String.raw`(?:Z|[+-]\d\d:?\d\d)`;
const iso8601 = String.raw`\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?${offset}?`;
const number = String.raw`[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?`;
const levels = 'trace|debug|info|notice|warning|warn|error|err|critical|crit|fatal|alert|emerg';
const quoted = String.raw`"(?:[^"\\]|\\.)*"`;

/** Each alias and the expression it stands for; none has a capturing group. */
export const grokAliases: Readonly<Record<string, string>> = {
  IP: `(?:${ipv6}|${ipv4})`,
  IPV4: ipv4,
  IPV6: ipv6,
  HOSTNAME: hostname,
  IPORHOST: `(?:${ipv6}|${ipv4}|${hostname})`,
  HOSTPORT: String.raw`(?:${ipv4}|${hostname}):\d+`,
  INT: String.raw`[+-]?\d+`,
  POSINT: String.raw`[1-9]\d*`,
  NONNEGINT: String.raw`\d+`,
  NUMBER: number,
  BASE10NUM: number,
  BASE16NUM: '(?:0[xX])?[0-9A-Fa-f]+',
  WORD: String.raw`\b\w+\b`,
  NOTSPACE: String.raw`\S+`,
  SPACE: String.raw`\s*`,
  DATA: '.*?',
  GREEDYDATA: '.*',
  QUOTEDSTRING: quoted,
  QS: quoted,
  USER: '[a-zA-Z0-9._-]+',
  USERNAME: '[a-zA-Z0-9._-]+',
  EMAILADDRESS: String.raw`[\w.!#$%&'*+/=?^{|}~-]+@${hostname}`,
  UUID: '[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}',
  MAC: '(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}',
  PATH: String.raw`(?:/[^\s?#]*|[A-Za-z]:\\\S*)`,
  UNIXPATH: String.raw`/[^\s?#]*`,
  URIPATH: String.raw`/[^\s?#]*`,
  URIPARAM: String.raw`\?\S*`,
  URIPATHPARAM: String.raw`/[^\s?#]*(?:\?\S*)?`,
  URI: String.raw`[A-Za-z][A-Za-z0-9+.-]*://\S+`,
  HTTPMETHOD: '[A-Z]+',
  HTTPSTATUS: String.raw`\d{3}`,
  HTTPVERSION: String.raw`HTTP/\d(?:\.\d)?`,
  MONTH: `(?:${month})`,
  MONTHNUM: '(?:0?[1-9]|1[0-2])',
  MONTHDAY: String.raw`(?:0?[1-9]|[12]\d|3[01])`,
  DAY: `(?:${weekday})`,
  YEAR: String.raw`\d{4}`,
  TIME: clock,
  HTTPDATE: String.raw`\d\d/(?:${month})/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}`,
  SYSLOGTIMESTAMP: String.raw`(?:${month}) {1,2}\d{1,2} ${clock}`,
  TIMESTAMP_ISO8601: iso8601,
  ISO8601_TIMEZONE: offset,
  LOGLEVEL: `(?:${levels}|${levels.toUpperCase()}|${levels.replace(/\b[a-z]/g, upper)})`,
  PROG: String.raw`[\w./%-]+`,
};

function upper(text: string): string {
  return text.toUpperCase();
}
