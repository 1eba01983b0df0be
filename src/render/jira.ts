/** Tables in the markup of Jira and Confluence whose cells cannot become markup. */
import { sanitise } from '../base/text.js';
import { type CellStyle, humanRows } from './cell.js';
import { ownText } from './glyphs.js';
import { sparkline } from './sparkline.js';
import { isSeries, type Table } from './table.js';

const widestSeries = 40;

/**
 * Text as Jira shows it letter by letter; line breaks are gone: they show as `\x0a`.
 * **Source** "Text Formatting Notation Help" of Jira: a backslash takes the meaning from a sign;
 * smileys such as `:)` and `(x)` are signs too.
 */
export function escapeJira(text: string): string {
  const escaped = sanitise(text).replace(/[\\{}[\]|*_^~?!#()]|[-+](?![\p{L}\p{N}])/gu, '\\$&');
  return escaped.replace(/(?<![\p{L}\p{N}])[-+]/gu, (sign, at: number, whole: string) =>
    whole[at - 1] === '\\' ? sign : `\\${sign}`,
  );
}

/** The table: `||head||`, then `|cell|`. */
export function* jiraTable(table: Table, style: CellStyle): Generator<string> {
  const heads = table.columns.map(({ title }) => cell(ownText(title, style.glyphs)));
  if (heads.length > 0) yield `||${heads.join('||')}||\n`;
  for (const row of humanRows(table, style)) {
    const cells = row.map((one) => {
      if (!isSeries(one)) return cell(one);
      const scale = { max: table.seriesMax ?? 0, width: widestSeries, glyphs: style.glyphs };
      return cell(sparkline(one, scale));
    });
    yield `|${cells.join('|')}|\n`;
  }
}

/** An empty cell would turn what follows into a heading. */
function cell(text: string): string {
  return text === '' ? ' ' : escapeJira(text);
}
