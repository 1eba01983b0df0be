/** Bytes must be UTF-8, and escapes must not leave half of a surrogate pair. */
import { type InputCase, latin1, rejectedLines, storedLine, time } from './case.js';

const event = (text: string) => latin1(`{${time},"a":"${text}"}`);

const invalid = rejectedLines('utf8', {
  'stray continuation byte': event('b\x80c'),
  'two stray continuation bytes': event('b\x80\xbfc'),
  'overlong slash in two bytes': event('\xc0\xaf'),
  'overlong NUL': event('\xc0\x80'),
  'overlong c1': event('\xc1\xbf'),
  'overlong in three bytes': event('\xe0\x80\xaf'),
  'overlong in four bytes': event('\xf0\x80\x80\xaf'),
  'raw high surrogate': event('\xed\xa0\x80'),
  'raw low surrogate': event('\xed\xbf\xbf'),
  'raw pair of surrogates': event('\xed\xa0\xbd\xed\xb8\x80'),
  'above the last code point': event('\xf4\x90\x80\x80'),
  'byte f5': event('\xf5\x80\x80\x80'),
  'byte fe': event('\xfe'),
  'byte ff': event('\xff'),
  'two bytes cut short': event('b\xc3'),
  'three bytes cut short': event('b\xe2\x82'),
  'four bytes cut short': event('b\xf0\x9f\x98'),
  'five bytes of old UTF-8': event('\xf8\x88\x80\x80\x80'),
  'Latin-1 letter': event('caf\xe9'),
  'Windows-1252 quotes': event('\x93b\x94'),
  'in a key': latin1(`{${time},"\xff":1}`),
  'in a nested key': latin1(`{${time},"a":{"\xe9":1}}`),
  'in an array': latin1(`{${time},"a":["\xe9"]}`),
  'cut short at the end of the line': latin1(`{${time},"a":"b"}\xe2\x82`),
  'escaped high surrogate alone': event('\\ud83d'),
  'escaped low surrogate alone': event('\\ude00'),
  'escaped pair in the wrong order': event('\\ude00\\ud83d'),
  'escaped high surrogate and a letter': event('\\ud83dx'),
  'escaped high surrogate and another escape': event('\\ud83d\\n'),
  'escaped high surrogate twice': event('\\ud83d\\ud83d\\ude00'),
  'escaped surrogate in a key': latin1(`{${time},"\\ud83d":1}`),
  'escaped surrogate in an array': latin1(`{${time},"a":["\\udc00"]}`),
});

const text = (value: string) =>
  storedLine(`kept: ${JSON.stringify(value)}`, `{${time},"a":"${value}"}`, { a: value });

export const utf8Cases: readonly InputCase[] = [
  ...invalid,
  text('é'),
  text('日本語のホスト'),
  text('😀'),
  text('e\u0301'),
  text('\u202eabc'),
  text('a\ufeffb'),
  text('\ufffd'),
  text('\uffff'),
  text('\u{10ffff}'),
  text('\u0085'),
];
