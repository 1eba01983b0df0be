/**
 * Times people type, by our own grammar: always past unless the year is said, dates in the zone
 * given, nothing guessed between 3 April and 4 March. The caller passes now.
 */
import { Fault } from '../base/fault.js';
import { suggest } from '../base/suggest.js';
import { type Moment, momentOn, readAbsolute, readTimeOfDay } from './absolute.js';
import {
  type CivilDate,
  civilAt,
  dateAfterDays,
  daysInMonth,
  instantAt,
  isDate,
  midnight,
  readSpokenTime,
  type SpokenTime,
  weekdayOf,
} from './calendar.js';
import { readDuration } from './duration.js';
import { formatDate } from './format.js';
import type { Micros } from './instant.js';

/** What a time is read against. `zone` is an IANA name that `resolveZone` accepted. */
export interface TimeContext {
  readonly now: Micros;
  readonly zone: string;
  /** The option typed, for the place in a fault. */
  readonly option?: string;
}

const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const weekdayNames =
  'sun(?:day)?|mon(?:day)?|tue(?:s|sday)?|wed(?:nesday)?|thu(?:r|rs|rsday)?|fri(?:day)?' +
  '|sat(?:urday)?';
const months = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const monthNames =
  'jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?' +
  '|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?';
const dayPattern = new RegExp(`^(today|yesterday|${weekdayNames})(?:,? (?:at )?(.+))?$`);
const monthFirst = new RegExp(
  `^(${monthNames})\\.? (\\d{1,2})(?:st|nd|rd|th)?(?:,? (\\d{4}))?(?:,? (?:at )?(.+))?$`,
);
const dayFirst = new RegExp(
  `^(\\d{1,2})(?:st|nd|rd|th)?\\.? (${monthNames})\\.?(?:,? (\\d{4}))?(?:,? (?:at )?(.+))?$`,
);
const numericPattern = /^(\d{1,2})([./-])(\d{1,2})(?:\2(\d{4}|\d\d)?)?(?: (.+))?$/;
const agoPattern = /^(?:now ?)?-? ?(.+?)(?: ago)?$/;
const vaguePattern = /\b(?:last|this|next|past) (?:week|month|quarter|year|weekend)\b/;

/**
 * One time, of any form.
 * **Faults** CC1101, CC1104.
 */
export async function parseTime(text: string, context: TimeContext): Promise<Micros> {
  return (await parseMoment(text, context)).start;
}

/**
 * One time, of any form, with the end of the day or month it names.
 * **Faults** CC1101, CC1104.
 */
export async function parseMoment(text: string, context: TimeContext): Promise<Moment> {
  const plain = text.trim().replace(/\s+/g, ' ');
  const own = readMoment(plain, text, context);
  if (own !== null) return own;
  if (plain.length > 80 || /^[-\d@]/.test(plain) || /\d[./-]\d/.test(plain)) {
    throw timeFault(text, context, hintFor(plain));
  }
  if (vaguePattern.test(plain.toLowerCase())) throw timeFault(text, context);
  const spoken = await readSpokenTime(plain, context.now, context.zone);
  const moment = spoken === null ? null : momentOfSpoken(spoken, plain, context);
  if (moment === null) throw timeFault(text, context);
  if (moment.start > context.now && !hasYear(plain)) throw timeFault(text, context, futureHint);
  return moment;
}

const futureHint = 'only the past is kept; write the year if a later time is meant';

function readMoment(plain: string, typed: string, context: TimeContext): Moment | null {
  const absolute = readAbsolute(plain, context.zone);
  if (absolute !== null) return absolute;
  const utc = /^(.+) (?:utc|gmt)$/i.exec(plain)?.[1];
  const text = (utc ?? plain).toLowerCase();
  const inZone = utc === undefined ? context : { ...context, zone: 'UTC' };
  return (
    readAgo(text, inZone) ??
    readClock(text, inZone) ??
    readNamedDay(text, inZone) ??
    readMonthDay(text, inZone) ??
    readNumericDate(text, typed, inZone)
  );
}

const longUnits: readonly (readonly [RegExp, string])[] = [
  [/ ?seconds?\b/g, 's'],
  [/ ?(?:minutes?|mins)\b/g, 'm'],
  [/ ?(?:hours?|hrs?)\b/g, 'h'],
  [/ ?days?\b/g, 'd'],
  [/ ?weeks?\b/g, 'w'],
];

/** `now`, `90m`, `-90m`, `now-1h`, `2h ago`, `2 hours ago`: elapsed time, so a day is 24 hours. */
function readAgo(text: string, context: TimeContext): Moment | null {
  if (text === 'now') return { start: context.now, end: null };
  const said = agoPattern.exec(text)?.[1] ?? '';
  const short = longUnits.reduce((result, [long, unit]) => result.replace(long, unit), said);
  const micros = readDuration(short.replace(/(\d) (?=[a-zµμ])|([a-zµμ]) (?=\d)/g, '$1$2'));
  if (micros === null || !Number.isInteger(micros)) return null;
  const start = context.now - micros;
  return Number.isSafeInteger(start) ? { start, end: null } : null;
}

/** `14:10`: the last time that clocks showed it. */
function readClock(text: string, context: TimeContext): Moment | null {
  const time = readTimeOfDay(text);
  if (time === null) return null;
  const { date } = civilAt(context.now, context.zone);
  const today = momentOn(date, time, context.zone);
  if (today.start <= context.now) return today;
  return momentOn(dateAfterDays(date, -1), time, context.zone);
}

/** `today`, `yesterday 14:00`, `mon 09:00`. */
function readNamedDay(text: string, context: TimeContext): Moment | null {
  const match = dayPattern.exec(text);
  if (match === null) return null;
  const [, day = '', timeText] = match;
  const time = timeText === undefined ? null : readTimeOfDay(timeText);
  if (timeText !== undefined && time === null) return null;
  const today = civilAt(context.now, context.zone).date;
  if (day === 'today') return momentOn(today, time, context.zone);
  if (day === 'yesterday') return momentOn(dateAfterDays(today, -1), time, context.zone);
  const weekday = weekdays.indexOf(day.slice(0, 3));
  const date = dateAfterDays(today, -((weekdayOf(today) - weekday + 7) % 7));
  const moment = momentOn(date, time, context.zone);
  if (moment.start <= context.now) return moment;
  return momentOn(dateAfterDays(date, -7), time, context.zone);
}

/** `apr 16 14:12`, `16 april 2020`. */
function readMonthDay(text: string, context: TimeContext): Moment | null {
  const first = monthFirst.exec(text);
  const second = first === null ? dayFirst.exec(text) : null;
  const match = first ?? second;
  if (match === null) return null;
  const [, left = '', right = '', year, timeText] = match;
  const name = first === null ? right : left;
  const day = Number(first === null ? left : right);
  const month = months.indexOf(name.slice(0, 3)) + 1;
  return momentInYear({ month, day }, year, timeText, context);
}

/** The date in the year said; without a year the last such date that has begun. */
function momentInYear(
  monthDay: { readonly month: number; readonly day: number },
  yearText: string | undefined,
  timeText: string | undefined,
  context: TimeContext,
): Moment | null {
  const time = timeText === undefined ? null : readTimeOfDay(timeText);
  if (timeText !== undefined && time === null) return null;
  if (yearText !== undefined) {
    const short = Number(yearText);
    const date = { ...monthDay, year: yearText.length === 2 ? 2000 + short : short };
    return isDate(date) ? momentOn(date, time, context.zone) : null;
  }
  const date = lastDate(
    monthDay,
    (candidate) => {
      return instantAt(candidate, time ?? midnight, context.zone) <= context.now;
    },
    civilAt(context.now, context.zone).date.year,
  );
  return date === null ? null : momentOn(date, time, context.zone);
}

/** The latest such date for which `begun` holds; 29 February is at most 8 years off. */
function lastDate(
  monthDay: { readonly month: number; readonly day: number },
  begun: (date: CivilDate) => boolean,
  year: number,
): CivilDate | null {
  for (let back = 0; back <= 9; back += 1) {
    const date = { ...monthDay, year: year - back };
    if (isDate(date) && begun(date)) return date;
  }
  return null;
}

/** `16/4`, `16.4.2020`: only when one order of day and month is possible. */
function readNumericDate(text: string, typed: string, context: TimeContext): Moment | null {
  const match = numericPattern.exec(text);
  if (match === null) return null;
  const [, first, , second, yearText, timeText] = match;
  const readings = [
    { day: Number(first), month: Number(second) },
    { day: Number(second), month: Number(first) },
  ].filter(({ day, month }) => isDate({ year: 2000, month, day }));
  const [one, other] = readings;
  if (one === undefined) return null;
  const moment = momentInYear(one, yearText, timeText, context);
  if (moment === null || other === undefined || one.day === other.day) return moment;
  const otherMoment = momentInYear(other, yearText, timeText, context);
  if (otherMoment === null) return null;
  const params = {
    text: typed,
    first: spokenDate(one),
    second: spokenDate(other),
    firstIso: formatDate(moment.start, context.zone),
    secondIso: formatDate(otherMoment.start, context.zone),
  };
  throw new Fault('CC1104', params, { at: placeOf(typed, context) });
}

const longMonths = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

function spokenDate(date: { readonly month: number; readonly day: number }): string {
  return `${date.day} ${longMonths[date.month - 1] ?? ''}`;
}

function momentOfSpoken(spoken: SpokenTime, text: string, context: TimeContext): Moment | null {
  const { time, offset } = spoken;
  if (!isDate(spoken.date)) return null;
  const dateOf = (date: CivilDate): Moment => {
    if (offset === null || time === null) return momentOn(date, time, context.zone);
    return { start: instantAt(date, time, 'UTC') - offset, end: null };
  };
  const moment = dateOf(spoken.date);
  const future = moment.start > context.now && !hasYear(text);
  return future && spoken.weekdayOnly ? dateOf(dateAfterDays(spoken.date, -7)) : moment;
}

function hasYear(text: string): boolean {
  return /\b\d{4}\b/.test(text);
}

/** A next step for what nearly is a time. */
function hintFor(plain: string): string | undefined {
  if (/^\d{9,17}$/.test(plain)) return `write @${plain} for a time since 1970`;
  const date = /^(\d{4})-(\d\d)-(\d\d)/.exec(plain);
  if (date === null) return undefined;
  const [, year, month, day] = date.map(Number);
  if (year === undefined || month === undefined || day === undefined) return undefined;
  if (month < 1 || month > 12) return `a year has 12 months; found month ${month}`;
  const days = daysInMonth(year, month);
  const name = longMonths[month - 1] ?? '';
  return day < 1 || day > days ? `${name} ${year} has ${days} days; found day ${day}` : undefined;
}

function placeOf(text: string, context: TimeContext) {
  const option = context.option === undefined ? {} : { option: context.option };
  return { ...option, text, start: 0, end: text.length };
}

const words = `now today yesterday noon midnight ago minutes hours days weeks sunday monday tuesday
  wednesday thursday friday saturday january february march april june july august september
  october november december`.split(/\s+/);

/** The same with each word as the nearest one known, where that is a time. */
function nearTime(text: string, context: TimeContext): string | undefined {
  const plain = text.trim().replace(/\s+/g, ' ').slice(0, 80);
  const known = plain.replace(/[a-z]{3,}/gi, (word) => suggest(word, words) ?? word);
  if (known === plain || readMoment(known, known, context) === null) return undefined;
  return `did you mean ${known}?`;
}

function timeFault(text: string, context: TimeContext, given?: string): Fault {
  const at = placeOf(text, context);
  const hint = given ?? nearTime(text, context);
  const shown = text.trim() === '' ? 'an empty text' : text.slice(0, 80);
  return new Fault('CC1101', { text: shown }, hint === undefined ? { at } : { at, hint });
}
