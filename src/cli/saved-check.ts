/** Whether a saved query is sound: everything that can be known of it without data. */
import { Fault, faultsOf } from '../base/fault.js';
import { parseArguments } from './arguments.js';
import type { Asking } from './asking.js';
import type { CommandEntry, Invocation, OptionSpec } from './command.js';
import type { ParameterType, SavedQuery, SavedText } from './saved-query.js';
import { readSavedQuery, type SavedFile } from './saved-query-file.js';
import { runSavedFile } from './saved-run.js';
import { splitWords } from './shell-text.js';

export interface CheckPorts {
  readonly invocation: Invocation;
  readonly options: readonly OptionSpec[];
  readonly commands: readonly CommandEntry[];
  /** Finds the faults of a question that need no data. */
  readonly refuse: (invocation: Invocation, asking: Asking) => Promise<void>;
}

/** Stand in for values that must be given. */
const samples: Readonly<Record<ParameterType, string>> = {
  string: 'text',
  number: '1',
  duration: '1m',
  time: '1d',
  boolean: 'true',
  value: '1',
  list: 'one,two',
  column: 'host',
};

/** All faults of one file, none where it is sound. */
export async function checkSaved(file: SavedFile, ports: CheckPorts): Promise<readonly Fault[]> {
  const read = await attempt(async () => readSavedQuery(file, ports.options));
  if (read.value === null) return read.faults;
  const saved = read.value;
  const named = [...nameFaults(saved), ...useFaults(saved)];
  const missing = saved.parameters.filter(({ initial }) => initial === null);
  const param = missing.map(({ name, type }) => `${name}=${samples[type]}`);
  const asked = { ...ports.invocation, words: [`@${saved.name}`], values: { param } };
  const run = async (invocation: Invocation): Promise<void> =>
    runSavedFile(file, { invocation, options: ports.options, run: ports.refuse, notes: [] });
  const faults = [...named, ...(await attempt(() => run(asked))).faults];
  if (faults.length > 0) return faults;
  return exampleFaults(saved, ports, run);
}

async function attempt<T>(
  work: () => Promise<T>,
): Promise<{ readonly value: T | null; readonly faults: readonly Fault[] }> {
  try {
    return { value: await work(), faults: [] };
  } catch (error) {
    const faults = faultsOf(error);
    if (faults.length === 0) throw error;
    return { value: null, faults };
  }
}

function faultAt(saved: SavedQuery, at: SavedText['at'] | null, problem: string, hint?: string) {
  const params = { path: saved.path, line: at?.line ?? 1, problem };
  const place = at ?? { file: saved.path, line: 1 };
  return new Fault('CC1272', params, hint === undefined ? { at: place } : { at: place, hint });
}

function nameFaults(saved: SavedQuery): readonly Fault[] {
  if (/^[a-z0-9]+(-[a-z0-9]+)*$/.test(saved.name)) return [];
  const hint = 'for example status-by-host.yaml';
  return [faultAt(saved, null, `${saved.name}: a name is small letters, digits and dashes`, hint)];
}

/** Parameters that nothing uses; names not declared are found where they are read. */
function useFaults(saved: SavedQuery): readonly Fault[] {
  const texts = saved.options.flatMap((option) => option.texts.map(({ text }) => text));
  const used = new Set(texts.flatMap((text) => text.match(/\$[a-z][a-z0-9_]*/g) ?? []));
  return saved.parameters
    .filter(({ name }) => !used.has(`$${name}`))
    .map(({ name, at }) => faultAt(saved, at, `parameter ${name} is not used`, `write $${name}`));
}

async function exampleFaults(
  saved: SavedQuery,
  { commands, invocation }: CheckPorts,
  run: (invocation: Invocation) => Promise<void>,
): Promise<readonly Fault[]> {
  const { example } = saved;
  if (example === null) return [];
  const words = splitWords(example.text);
  const hint = `write coldcase query @${saved.name} …`;
  const isOwn = words?.[0] === 'coldcase' && words[2] === `@${saved.name}`;
  if (words === null || !isOwn) {
    return [faultAt(saved, example.at, 'the example does not run this query', hint)];
  }
  const { faults } = await attempt(async () => {
    const call = await parseArguments(words.slice(1), commands);
    if (call.kind !== 'command' || call.module.name !== 'query') {
      throw faultAt(saved, example.at, 'the example does not run coldcase query', hint);
    }
    await run({ ...invocation, words: call.words, values: call.values });
  });
  return faults.map((fault) =>
    fault.at?.file === undefined ? faultAt(saved, example.at, fault.message, fault.hint) : fault,
  );
}
