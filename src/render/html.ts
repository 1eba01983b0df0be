/**
 * One self-contained HTML page: tables with inline styles, which survive a paste into a document,
 * and drawn charts. No script, nothing from elsewhere; every text is escaped.
 */
import { type CellStyle, humanRows, type ShownCell } from './cell.js';
import { isFormula } from './delimited.js';
import { joined, type Markup, markup } from './markup.js';
import { sparkline } from './sparkline.js';
import { isSeries, rowsWithTail, type Table, type TableCell, type TableColumn } from './table.js';

/** One part of a page, in order. */
export type PagePart =
  | { readonly kind: 'lines'; readonly lines: readonly string[] }
  | { readonly kind: 'table'; readonly table: Table }
  | { readonly kind: 'chart'; readonly drawing: Markup };

export interface Page {
  readonly title: string;
  readonly parts: readonly PagePart[];
  /** Where the numbers came from; empty for none. */
  readonly footer: readonly string[];
}

const font = "font-family:'DejaVu Sans',Verdana,Arial,sans-serif";
const styles = {
  body: `${font};font-size:14px;line-height:1.45;color:#1a1a1a;background:#ffffff;margin:24px`,
  title: 'font-size:18px;font-weight:bold;margin:0 0 12px 0',
  lines: 'margin:12px 0',
  table: `border-collapse:collapse;${font};font-size:13px;color:#1a1a1a;margin:12px 0`,
  head: 'padding:5px 10px;border-bottom:2px solid #5a6270;background:#eef1f5;white-space:nowrap',
  cell: 'padding:4px 10px;border-bottom:1px solid #d9dde3;vertical-align:top',
  chart: 'margin:16px 0',
  footer: 'margin:16px 0 0 0;padding-top:8px;border-top:1px solid #d9dde3;color:#4a5160',
} as const;

/**
 * Scripts, images, fonts and requests of any kind are forbidden, even where an escape would fail.
 * **Source** https://www.w3.org/TR/CSP3/
 */
const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** The page, piece by piece. */
export function* html(page: Page, style: CellStyle): Generator<string> {
  yield markup`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="coldcase">
<title>${page.title}</title>
</head>
<body style="${styles.body}">
<h1 style="${styles.title}">${page.title}</h1>
`.text;
  for (const part of page.parts) yield* partChunks(part, style);
  if (page.footer.length > 0) {
    const lines = page.footer.map((line) => markup`${line}<br>\n`);
    yield markup`<p style="${styles.footer}">\n${lines}</p>\n`.text;
  }
  yield '</body>\n</html>\n';
}

function* partChunks(part: PagePart, style: CellStyle): Generator<string> {
  if (part.kind === 'table') yield* tableChunks(part.table, style);
  else if (part.kind === 'chart') {
    yield markup`<div style="${styles.chart}">${part.drawing}</div>\n`.text;
  } else if (part.lines.length > 0) {
    const lines = part.lines.map((line) => markup`${line}<br>\n`);
    yield markup`<p style="${styles.lines}">${lines}</p>\n`.text;
  }
}

function* tableChunks(table: Table, style: CellStyle): Generator<string> {
  if (table.columns.length === 0) return;
  yield markup`<table style="${styles.table}">\n<thead><tr>`.text;
  yield joined(table.columns.map(headCell)).text;
  yield '</tr></thead>\n<tbody>\n';
  const raws = [...rowsWithTail(table)];
  for (const [index, row] of humanRows(table, style).entries()) {
    const cells = row.map((shown, place) => {
      return bodyCell(shown, raws[index]?.[place] ?? null, { table, place, style });
    });
    yield markup`<tr>${cells}</tr>\n`.text;
  }
  yield '</tbody>\n</table>\n';
}

function headCell({ title, align }: TableColumn): Markup {
  return markup`<th style="${styles.head};text-align:${align}">${title}</th>`;
}

/** A text that a spreadsheet would run is marked as text, and begins with an apostrophe. */
function bodyCell(
  shown: ShownCell,
  raw: TableCell,
  {
    table,
    place,
    style,
  }: { readonly table: Table; readonly place: number; readonly style: CellStyle },
): Markup {
  const align = table.columns[place]?.align ?? 'left';
  const css = `${styles.cell};text-align:${align}`;
  if (isSeries(shown)) {
    const scale = { max: table.seriesMax ?? 0, width: 40, glyphs: style.glyphs };
    return markup`<td style="${css};white-space:nowrap">${sparkline(shown, scale)}</td>`;
  }
  const isText = typeof raw === 'string';
  const text = isText && isFormula(raw) ? `'${shown}` : shown;
  const format = isText ? ";mso-number-format:'\\@'" : '';
  return markup`<td style="${css}${format}">${text}</td>`;
}
