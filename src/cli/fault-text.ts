/** Faults as people read them, and as the one JSON shape. Data inside them is made harmless. */
import type { Fault, FaultPlace } from '../base/fault.js';
import { displayWidth, sanitise, truncateToWidth } from '../base/text.js';
import { type Glyphs, ownText } from '../render/glyphs.js';
import type { JsonValue } from '../render/json.js';
import type { Paint } from '../render/paint.js';
import { wrapWords } from '../render/text-table.js';

/** How faults look where they are shown. */
export interface FaultStyle {
  readonly width: number;
  /** Where whole words go on in the next line; null where lines stay whole: no terminal. */
  readonly wrapWidth: number | null;
  readonly glyphs: Glyphs;
  readonly paint: Paint;
}

/** `error CC1201: …`, the text typed with a caret under the place, and the next step. */
export function faultLines(fault: Fault, style: FaultStyle): readonly string[] {
  const { paint, glyphs, wrapWidth } = style;
  const own = (text: string): string => ownText(sanitise(text), glyphs);
  const head = `error ${fault.code}: ${own(fault.message)}`;
  const hint = own(fault.hint);
  const pointed = fault.at === null ? null : pointer(fault.at, style);
  const lines = [...wrapWords(head, wrapWidth), ...placeLines(fault)];
  if (pointed === null) {
    if (hint !== '') lines.push(...wrapWords(`  ${hint}`, wrapWidth));
  } else {
    lines.push(pointed.text);
    const beside = `${pointed.caret}  ${hint}`;
    if (hint === '') lines.push(paint.yellow(pointed.caret));
    else if (displayWidth(beside) <= style.width) {
      lines.push(`${paint.yellow(pointed.caret)}  ${hint}`);
    } else lines.push(paint.yellow(pointed.caret), ...wrapWords(`  ${hint}`, wrapWidth));
  }
  for (const text of selfEvident.has(fault.code) ? [] : causes(fault.cause))
    lines.push(paint.dim(`  because ${own(text)}`));
  return lines.map((line, index) => (index === 0 ? paintHead(line, paint) : line));
}

/** Faults that say it all: what the engine says of a missing file only misleads. */
const selfEvident: ReadonlySet<string> = new Set(['CC4006']);

function paintHead(line: string, paint: Paint): string {
  return line.replace(/^error/, paint.red('error'));
}

function placeLines(fault: Fault): readonly string[] {
  const { at } = fault;
  if (at?.file === undefined || fault.message.includes(at.file)) return [];
  const line = at.line === undefined ? '' : `:${at.line}`;
  return [`  in ${sanitise(at.file)}${line}`];
}

/** Cells of the typed text kept before the place pointed at when the line is too long. */
const contextCells = 24;

function pointer(
  at: FaultPlace,
  style: FaultStyle,
): { readonly text: string; readonly caret: string } | null {
  if (at.text === undefined || at.start === undefined) return null;
  const end = Math.max(at.start, Math.min(at.end ?? at.start + 1, at.text.length));
  const option = at.option === undefined ? '' : `${at.option} `;
  let before = option + sanitise(at.text.slice(0, at.start));
  const marked = sanitise(at.text.slice(at.start, end));
  const after = sanitise(at.text.slice(end));
  if (displayWidth(before) > style.width / 2) {
    before = style.glyphs.ellipsis + lastCells(before, contextCells);
  }
  const room = style.width - 2;
  const text = truncateToWidth(before + marked + after, room, style.glyphs.ellipsis);
  const carets = Math.max(1, Math.min(displayWidth(marked), room - displayWidth(before)));
  return { text: `  ${text}`, caret: `  ${' '.repeat(displayWidth(before))}${'^'.repeat(carets)}` };
}

function lastCells(text: string, cells: number): string {
  const characters = [...text].slice(-cells);
  while (displayWidth(characters.join('')) > cells) characters.shift();
  return characters.join('');
}

/** First lines of the chain of causes, outermost first; at most three. */
function causes(cause: unknown): readonly string[] {
  const messages: string[] = [];
  for (let at = cause; at instanceof Error && messages.length < 3; at = at.cause) {
    messages.push(at.message.split('\n')[0] ?? '');
  }
  return messages;
}

/** `{ok:false, fault, faults, elapsedMs}`: `fault` is the first, `faults` are all. */
export function faultDocument(
  faults: readonly Fault[],
  elapsedMs: number,
): Readonly<Record<string, JsonValue>> {
  const list = faults.map(faultFields);
  return { ok: false, fault: list[0] ?? null, faults: list, elapsedMs };
}

function faultFields(fault: Fault): JsonValue {
  const { code, message, hint, at } = fault;
  return { code, message, hint, at: at === null ? null : placeFields(at) };
}

/** Always in this order; what is not known is left out. */
const placeKeys = ['option', 'text', 'start', 'end', 'file', 'line', 'byteOffset'] as const;

function placeFields(at: FaultPlace): JsonValue {
  return Object.fromEntries(
    placeKeys.flatMap((key) => (at[key] === undefined ? [] : [[key, at[key]]])),
  );
}
