/** The parameters of a saved query: `-p name=value` and defaults, read as values of their types. */
import { Fault, type FaultPlace, faultsOf, throwAll } from '../base/fault.js';
import { suggest } from '../base/suggest.js';
import { literalOfWord } from '../expression/literal.js';
import type { Parameters, ParameterValue } from '../expression/parameter.js';
import type { Literal, Span } from '../expression/tree.js';
import { exactInstant } from '../render/cell.js';
import { readDuration } from '../time/duration.js';
import { parseTime } from '../time/parse.js';
import { optionFault } from './option-values.js';
import type { SavedParameter, SavedQuery } from './saved-query.js';

/** A parameter with the text it was given, and where that stands. */
export interface GivenParameter {
  readonly parameter: SavedParameter;
  readonly text: string;
  readonly at: FaultPlace;
}

/** **Faults** CC1003, CC1273, CC1274, several at once. */
export function givenParameters(
  saved: SavedQuery,
  typed: readonly string[],
): readonly GivenParameter[] {
  const faults: Fault[] = [];
  const texts = new Map<string, { readonly text: string; readonly at: FaultPlace }>();
  for (const text of typed) {
    const place = text.indexOf('=');
    if (place <= 0) {
      faults.push(optionFault('param', text, { expected: 'NAME=VALUE', hint: 'write -p host=a' }));
      continue;
    }
    const name = text.slice(0, place);
    const at = { option: '-p', text, start: 0, end: place };
    if (saved.parameters.every((known) => known.name !== name)) {
      faults.push(unknownParameter(saved, name, at));
    }
    const value = text.slice(place + 1);
    texts.set(name, { text: value, at: { ...at, start: place + 1, end: text.length } });
  }
  const given = saved.parameters.flatMap((parameter) => {
    const found = texts.get(parameter.name) ?? parameter.initial;
    if (found !== null) return { parameter, text: found.text, at: found.at };
    const { name, about } = parameter;
    faults.push(new Fault('CC1274', { name: saved.name, parameter: name, about }));
    return [];
  });
  throwAll(faults);
  return given;
}

function unknownParameter(saved: SavedQuery, parameter: string, at: FaultPlace): Fault {
  const names = saved.parameters.map(({ name }) => name);
  const near = suggest(parameter, names);
  const known = names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`;
  const hint = near === null ? known : `did you mean ${near}?`;
  return new Fault('CC1273', { name: saved.name, parameter }, { at, hint });
}

export interface ParameterContext {
  readonly now: number;
  readonly zone: string;
}

/** The values of all parameters. **Faults** CC1275, several at once. */
export async function parameterValues(
  saved: string,
  given: readonly GivenParameter[],
  context: ParameterContext,
): Promise<Parameters> {
  const faults: Fault[] = [];
  const values = new Map<string, ParameterValue>();
  for (const { parameter, text, at } of given) {
    const value = await typedValue(parameter, text, context);
    if (value !== null) values.set(parameter.name, value);
    else {
      const found = text === '' ? 'nothing' : text;
      const problem = `expected ${expected[parameter.type]}, found ${found}`;
      const params = { name: saved, parameter: parameter.name, problem };
      faults.push(new Fault('CC1275', params, { at }));
    }
  }
  throwAll(faults);
  return values;
}

const expected: Readonly<Record<SavedParameter['type'], string>> = {
  string: 'a text',
  number: 'a number',
  duration: 'a duration such as 250ms or 5m',
  time: 'a time such as 7d, yesterday or 2020-04-16T14:10',
  boolean: 'true or false',
  value: 'a value',
  list: 'values with commas between them',
  column: 'a role or the name of a column',
};

const nowhere: Span = { start: 0, end: 0 };

async function typedValue(
  { type }: SavedParameter,
  text: string,
  context: ParameterContext,
): Promise<ParameterValue | null> {
  const word = literalOfWord(text, nowhere);
  switch (type) {
    case 'string':
      return valued({ kind: 'string', value: text, span: nowhere });
    case 'number':
      return word?.kind === 'integer' || word?.kind === 'number' ? valued(word) : null;
    case 'duration':
      return readDuration(text) !== null && word?.kind === 'duration' ? valued(word) : null;
    case 'boolean':
      return word?.kind === 'boolean' ? valued(word) : null;
    case 'value':
      return text === '' || word === null ? null : valued(word);
    case 'list':
      return listOf(text);
    case 'column':
      return columnOf(text);
    case 'time': {
      const micros = await timeOf(text, context);
      if (micros === null) return null;
      return valued({ kind: 'string', value: exactInstant(micros), span: nowhere });
    }
  }
}

function valued(literal: Literal): ParameterValue {
  return { kind: 'value', literal };
}

function listOf(text: string): ParameterValue | null {
  const items = text.split(',').map((item) => item.trim());
  const literals = items.flatMap((item) => literalOfWord(item, nowhere) ?? []);
  return items.includes('') || literals.length < items.length ? null : { kind: 'list', literals };
}

/** A name in backticks is a column and never a role, as everywhere. */
function columnOf(text: string): ParameterValue | null {
  const quoted = /^`([^`]+)`$/.exec(text)?.[1];
  if (quoted !== undefined) return { kind: 'name', name: quoted, exact: true };
  return text.trim() === '' || text.includes('`')
    ? null
    : { kind: 'name', name: text, exact: false };
}

async function timeOf(text: string, context: ParameterContext): Promise<number | null> {
  try {
    return await parseTime(text, context);
  } catch (error) {
    if (faultsOf(error).length === 0) throw error;
    return null;
  }
}
