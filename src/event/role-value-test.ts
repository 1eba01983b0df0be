/** Do the values of a column fit a role? The second half of a guess, after the name. */
import { unreachable } from '../base/assert.js';
import {
  type ColumnSample,
  distinctCount,
  type SampleValue,
  shareOf,
  sortedNumbers,
  valueCounts,
} from './column-sample.js';
import { isWrittenDuration } from './duration-unit.js';
import type { RoleName } from './role.js';
import { statusKind } from './status-kind.js';

export interface ValueVerdict {
  /** 40 when they fit, -40 when they do not, 0 when they say nothing. */
  readonly points: 40 | 0 | -40;
  readonly reason: string;
}

/** What the test cannot know by itself. */
export interface ValueTests {
  /** Whether a value reads as a time that events can have. */
  readonly isTime: (value: SampleValue) => boolean;
}

/** `vague` columns have to prove themselves where the others only must not fail. */
export function testValues(
  role: RoleName,
  sample: ColumnSample,
  options: ValueTests & { readonly vague: boolean },
): ValueVerdict {
  if (sample.values.length === 0) return silent('no values in the sample');
  switch (role) {
    case 'time':
      return testTime(sample, options);
    case 'host':
      return testHost(sample, options.vague);
    case 'version':
      return testVersion(sample, options.vague);
    case 'status':
      return testStatus(sample);
    case 'route':
      return testRoute(sample, options.vague);
    case 'method':
      return byShare(shareOf(sample, isMethod), 0.95, 'values are HTTP methods');
    case 'duration':
      return testDuration(sample);
    case 'weight':
      return byShare(shareOf(sample, isWeight), 1, 'values are whole numbers from 1');
    case 'customer':
      return testCustomer(sample);
    case 'service':
    case 'environment':
      return testNames(sample);
    case 'error':
      return testError(sample);
    case 'trace':
    case 'span':
    case 'parent':
      return byShare(shareOf(sample, isId), 0.95, 'values look like ids');
    default:
      return unreachable(role);
  }
}

function fits(reason: string): ValueVerdict {
  return { points: 40, reason };
}

function fails(reason: string): ValueVerdict {
  return { points: -40, reason };
}

function silent(reason: string): ValueVerdict {
  return { points: 0, reason };
}

function byShare(share: number, needed: number, what: string): ValueVerdict {
  const reason = `${Math.floor(share * 100)} % of the ${what}`;
  return share >= needed ? fits(reason) : fails(reason);
}

const dayPattern = /^\d{4}-?\d\d-?\d\d$/;

function testTime(
  sample: ColumnSample,
  { isTime, vague }: ValueTests & { readonly vague: boolean },
): ValueVerdict {
  const days = shareOf(sample, (value) => dayPattern.test(String(value)));
  if (vague && days > 0) return fails('dates without a time of day');
  return byShare(shareOf(sample, isTime), 0.99, 'values read as times');
}

/** `api.example.com`, `www.example.com:443`, `10.0.0.1:8080`: what a Host header holds. */
const hostHeaderPattern = /^([\w-]+\.)+[a-z]{2,}(:\d+)?$|:\d+$|^localhost$/i;
const addressPattern = /^\d{1,3}(\.\d{1,3}){3}(:\d+)?$/;
/** Names under these are machines, never sites; so are numbered ones of four parts and more. */
const machineDomains = /\.(internal|local|localdomain|lan|compute|cluster)$/i;
const numberedName = /^[^.]*\d[^.]*(\.[^.]+){3}/;
/** Columns of these names never hold the header of a request. */
const machineLabel = /node|pod|machine|instance|container/i;

function testHost(sample: ColumnSample, vague: boolean): ValueVerdict {
  const distinct = distinctCount(sample);
  const sites = shareOf(sample, (value) => {
    const text = String(value);
    const machine = [machineDomains, addressPattern, numberedName].some((one) => one.test(text));
    return hostHeaderPattern.test(text) && !machine;
  });
  const maySite = !machineLabel.test(sample.label);
  if (sites === 1 && maySite && (vague || distinct === 1))
    return fails('values look like Host headers');
  if (distinct > 10_000) return fails(`${distinct} distinct values are too many for hosts`);
  if (vague && distinct > 50 && distinct > sample.values.length / 2) {
    return fails('nearly every event has another value');
  }
  if (distinct === 1) return silent('one value only');
  return fits(`${distinct} distinct values`);
}

/** `HTTP/2`, or `1.1` alone; a bare `1` is as well the first version of an app. */
const protocolPattern = /^(HTTP\/[123]|(HTTP\/)?[12]\.[01])$/;

function testVersion(sample: ColumnSample, vague: boolean): ValueVerdict {
  const distinct = distinctCount(sample);
  const protocols = shareOf(sample, (value) => protocolPattern.test(String(value)));
  if (protocols === 1 && vague) return fails('values look like protocol versions');
  if (shareOf(sample, (value) => typeof value === 'boolean') > 0)
    return fails('values are boolean');
  const few = Math.max(20, sample.values.length / 10);
  if (distinct <= few) return fits(`${distinct} distinct values`);
  return fails(`${distinct} distinct values in ${sample.values.length} are too many`);
}

function testStatus(sample: ColumnSample): ValueVerdict {
  const kind = statusKind(sample.label, valueCounts(sample));
  return kind === null ? fails('values are no statuses') : fits(kind.reason);
}

/** Words that every record has are its message; those that few have say what went wrong. */
const plainMessage = /(^|[^a-z])(message|msg|reason|detail)$/i;
const errorWord = /err|exc|fail|fault/i;
const mostMessages = 0.5;

function testError(sample: ColumnSample): ValueVerdict {
  if (shareOf(sample, (value) => typeof value === 'number') > 0) return fails('values are numbers');
  if (shareOf(sample, isFlag) === 1) return fails('values are true and false');
  const { label, values, rows } = sample;
  if (!plainMessage.test(label) || errorWord.test(label)) return fits('no numbers');
  const share = values.length / rows;
  const reason = `${Math.ceil(share * 100)} % of the events have one`;
  return share <= mostMessages ? fits(reason) : fails(reason);
}

function isFlag(value: SampleValue): boolean {
  return typeof value === 'boolean' || value === 'true' || value === 'false';
}

const templatePattern = /\{[^}]*\}|\/:[A-Za-z_]|<[^>]+>|\/\*/;

/** Chosen by us: values so few, and each so often, are routes, though no template shows it. */
const fewRoutes = 200;

function testRoute(sample: ColumnSample, vague: boolean): ValueVerdict {
  const distinct = distinctCount(sample);
  if (shareOf(sample, (value) => typeof value !== 'string' || value.includes('?')) > 0) {
    return fails('values hold query strings or are no text');
  }
  if (distinct >= 5_000) return fails(`${distinct} distinct values are too many for routes`);
  if (vague && shareOf(sample, isMethod) === 1) return fails('values are HTTP methods');
  const few = distinct <= Math.min(fewRoutes, sample.values.length / 3);
  if (vague && !few && shareOf(sample, (value) => templatePattern.test(String(value))) === 0) {
    return fails('paths without templates');
  }
  return fits(`${distinct} distinct values`);
}

/** In seconds, 1973; nearly equal values above it are instants. */
const leastEpoch = 1e8;

function testDuration(sample: ColumnSample): ValueVerdict {
  if (isWrittenDuration(sample)) return fits('lengths of time with their unit, stored as ms');
  const numbers = sortedNumbers(sample);
  if (numbers === null) return fails('not all values are numbers');
  const [least, most] = [numbers[0] ?? -1, numbers.at(-1) ?? -1];
  if (least < 0) return fails('negative values');
  return least > leastEpoch && most < least * 1.1
    ? fails('values are times')
    : fits('numbers from 0');
}

function testCustomer(sample: ColumnSample): ValueVerdict {
  const isAddress = (value: SampleValue) => addressPattern.test(String(value));
  if (shareOf(sample, isAddress) > 0.9) return fails('values are addresses');
  const distinct = distinctCount(sample);
  if (distinct >= Math.max(2, Math.min(10, sample.values.length / 20))) {
    return fits(`${distinct} distinct values`);
  }
  return silent(`${distinct} distinct values`);
}

/** `23ms`: what a router writes under `service`. */
const lengthPattern = /^\d[\d.]*(?:ns|us|µs|ms|s)$/;

function testNames(sample: ColumnSample): ValueVerdict {
  if (shareOf(sample, (value) => typeof value !== 'string') > 0) return fails('not only text');
  const lengths = shareOf(sample, (value) => lengthPattern.test(String(value)));
  if (lengths > 0.9) return fails('values are lengths of time');
  const distinct = distinctCount(sample);
  return distinct <= Math.max(50, sample.values.length / 10)
    ? fits(`${distinct} distinct values`)
    : fails(`${distinct} distinct values are too many`);
}

const methods = new Set(
  'GET HEAD POST PUT DELETE CONNECT OPTIONS TRACE PATCH PROPFIND QUERY PURGE _OTHER'.split(' '),
);

function isMethod(value: SampleValue): boolean {
  return methods.has(String(value).toUpperCase());
}

function isWhole(value: SampleValue, least: number, most: number): boolean {
  if (typeof value === 'boolean' || !/^\d+$/.test(String(value))) return false;
  return Number(value) >= least && Number(value) <= most;
}

function isWeight(value: SampleValue): boolean {
  return isWhole(value, 1, Number.MAX_SAFE_INTEGER);
}

function isId(value: SampleValue): boolean {
  return typeof value !== 'boolean' && /^[\w:+/=-]*$/.test(String(value));
}
