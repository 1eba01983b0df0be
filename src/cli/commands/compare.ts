/** `coldcase compare`: one window against another, group by group. */
import { Fault } from '../../base/fault.js';
import { windowAsBaseline } from '../../query/compare-question.js';
import { parseCompareTerms } from '../../query/compare-text.js';
import type { TimeRange } from '../../time/range.js';
import { rangeBack, readShift, type Shift } from '../../time/shift.js';
import type { Answer } from '../answer.js';
import { chartOptionOf } from '../chart-option.js';
import type { CommandModule, Invocation } from '../command.js';
import { comparisonAnswer } from '../comparison-answer.js';
import { fileOptionSpecs } from '../file-options.js';
import { openSource, type Source } from '../source.js';
import { chooseWindow } from '../window-options.js';
import { checkEvery, drawnEvery, questionOptions, textsOf, usesBad } from './query.js';

export const compareCommand: CommandModule = {
  name: 'compare',
  words: '<window> <baseline> [files...]',
  summary: 'one window against another: changed, new, vanished',
  examples: [
    ["coldcase compare yesterday 'the day before' --by status,host", ''],
    ['coldcase compare 2020-04-16T14:00..16:00 1w --by version --order -change', 'a week before'],
    ["coldcase compare 'last 2h' 'the 2h before' --by route --calc 'p95(duration)'", ''],
  ],
  options: [
    ...questionOptions,
    { flags: '--partial <ok|fail>', help: 'fail: refuse a window that is kept only in part' },
    ...fileOptionSpecs,
  ],
  run: compare,
};

/** The key of the baseline in columns and orders: what was typed may be any sentence. */
const baselineName = 'before';

async function compare(invocation: Invocation): Promise<Answer> {
  const [now = '', before = '', ...files] = invocation.words;
  const texts = textsOf(invocation, false);
  parseCompareTerms(texts, [baselineName]);
  const source = await openSource({ ...invocation, words: files });
  const { zone } = invocation.settings;
  const window = await windowNamed(invocation, source, now);
  const shift = shiftNamed(before, window.range);
  const baseline =
    shift === null
      ? await windowNamed(invocation, source, before)
      : { range: rangeBack(window.range, shift, zone), notes: [] };
  checkEvery(invocation, window.range);
  const bad = texts.bad ?? (usesBad(texts) ? source.bad : null);
  const every = drawnEvery(texts.every, window.range, invocation);
  return comparisonAnswer(invocation, source, {
    texts: { ...texts, bad, every },
    window: window.range,
    baselines: [windowAsBaseline(baselineName, baseline.range, { now: window.range, zone })],
    compared: [before],
    titles: { now, before },
    notes: [...window.notes, ...baseline.notes.filter((note) => !window.notes.includes(note))],
    explain: null,
    chart: chartOptionOf(invocation.values),
  });
}

const spoken: Readonly<Record<string, string>> = { hour: '1h', day: '1d', week: '1w' };

/** `the day before`, `the 2h before`, `1w`: by how much the window is moved; else null. */
function shiftNamed(text: string, now: TimeRange): Shift | null {
  const plain = text.trim().toLowerCase().replace(/\s+/g, ' ');
  if (plain === 'before' || plain === 'the window before') {
    return { days: 0, micros: now.end - now.start };
  }
  const said = /^(?:the )?(.+?)(?: (?:before|earlier))?$/.exec(plain)?.[1] ?? '';
  return readShift(spoken[said] ?? said);
}

/** A window in the words of `--window`, or `last 2h`. */
async function windowNamed(
  invocation: Invocation,
  source: Source,
  text: string,
): Promise<{ readonly range: TimeRange; readonly notes: Answer['notes'] }> {
  const last = /^last (\d+ ?\S+)$/i.exec(text.trim())?.[1]?.replace(' ', '');
  const own = last === undefined ? { window: text } : { last };
  const values = { ...invocation.values, ...own };
  const { range, notes } = await chooseWindow({ ...invocation, values }, source.span, null);
  if (range === null) throw new Fault('CC1101', { text });
  return { range, notes };
}
