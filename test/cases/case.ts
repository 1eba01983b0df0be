/** The cases: one folder each with the question, the SQL it becomes, and the rows it gives. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from '../../src/base/assert.js';
import type { Result } from '../../src/query/result.js';
import { noTexts, type SpecTexts } from '../../src/query/spec-text.js';
import { parseDuration } from '../../src/time/duration.js';

export const casesDir = new URL('.', import.meta.url).pathname;

export const caseNames: readonly string[] = readdirSync(casesDir, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort();

/** `query.txt` of a case: one option a line, as typed. */
export function textsOfCase(name: string): SpecTexts {
  return textsOf(readFileSync(join(casesDir, name, 'query.txt'), 'utf8'));
}

function textsOf(lines: string): SpecTexts {
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

/** What `rows.txt` holds: one line a row, so that a difference shows the row. */
export function resultText(result: Result): string {
  const { columns, rows, series, other, total, groupCount, overTime, heatmaps } = result;
  const { intervals, provenance, notes } = result;
  const lines = [
    columns.map(({ name, type, unit }) => `${name}: ${type}${unit === null ? '' : ` ${unit}`}`),
    ...rows,
  ].map((row) => JSON.stringify(row));
  const series_ = series?.values.map((values) => `series ${JSON.stringify(values)}`) ?? [];
  return [
    ...lines,
    ...series_,
    ...(other === null ? [] : [`other ${JSON.stringify(other)}`]),
    ...(total === null ? [] : [`total ${JSON.stringify(total)}`]),
    ...(intervals?.rows ?? []).map((row) => `between ${JSON.stringify(row)}`),
    ...(overTime?.other ?? []).map((row) => `other ${JSON.stringify(row)}`),
    ...(overTime?.total ?? []).map((row) => `total ${JSON.stringify(row)}`),
    ...[series?.other ?? null, series?.total ?? null]
      .filter((values) => values !== null)
      .map((values) => `series behind ${JSON.stringify(values)}`),
    ...heatmaps.flatMap(({ counts, ...about }) => [
      `heatmap ${JSON.stringify(about)}`,
      ...counts.map((list) => `  ${JSON.stringify(list)}`),
    ]),
    `groups ${groupCount}, ${JSON.stringify(provenance.rows)}, files ${JSON.stringify(
      provenance.files,
    )}`,
    ...notes.map(({ level, code, text }) => `${level} ${code}: ${text}`),
    '',
  ].join('\n');
}
