/** What is wrong with a typed statement, as one fault with a caret into the text typed. */
import { Fault, type FaultPlace, faultsOf } from '../../base/fault.js';
import { suggest } from '../../base/suggest.js';
import { allowedFunctions } from '../../sql/allowed-functions.js';
import type { StatementProblem } from '../../sql/allowed-statement.js';
import type { SentStatement } from '../../sql/dotted-names.js';
import { dottedNameAt, sqlTokens } from '../../sql/token.js';
import { isRecord, type ParsedText, textOf } from '../../sql/tree.js';
import { faultOfFailure } from './failure.js';

/** Names a person may have meant. */
export interface KnownNames {
  readonly views: readonly string[];
  readonly columns: readonly string[];
}

/** The line of the statement that holds a place, with the name or word there marked. */
export function placeAt(typed: string, place: number): FaultPlace {
  const at = Math.min(place, typed.length);
  const lineStart = typed.lastIndexOf('\n', at - 1) + 1;
  const lineEnd = typed.indexOf('\n', at);
  const text = typed.slice(lineStart, lineEnd < 0 ? typed.length : lineEnd);
  const token =
    dottedNameAt(typed, at) ?? sqlTokens(typed).find(({ start, end }) => start <= at && at < end);
  const end = Math.min((token?.end ?? at + 1) - lineStart, text.length);
  const start = Math.min(Math.max(0, (token?.start ?? at) - lineStart), text.length);
  const line = typed.slice(0, lineStart).split('\n').length;
  return { text, start, end: Math.max(start, end), line };
}

function placeOf(statement: SentStatement, byte: number | null): { readonly at?: FaultPlace } {
  return byte === null ? {} : { at: placeAt(statement.typed, statement.placeOf(byte)) };
}

/** What the parser refused. */
export function parseFault(
  statement: SentStatement,
  failure: Extract<ParsedText, { kind: 'failed' }>,
): Fault {
  const { isSyntax, message, at } = failure;
  if (!isSyntax && message.startsWith('Only SELECT')) {
    return new Fault('CC1251', { found: firstWords(statement.typed) });
  }
  return new Fault('CC1250', { problem: firstLine(message) }, placeOf(statement, at));
}

/** `create table`: enough to see what was meant. */
export function firstWords(typed: string): string {
  const words = sqlTokens(typed).filter(({ kind }) => kind === 'word');
  const shown = words.slice(0, 2).map(({ start, end }) => typed.slice(start, end).toUpperCase());
  return shown.length === 0 ? 'none' : shown.join(' ');
}

const formNames: Readonly<Record<string, string>> = {
  SHOW: 'SHOW',
  PIVOT: 'PIVOT',
};

/** What is on no list of what a statement may do. */
export function problemFault(
  statement: SentStatement,
  problem: StatementProblem,
  known: KnownNames,
): Fault {
  const place = placeOf(statement, problem.at);
  const { kind, name } = problem;
  if (kind === 'view') {
    const near = suggest(name, known.views);
    const hint = near === null ? {} : { hint: `did you mean ${near}?` };
    return new Fault('CC1253', { name }, { ...place, ...hint });
  }
  if (kind === 'function') {
    const near = suggest(name, [...allowedFunctions]);
    const hint = near === null ? {} : { hint: `did you mean ${near}?` };
    return new Fault('CC1252', { what: `the function ${name}` }, { ...place, ...hint });
  }
  if (kind === 'table function') {
    const hint = 'in FROM there may be views, range, generate_series and unnest';
    return new Fault('CC1252', { what: `the table function ${name}` }, { ...place, hint });
  }
  const what = formNames[name] ?? name.toLowerCase().replaceAll('_', ' ');
  const hint = name === 'SHOW' ? { hint: `the views are ${known.views.join(', ')}` } : {};
  return new Fault('CC1252', { what }, { ...place, ...hint });
}

/** Kinds of the engine's errors that say something about the statement or the values it meets. */
const questionErrors: ReadonlySet<string> = new Set([
  'Binder',
  'Catalog',
  'Conversion',
  'Invalid Input',
  'Invalid type',
  'Mismatch Type',
  'Not implemented',
  'Out of Range',
  'Parameter Not Resolved',
  'Parameter Not Allowed',
  'Parser',
  'Syntax',
  'Expression',
]);

/**
 * The fault for an error of the engine, which it gives as JSON.
 * **Faults** CC1250, CC1253, CC1254, CC1255; CC4003, CC4006, CC5001, CC5002, CC5003.
 */
export function engineFault(error: unknown, statement: SentStatement, known: KnownNames): Error {
  if (faultsOf(error).length > 0) return faultOfFailure(error, { writing: null });
  const text = error instanceof Error ? error.message : String(error);
  const document = errorDocument(text);
  if (document === null) return faultOfFailure(error, { writing: null });
  const type = textOf(document, 'exception_type');
  const message = textOf(document, 'exception_message');
  if (!questionErrors.has(type)) {
    const plain = new Error(`${type} Error: ${message}`);
    return faultOfFailure(plain, { writing: null });
  }
  const position = Number.parseInt(textOf(document, 'position'), 10);
  const place = placeOf(statement, Number.isNaN(position) ? null : position);
  const missing = missingPattern.exec(firstLine(message));
  if (missing !== null) return missingName(missing[1] ?? missing[2] ?? '', place, known);
  const hint = hintOf(document);
  if (type === 'Parser' || type === 'Syntax') {
    return new Fault('CC1250', { problem: firstLine(message) }, { ...place, ...hint });
  }
  return new Fault('CC1255', { problem: firstLine(message) }, { ...place, ...hint });
}

const missingPattern =
  /^Referenced (?:column|table) "?([^"]*?)"? (?:not|was not) found|a column named "([^"]*)"/;

function missingName(found: string, place: { readonly at?: FaultPlace }, known: KnownNames): Fault {
  const { at } = place;
  const typed = at?.text?.slice(at.start, at.end) ?? '';
  const name = typed === '' ? found : typed.replaceAll('"', '');
  const inTable = name.slice(name.indexOf('.') + 1);
  const near = [name, inTable, found].map((one) => suggest(one, known.columns)).find(Boolean);
  const hint = near ? { hint: `did you mean ${near}?` } : {};
  return new Fault('CC1254', { name }, { ...place, ...hint });
}

/** The forms a function takes, where the arguments fit none. */
function hintOf(document: Readonly<Record<string, unknown>>): { readonly hint?: string } {
  if (textOf(document, 'error_subtype') !== 'NO_MATCHING_FUNCTION') return {};
  const forms = textOf(document, 'candidates');
  return forms === '' ? {} : { hint: `it takes ${forms}` };
}

/** Some errors have their kind before the JSON. */
function errorDocument(text: string): Readonly<Record<string, unknown>> | null {
  const start = text.indexOf('{"exception_type"');
  if (start < 0) return null;
  try {
    const document: unknown = JSON.parse(text.slice(start));
    return isRecord(document) ? document : null;
  } catch {
    return null;
  }
}

function firstLine(text: string): string {
  return (text.split('\n')[0] ?? '').trim().replace(/[.!]$/, '');
}
