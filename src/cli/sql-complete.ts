/** What Tab offers at the prompt of `coldcase sql`: keywords, views, columns, functions. Pure. */
import { allowedFunctions } from '../sql/allowed-functions.js';

/** Possible words, and the part of the line that they would take the place of. */
export type Completion = [string[], string];

const keywords = `select from where group by order having limit offset with as distinct join left
 inner full cross asof on using union all except intersect case when then else end and or not in
 is null like ilike between exists cast try_cast interval date timestamp desc asc nulls first last
 over partition filter qualify exclude replace columns describe summarize values unnest`
  .split(/\s+/)
  .filter((word) => word !== '');
const commands = ['.help', '.tables', '.schema', '.quit'];
const plainName = /^[a-z_]\w*(\.[a-z_]\w*)*$/i;

/** Completes the word before the cursor. Functions come once two letters are typed. */
export function completerOf(
  views: ReadonlyMap<string, readonly string[]>,
): (line: string) => Completion {
  const names = [...new Set([...views.keys(), ...[...views.values()].flat()])];
  const functions = [...allowedFunctions].filter((name) => plainName.test(name));
  return (line) => {
    if (/^\s*\.\w*$/.test(line)) return matching(line.trim(), commands);
    const schema = /^\s*\.schema\s+(\w*)$/.exec(line);
    if (schema !== null) return matching(schema[1] ?? '', [...views.keys()]);
    const from = /\b(?:from|join)\s+(\w*)$/i.exec(line);
    if (from !== null) return matching(from[1] ?? '', [...views.keys()]);
    const word = /[\w.]*$/.exec(line)?.[0] ?? '';
    const isUpper = /[A-Z]/.test(word) && word === word.toUpperCase();
    const words = isUpper ? keywords.map((one) => one.toUpperCase()) : keywords;
    const calls = word.length > 1 ? functions.map((name) => `${name}(`) : [];
    const found = matching(word, [...names.map(written), ...words, ...calls]);
    const dot = word.indexOf('.');
    if (found[0].length > 0 || dot < 0) return found;
    const prefix = word.slice(0, dot + 1);
    const [hits] = matching(word.slice(dot + 1), names.map(written));
    return [hits.map((hit) => prefix + hit), word];
  };
}

function matching(word: string, candidates: readonly string[]): Completion {
  const typed = word.toLowerCase();
  const hits = candidates.filter((one) => one.toLowerCase().replace(/^"/, '').startsWith(typed));
  return [[...new Set(hits)], word];
}

/** As it must be typed. */
function written(name: string): string {
  return plainName.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}
