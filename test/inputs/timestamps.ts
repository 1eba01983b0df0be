/** Times: RFC 3339 with the offset honoured, epochs by magnitude, no words, from 2000 to tomorrow. */
import { formatInstant } from '../../src/time/format.js';
import { type InputCase, rejectedLines, storedLine } from './case.js';

const at = (json: string) => `{"timestamp":${json},"host":"c","n":3}`;

const missing = rejectedLines('ts_missing', {
  'no key': '{"host":"c","n":3}',
  'empty object': '{}',
  null: at('null'),
  'only in a nested object': '{"other":{"timestamp":"2020-04-16T14:00:01Z"},"host":"c"}',
});

const invalid = rejectedLines('ts_invalid', {
  infinity: at('"infinity"'),
  'minus infinity': at('"-infinity"'),
  epoch: at('"epoch"'),
  now: at('"now"'),
  today: at('"today"'),
  yesterday: at('"yesterday"'),
  words: at('"not a time"'),
  'a version': at('"1.2.3"'),
  'month 13': at('"2020-13-01T00:00:00Z"'),
  'month 00': at('"2020-00-01T00:00:00Z"'),
  'day 32': at('"2020-01-32T00:00:00Z"'),
  'day 00': at('"2020-01-00T00:00:00Z"'),
  '30 February': at('"2020-02-30T00:00:00Z"'),
  '29 February of 2019': at('"2019-02-29T00:00:00Z"'),
  '29 February of 2100': at('"2100-02-29T00:00:00Z"'),
  '31 April': at('"2020-04-31T00:00:00Z"'),
  'hour 25': at('"2020-04-16T25:00:00Z"'),
  'minute 60': at('"2020-04-16T14:60:00Z"'),
  'second 61': at('"2020-04-16T14:00:61Z"'),
  'offset of 25 hours': at('"2020-04-16T14:00:00+25:00"'),
  'offset of 60 minutes': at('"2020-04-16T14:00:00+01:60"'),
  'offset cut short': at('"2020-04-16T14:00:00+2"'),
  'offset as a name': at('"2020-04-16T14:00:00 Europe/Berlin"'),
  'offset with a typographic minus': at('"2020-04-16T14:00:00\u221202:00"'),
  'two Z': at('"2020-04-16T14:00:00ZZ"'),
  'text behind': at('"2020-04-16T14:00:00Z oops"'),
  'a point without digits': at('"2020-04-16T14:00:00.Z"'),
  'only a time of day': at('"14:00:01"'),
  'a week date': at('"2020-W16-4T14:00:00Z"'),
  'an ordinal date': at('"2020-107T14:00:00Z"'),
  'day first': at('"16/04/2020 14:00"'),
  'full width digits': at('"\uff12\uff10\uff12\uff10-04-16T14:00:00Z"'),
  'a year of five digits': at('"12020-04-16T14:00:00Z"'),
  'NUL behind': at('"2020-04-16T14:00:00Z\\u0000"'),
  true: at('true'),
  false: at('false'),
  array: at('["2020-04-16T14:00:00Z"]'),
});

const outside = rejectedLines('ts_range', {
  'the last second before 2000': at('"1999-12-31T23:59:59Z"'),
  'before 2000 by its offset': at('"2000-01-01T00:30:00+01:00"'),
  1970: at('"1970-01-01T00:00:00Z"'),
  'year 1': at('"0001-01-01T00:00:00Z"'),
  'year 2099': at('"2099-01-01T00:00:00Z"'),
  'year 9999': at('"9999-12-31T23:59:59Z"'),
  'epoch 0': at('0'),
  'epoch 1': at('1'),
  'negative epoch': at('-1587045601'),
  'epoch of 2099': at('4070908800'),
  'epoch in ms of 2099': at('4070908800000'),
});

/** Instants of stored forms; each is a row of its own between two others. */
const kept: Readonly<Record<string, string>> = {
  '"2020-04-16T14:00:01Z"': '2020-04-16T14:00:01Z',
  '"2020-04-16T14:00:01"': '2020-04-16T14:00:01Z',
  '"2020-04-16 14:00:01"': '2020-04-16T14:00:01Z',
  '"2020-04-16t14:00:01z"': '2020-04-16T14:00:01Z',
  '"2020-04-16T16:00:01+02:00"': '2020-04-16T14:00:01Z',
  '"2020-04-16T08:30:01-05:30"': '2020-04-16T14:00:01Z',
  '"2020-04-17T00:00:01+10:00"': '2020-04-16T14:00:01Z',
  '"2020-04-16T14:00:01-00:00"': '2020-04-16T14:00:01Z',
  '"2020-04-16T14:00:01.5Z"': '2020-04-16T14:00:01.500Z',
  '"2020-04-16T14:00:01.123Z"': '2020-04-16T14:00:01.123Z',
  '"2020-04-16T14:00:01.123456Z"': '2020-04-16T14:00:01.123456Z',
  '"2020-04-16T14:00:01.000001+00:00"': '2020-04-16T14:00:01.000001Z',
  '1587045601': '2020-04-16T14:00:01Z',
  '1587045601.25': '2020-04-16T14:00:01.250Z',
  '1587045601250': '2020-04-16T14:00:01.250Z',
  '1587045601250001': '2020-04-16T14:00:01.250001Z',
  '1587045601250001000': '2020-04-16T14:00:01.250001Z',
};

const stored = Object.entries(kept).map(([json, instant]) => {
  const micros =
    BigInt(Date.parse(instant)) * 1000n + BigInt(instant.slice(23, 26).replace('Z', '') || 0);
  const text = formatInstant(Number(micros));
  return storedLine(`time ${json} is ${text}`, at(json), { ts: micros, n: 3n });
});

export const timestampCases: readonly InputCase[] = [...missing, ...invalid, ...outside, ...stored];
