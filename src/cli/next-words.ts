/** Parts of a command to try next, so that it asks the same place about the same time. */
import type { TimeRange } from '../time/range.js';
import type { Invocation } from './command.js';
import { listOption, type OptionValues, textOption } from './option-values.js';
import type { Settings } from './settings.js';
import { placeWords, shellWord } from './shell-text.js';

/** The store or the files of a command, and how the files were read. */
export function sourceWords({
  words,
  values,
  settings,
}: Pick<Invocation, 'words' | 'values' | 'settings'>): readonly string[] {
  return [...placeWords(words, settings), ...(words.length > 0 ? readWords(values) : [])];
}

/** Whole minutes in UTC, as short as the zone of the next command allows. */
export function windowText({ start, end }: TimeRange, { zone, origins }: Settings): string {
  const minute = (micros: number): string => new Date(micros / 1000).toISOString().slice(0, 16);
  const [first, last] = [minute(start), minute(end)];
  const zoneTyped = origins.some(({ name, origin }) => name === 'tz' && origin === '--tz');
  if (zone !== 'UTC' || zoneTyped) return `${first}Z..${last}Z`;
  return `${first}..${first.slice(0, 10) === last.slice(0, 10) ? last.slice(11) : last}`;
}

/** The options files were read with, as they were typed: without them others are read. */
function readWords(values: OptionValues): readonly string[] {
  const single = (name: string): readonly string[] => {
    const value = textOption(values, name);
    return value === undefined ? [] : [value];
  };
  const given: readonly (readonly [string, readonly string[]])[] = [
    ['--input-format', single('inputFormat')],
    ['--pattern', single('pattern')],
    ['--map', listOption(values, 'map')],
    ['--set', listOption(values, 'set')],
  ];
  return given.flatMap(([flag, texts]) => texts.flatMap((value) => [flag, shellWord(value)]));
}
