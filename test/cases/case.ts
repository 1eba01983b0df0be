/** Reads `query.txt` of a case: one option a line, as typed. */
import { assert } from '../../src/base/assert.js';
import { noTexts, type SpecTexts } from '../../src/query/spec-text.js';
import { parseDuration } from '../../src/time/duration.js';

export function textsOf(lines: string): SpecTexts {
  let texts = noTexts;
  for (const line of lines.split('\n')) {
    if (line === '') continue;
    const [option = '', ...words] = line.split(' ');
    texts = { ...texts, ...textOf(texts, option, words.join(' ')) };
  }
  return texts;
}

function textOf(texts: SpecTexts, option: string, value: string): Partial<SpecTexts> {
  switch (option) {
    case '--field':
      return { fields: [...texts.fields, value] };
    case '--by':
      return { by: [...texts.by, value] };
    case '--calc':
      return { calc: [...texts.calc, value] };
    case '--formula':
      return { formulas: [...texts.formulas, value] };
    case '--where':
      return { where: [...texts.where, value] };
    case '--having':
      return { having: [...texts.having, value] };
    case '--order':
      return { order: [...texts.order, value] };
    case '--bad':
      return { bad: value };
    case '--limit':
      return { limit: Number(value) };
    case '--other':
      return { other: true };
    case '--total':
      return { total: true };
    case '--usage':
      return { usage: true };
    case '--window': {
      const [from = '', to = ''] = value.split('..');
      return { window: { start: micros(from), end: micros(to) } };
    }
    case '--every':
      return { every: { stepMicros: parseDuration(value, option), shape: 'rows' } };
    case '--sparkline': {
      const stepMicros = value === 'auto' ? null : parseDuration(value, option);
      return { every: { stepMicros, shape: 'series' } };
    }
    default:
      assert(false, `a case has the option ${option}`);
      return {};
  }
}

function micros(text: string): number {
  return Date.parse(`${text}Z`) * 1000;
}
