/**
 * Options of a question kept elsewhere, with those typed laid over them. What is shown (by, calc,
 * order …) is replaced by what is typed; conditions add up; a typed window replaces the other.
 */
import type { OptionSpec } from './command.js';
import { listOption, type OptionValues, textOption } from './option-values.js';
import { longFlag } from './options.js';

/** One option by its long name without dashes; `flag` is null where it takes texts. */
export interface KeptOption {
  readonly name: string;
  readonly flag: boolean | null;
  readonly texts: readonly string[];
}

/** These narrow or define: typed ones come on top. */
const adding: ReadonlySet<string> = new Set(['where', 'having', 'field', 'formula']);
/** One window: whoever types a part of it means another one. */
const windowKeys = ['since', 'until', 'last', 'window', 'at', 'around'];

/** The values of the options as the parser of the command line would have left them. */
export function laidOver(
  kept: readonly KeptOption[],
  typed: OptionValues,
  options: readonly OptionSpec[],
): OptionValues {
  const hasWindow = windowKeys.some((name) => textOption(typed, name) !== undefined);
  const isList = (name: string): boolean =>
    options.some(({ flags, repeatable }) => longFlag(flags) === `--${name}` && repeatable === true);
  const values: Record<string, unknown> = { ...typed };
  for (const { name, flag, texts } of kept) {
    const key = valueKey(name);
    if (hasWindow && windowKeys.includes(name)) continue;
    if (flag !== null) values[key] ??= flag;
    else if (!isList(name)) values[key] ??= texts[0];
    else if (adding.has(name)) values[key] = [...texts, ...listOption(typed, key)];
    else if (listOption(typed, key).length === 0) {
      values[key] = name === 'order' ? orderLeft(kept, texts, typed) : texts;
    }
  }
  return values;
}

/** `--input-format` → `inputFormat`, as the parser of the command line names it. */
function valueKey(option: string): string {
  return option.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** Where other breakdowns are typed, the kept order by those that are gone is dropped. */
function orderLeft(
  kept: readonly KeptOption[],
  texts: readonly string[],
  typed: OptionValues,
): readonly string[] {
  const by = listOption(typed, 'by');
  if (by.length === 0) return texts;
  const before = kept.find((option) => option.name === 'by')?.texts ?? [];
  const items = (listed: readonly string[]) =>
    listed.flatMap((text) => text.split(',').map((item) => item.trim()));
  const gone = items(before).filter((item) => !items(by).includes(item));
  return items(texts).filter((item) => !gone.includes(item.replace(/^-/, '')));
}
