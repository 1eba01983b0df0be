/** Typed reading of the options a person gave, and of the numbers and times in them. */
import { Fault } from '../base/fault.js';
import { suggest } from '../base/suggest.js';

/** Options by long name in camel case, as the parser leaves them. */
export type OptionValues = Readonly<Record<string, unknown>>;

/** The text of an option, or undefined when it was not given. */
export function textOption(values: OptionValues, name: string): string | undefined {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
}

/** All texts of a repeatable option, in order. */
export function listOption(values: OptionValues, name: string): readonly string[] {
  const value = values[name];
  if (!Array.isArray(value)) return [];
  return value.filter((item): item is string => typeof item === 'string');
}

/** True or false when the flag or its `--no-` form was given. */
export function flagOption(values: OptionValues, name: string): boolean | undefined {
  const value = values[name];
  return typeof value === 'boolean' ? value : undefined;
}

/** A whole number of at least `least`. **Faults** CC1003. */
export function wholeNumber(text: string, option: string, least: number): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(value) && value >= least) return value;
  const expected = `a whole number of at least ${least}`;
  throw optionFault(option, text, { expected, hint: `for example --${option} ${least + 9}` });
}

const sizeUnits: Readonly<Record<string, number>> = {
  '': 1,
  k: 2 ** 10,
  m: 2 ** 20,
  g: 2 ** 30,
  t: 2 ** 40,
};

/** Bytes from `512MB`, `2g`, `1.5GiB`. **Units** bytes, powers of 1,024. **Faults** CC1003. */
export function byteSize(text: string, option: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?$/i.exec(text.trim());
  const bytes = Number(match?.[1]) * (sizeUnits[(match?.[2] ?? '').toLowerCase()] ?? Number.NaN);
  if (Number.isFinite(bytes) && bytes >= 1) return Math.floor(bytes);
  throw optionFault(option, text, { expected: 'a size', hint: 'write 512MB or 2GB' });
}

/** One of the words, or a fault that names them all. **Faults** CC1003. */
export function oneOf<T extends string>(text: string, option: string, words: readonly T[]): T {
  const found = words.find((word) => word === text);
  if (found !== undefined) return found;
  const near = suggest(text, words);
  const hint = near === null ? `for example --${option} ${words[0]}` : `did you mean ${near}?`;
  throw optionFault(option, text, { expected: `one of ${words.join(', ')}`, hint });
}

/** A fault about the value of one option. */
export function optionFault(
  option: string,
  text: string,
  { expected, hint }: { readonly expected: string; readonly hint: string },
): Fault {
  const problem = `expected ${expected}, found ${text === '' ? 'nothing' : text}`;
  const at = { option: `--${option}`, text, start: 0, end: text.length };
  return new Fault('CC1003', { name: `--${option}`, problem }, { at, hint });
}
