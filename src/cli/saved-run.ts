/** `query @name`: a saved query by the road of a typed one; its faults point into its file. */
import { Fault, type FaultPlace, Faults, faultsOf } from '../base/fault.js';
import { isRoleName } from '../event/role.js';
import { parameterName } from '../expression/parameter.js';
import type { Note } from '../query/result.js';
import type { Answer } from './answer.js';
import { type Asking, savedNameOf } from './asking.js';
import type { Invocation, OptionSpec } from './command.js';
import { type KeptOption, laidOver } from './lay-over.js';
import { listOption } from './option-values.js';
import { type GivenParameter, givenParameters, parameterValues } from './saved-parameters.js';
import type { SavedQuery, SavedText } from './saved-query.js';
import { readSavedQuery, type SavedFile } from './saved-query-file.js';
import { findSaved, type NamedFile, type SavedPlaces, shippedQueries } from './saved-query-list.js';

/** Where saved queries are looked for. */
export function savedPlaces({ settings, entries }: Invocation): SavedPlaces {
  return {
    directory: process.cwd(),
    configured: settings.config.queries ?? [],
    shipped: shippedQueries((entries.worker ?? new URL(import.meta.url)).href),
  };
}

/** Runs a saved query by the road of a typed one. **Faults** CC1270 to CC1276. */
export async function runSaved(
  invocation: Invocation,
  options: readonly OptionSpec[],
  run: (invocation: Invocation, asking: Asking) => Promise<Answer>,
): Promise<Answer> {
  const file = findSaved(savedPlaces(invocation), savedNameOf(invocation.words) ?? '');
  return runSavedFile(file, { invocation, options, run, notes: hiddenNotes(file) });
}

export interface SavedCall<T> {
  readonly invocation: Invocation;
  readonly options: readonly OptionSpec[];
  readonly run: (invocation: Invocation, asking: Asking) => Promise<T>;
  readonly notes: readonly Note[];
}

/** Runs the query of one file with what was typed. **Faults** CC1271 to CC1276. */
export async function runSavedFile<T>(file: SavedFile, call: SavedCall<T>): Promise<T> {
  const { invocation, options } = call;
  const saved = readSavedQuery(file, options);
  const given = givenParameters(saved, listOption(invocation.values, 'param'));
  const asking: Asking = {
    bind: (context) => parameterValues(saved.name, given, context),
    notes: [...call.notes, questionNote(saved, given)],
  };
  const { param: _given, ...typed } = invocation.values;
  const values = laidOver(keptOptions(saved, given), typed, options);
  const words = invocation.words.slice(1);
  try {
    return await call.run({ ...invocation, words, values }, asking);
  } catch (error) {
    throw placedIn(saved, error);
  }
}

function hiddenNotes({ name, shown, hides }: NamedFile): readonly Note[] {
  if (hides.length === 0) return [];
  const others = hides.map((file) =>
    file.origin === 'shipped' ? 'the one that comes with coldcase' : file.shown,
  );
  const text = `@${name} is ${shown}; it hides ${others.join(', ')}`;
  return [{ level: 'info', code: 'saved_hides', text }];
}

function questionNote(saved: SavedQuery, given: readonly GivenParameter[]): Note {
  const values = given.map(({ parameter, text }) => `${parameter.name}=${text}`).join(' ');
  const text = `@${saved.name}: ${saved.question}${values === '' ? '' : ` (${values})`}`;
  return { level: 'info', code: 'saved', text };
}

/** The options with the values of parameters in place of texts that are one and nothing else. */
function keptOptions(saved: SavedQuery, given: readonly GivenParameter[]): readonly KeptOption[] {
  return saved.options.map(({ name, flag, texts }) => ({
    name,
    flag,
    texts: texts.map(({ text }) => wholeValue(text, given) ?? text),
  }));
}

/** A text that is one parameter and nothing else is the value, wherever an option takes a text. */
function wholeValue(text: string, given: readonly GivenParameter[]): string | null {
  const name = parameterName(text);
  const found = given.find(({ parameter }) => parameter.name === name);
  return found === undefined || found.parameter.type === 'column' ? null : found.text;
}

/** The faults with places in the file instead of places in options that nobody typed. */
function placedIn(saved: SavedQuery, error: unknown): unknown {
  const found = faultsOf(error);
  if (found.length === 0) return error;
  const all = found.map((fault) => placedFault(saved, fault));
  const placed = all.filter(
    ({ code, message }, index) =>
      code !== 'CC1276' || all.findIndex((fault) => fault.message === message) === index,
  );
  return placed.length === 1 ? placed[0] : new Faults(placed);
}

function placedFault(saved: SavedQuery, fault: Fault): Fault {
  const at = filePlace(saved, fault.at) ?? fault.at;
  const { code, params, hint, cause } = fault;
  const options = { ...(at === null ? {} : { at }), hint, cause };
  const lacking = code === 'CC1201' ? String(params.name) : '';
  const named = saved.parameters.find(
    (parameter) => parameter.type === 'column' && parameter.initial?.text === lacking,
  );
  const isRole = isRoleName(lacking);
  if (!isRole && named === undefined) return new Fault(code, params, options);
  const advice =
    named === undefined
      ? `say which column it is: --map ${lacking}=COLUMN with files, or at ingest`
      : `name another column: -p ${named.name}=COLUMN; coldcase columns lists what there is`;
  const needed = `${isRole ? 'the role' : 'the column'} ${lacking}`;
  const lacks = { name: saved.name, needed, advice };
  return new Fault('CC1276', lacks, at === null ? {} : { at });
}

function filePlace(saved: SavedQuery, at: FaultPlace | null): FaultPlace | null {
  const name = at?.option?.replace(/^--/, '');
  const option = saved.options.find((known) => known.name === name);
  if (at === null || option === undefined) return null;
  const { text, start = 0, end = 0 } = at;
  if (text === undefined) return option.at;
  const found = option.texts.find((saved) => saved.text === text);
  return found === undefined ? null : within(found, start, end);
}

/** Quoted texts with escapes are longer in the file, so they are marked as a whole. */
function within({ text, at }: SavedText, start: number, end: number): FaultPlace {
  const from = at.start ?? 0;
  const isPlain = at.text?.slice(from, from + text.length) === text;
  return isPlain ? { ...at, start: from + start, end: from + end } : at;
}
