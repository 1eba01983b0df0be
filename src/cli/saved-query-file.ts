/** Reads one file of `queries/`. Every fault names the line and points at the place. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import {
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
} from 'yaml';
import { Fault, type FaultPlace, throwAll } from '../base/fault.js';
import { suggest } from '../base/suggest.js';
import type { OptionSpec } from './command.js';
import { longFlag } from './options.js';
import {
  parameterTypes,
  type SavedOption,
  type SavedOrigin,
  type SavedParameter,
  type SavedQuery,
  type SavedText,
} from './saved-query.js';

const keys = ['title', 'question', 'parameters', 'spec', 'example'] as const;
const parameterKeys = ['type', 'default', 'about'] as const;
const nameForm = /^[a-z][a-z0-9_]*$/;

/** Options of `query` that say what is asked; the others say how to read files or to print. */
const notSaved = new Set([
  'param',
  'explain',
  'input-format',
  'pattern',
  'map',
  'set',
  'honeycomb',
]);

/** A file with a saved query, not read yet. */
export interface SavedFile {
  readonly path: string;
  /** How the path is written in messages. */
  readonly shown: string;
  readonly origin: SavedOrigin;
}

interface Reading {
  readonly file: SavedFile;
  readonly text: string;
  readonly lines: LineCounter;
  readonly faults: Fault[];
}

/** The keys that `spec` takes: the options of `query`, by long name. */
export function savedKeys(options: readonly OptionSpec[]): ReadonlyMap<string, OptionSpec> {
  const named = options.map((option) => [longFlag(option.flags).slice(2), option] as const);
  return new Map(named.filter(([name]) => !notSaved.has(name) && !name.startsWith('no-')));
}

/** **Faults** CC1271, CC1272, several at once; CC2003. */
export function readSavedQuery(file: SavedFile, options: readonly OptionSpec[]): SavedQuery {
  const lines = new LineCounter();
  const text = textOf(file);
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const reading: Reading = { file, text, lines, faults: [] };
  for (const { pos, message } of document.errors) {
    add(reading, pos, message.split('\n')[0] ?? message);
  }
  throwAll(reading.faults);
  const entries = mapOf(reading, document.contents, 'the file', keys);
  const parameters = parametersOf(reading, entries.get('parameters'));
  const saved: SavedQuery = Object.freeze({
    name: savedName(file.path),
    path: file.shown,
    origin: file.origin,
    title: required(reading, entries.get('title'), 'title', 'what it shows, in a few words'),
    question: required(reading, entries.get('question'), 'question', 'the question it answers'),
    parameters,
    options: optionsOf(reading, entries.get('spec'), savedKeys(options)),
    example: entries.has('example') ? textAt(reading, entries.get('example'), 'example') : null,
  });
  throwAll(reading.faults.toSorted((a, b) => (a.at?.line ?? 0) - (b.at?.line ?? 0)));
  return saved;
}

/** The name of a file is the name of its query. */
export function savedName(path: string): string {
  return basename(path).replace(/\.ya?ml$/, '');
}

function textOf({ path, shown }: SavedFile): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Fault('CC2003', { path: shown }, { cause: error });
  }
}

type Range = readonly [number, number, ...number[]];

/** The line of the file with the place marked. */
function placeAt({ file, text, lines }: Reading, [start, end]: Range): FaultPlace {
  const { line } = lines.linePos(Math.min(start, Math.max(0, text.length - 1)));
  const first = lines.lineStarts[line - 1] ?? 0;
  const whole = /^[^\r\n]*/.exec(text.slice(first))?.[0] ?? '';
  const from = Math.max(0, start - first);
  const to = Math.min(whole.length, Math.max(from, end - first));
  return { file: file.shown, line, text: whole, start: from, end: to };
}

function rangeOf(node: unknown): Range {
  if (!isNode(node) || !node.range) return [0, 0];
  const [start, end] = node.range;
  return [start, end];
}

function add(reading: Reading, range: Range, problem: string, hint?: string): void {
  const at = placeAt(reading, range);
  const params = { path: reading.file.shown, line: at.line ?? 1, problem };
  reading.faults.push(new Fault('CC1272', params, hint === undefined ? { at } : { at, hint }));
}

function unknownKey(reading: Reading, node: unknown, known: readonly string[]): void {
  const key = String(isScalar(node) ? node.value : '');
  const near = suggest(key, known);
  const at = placeAt(reading, rangeOf(node));
  const params = { path: reading.file.shown, line: at.line ?? 1, key };
  const hint = near === null ? `keys here: ${known.join(', ')}` : `did you mean ${near}?`;
  reading.faults.push(new Fault('CC1271', params, { at, hint }));
}

/** The entries of a mapping by key; without `known` any key is taken. */
function mapOf(
  reading: Reading,
  node: unknown,
  what: string,
  known: readonly string[] | null,
): ReadonlyMap<string, unknown> {
  if (!isMap(node)) {
    if (node !== undefined) add(reading, rangeOf(node), `${what}: a mapping is expected`);
    return new Map();
  }
  const entries = new Map<string, unknown>();
  for (const { key, value } of node.items as Pair<Node, Node | null>[]) {
    const name = isScalar(key) ? String(key.value) : '';
    if (known !== null && !known.includes(name)) unknownKey(reading, key, known);
    else entries.set(name, value ?? key);
  }
  return entries;
}

function required(reading: Reading, node: unknown, key: string, what: string): string {
  if (node !== undefined) return textAt(reading, node, key)?.text ?? '';
  add(reading, [0, 1], `${key} is missing: ${what}`);
  return '';
}

/** A scalar as it was written: `1.10` stays 1.10. */
function textAt(reading: Reading, node: unknown, key: string): SavedText | null {
  const isText = isScalar(node) && node.value !== null && typeof node.value !== 'object';
  if (!isText) {
    add(reading, rangeOf(node), `${key}: a text is expected`);
    return null;
  }
  const text = typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));
  return { text, at: contentPlace(reading, node, text) };
}

/** Without the quotation marks, so that a place in the text is a place in the line. */
function contentPlace(reading: Reading, node: Node, text: string): FaultPlace {
  const [start, end] = rangeOf(node);
  const quoted = reading.text[start] === "'" || reading.text[start] === '"' ? 1 : 0;
  const from = start + quoted;
  return placeAt(reading, [from, Math.min(end, from + text.length)]);
}

function parametersOf(reading: Reading, node: unknown): readonly SavedParameter[] {
  if (node === undefined) return [];
  return [...mapOf(reading, node, 'parameters', null)].flatMap(([name, value]) => {
    const at = placeAt(reading, rangeOf(value));
    if (!nameForm.test(name)) {
      const hint = 'for example min_events';
      add(reading, rangeOf(value), `${name}: a name is small letters, digits and _`, hint);
    }
    const given = mapOf(reading, value, name, parameterKeys);
    const initial = given.has('default') ? defaultOf(reading, given.get('default')) : null;
    const type = textAt(reading, given.get('type') ?? value, `${name}: type`);
    const found = parameterTypes.find((known) => known === type?.text);
    if (type !== null && found === undefined) {
      const near = suggest(type.text, parameterTypes);
      const hint = near === null ? `types: ${parameterTypes.join(', ')}` : `did you mean ${near}?`;
      add(reading, rangeOf(given.get('type')), `no type ${type.text}`, hint);
    }
    const about = given.has('about') ? textAt(reading, given.get('about'), 'about') : null;
    if (about === null) add(reading, rangeOf(value), `${name}: about is missing`);
    return [{ name, type: found ?? 'string', initial, about: about?.text ?? '', at }];
  });
}

/** A list is joined as it is typed: `401,403`. */
function defaultOf(reading: Reading, node: unknown): SavedText | null {
  if (!isSeq(node)) return textAt(reading, node, 'default');
  const texts = node.items.flatMap((item) => textAt(reading, item, 'default')?.text ?? []);
  return { text: texts.join(','), at: placeAt(reading, rangeOf(node)) };
}

function optionsOf(
  reading: Reading,
  node: unknown,
  known: ReadonlyMap<string, OptionSpec>,
): readonly SavedOption[] {
  if (node === undefined) {
    add(reading, [0, 1], 'spec is missing: the options of coldcase query, without the dashes');
    return [];
  }
  return [...mapOf(reading, node, 'spec', [...known.keys()])].map(([name, value]) => {
    const at = placeAt(reading, rangeOf(value));
    const spec = known.get(name);
    if (spec !== undefined && !spec.flags.includes('<')) {
      const flag = isScalar(value) && typeof value.value === 'boolean' ? value.value : null;
      if (flag === null) add(reading, rangeOf(value), `${name}: true or false is expected`);
      return { name, flag: flag ?? false, texts: [], at };
    }
    const items: readonly unknown[] = isSeq(value) ? value.items : [value];
    if (isSeq(value) && spec?.repeatable !== true) {
      add(reading, rangeOf(value), `${name}: one value is expected, not a list`);
    }
    const texts = items.flatMap((item) => textAt(reading, item, name) ?? []);
    return { name, flag: null, texts, at };
  });
}
