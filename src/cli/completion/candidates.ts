/** What may stand at the cursor: commands, options, their values, names and values of the data. */
import { commandPlace } from '../store-commands.js';
import type { Known } from './known.js';
import {
  type CommandShape,
  type OptionShape,
  optionOf,
  type ProgramShape,
} from './program-shape.js';
import { optionValues } from './value-candidates.js';

export interface Candidate {
  /** The whole word. */
  readonly text: string;
  readonly help: string;
}

export interface Candidates {
  /** `list`: those of the list; otherwise what the shell itself knows of names of files. */
  readonly kind: 'list' | 'files' | 'directories';
  readonly list: readonly Candidate[];
  /** True when a word may go on behind each of them, so that no space belongs there. */
  readonly goesOn: boolean;
}

export const noCandidates: Candidates = { kind: 'list', list: [], goesOn: false };
export const fileCandidates: Candidates = { kind: 'files', list: [], goesOn: false };

export interface Asked {
  /** Words behind the program's name and in front of the cursor's. */
  readonly words: readonly string[];
  readonly current: string;
}

export interface Sources {
  readonly shape: ProgramShape;
  /** Read only when a name or a value of the data is wanted. */
  readonly known: () => Promise<Known>;
  readonly savedQueries: () => Promise<readonly string[]>;
}

/** Candidates that go on from the word at the cursor. */
export async function candidatesFor(asked: Asked, sources: Sources): Promise<Candidates> {
  const { words, current } = asked;
  const { shape } = sources;
  const place = commandPlace(words);
  const typed = words[place];
  const command = shape.commands.find(({ name, alias }) => typed === name || typed === alias);
  const options = [...(command?.options ?? []), ...shape.options];
  const onlyWords = words.includes('--');
  const before = optionOf(options, words.at(-1) ?? '');
  if (!onlyWords && before?.takesValue === true) {
    return optionValues({ option: before, command, text: current, lead: '' }, sources);
  }
  const inline = /^(--[a-z-]+=)(.*)$/s.exec(current);
  if (!onlyWords && inline !== null) {
    const [, lead = '', text = ''] = inline;
    const option = optionOf(options, lead.slice(0, -1));
    return option === null ? noCandidates : optionValues({ option, command, text, lead }, sources);
  }
  if (!onlyWords && current.startsWith('-')) return list(flags(options), current);
  if (typed === undefined) return list(shape.commands.map(named), current);
  return command === undefined ? noCandidates : wordCandidates(command, current, sources);
}

function named({ name, summary }: CommandShape): Candidate {
  return { text: name, help: summary };
}

function flags(options: readonly OptionShape[]): readonly Candidate[] {
  return options.flatMap(({ flags: [long = ''], help, hidden }) =>
    hidden ? [] : [{ text: long, help }],
  );
}

/** Those that begin with what was typed. */
export function list(all: readonly Candidate[], current: string, goesOn = false): Candidates {
  const seen = new Set<string>();
  const kept = all.filter(({ text }) => {
    if (!text.startsWith(current) || seen.has(text)) return false;
    seen.add(text);
    return true;
  });
  return { kind: 'list', list: kept, goesOn };
}

async function wordCandidates(
  command: CommandShape,
  current: string,
  { shape, savedQueries }: Sources,
): Promise<Candidates> {
  if (current.startsWith('@') || command.name === 'queries') {
    const names = await savedQueries();
    const at = current.startsWith('@') ? '@' : '';
    return list(
      names.map((name) => ({ text: at + name, help: 'saved query' })),
      current,
    );
  }
  if (command.name === 'help') {
    return list([...shape.topics, ...shape.commands.map(named), ...shape.faults], current);
  }
  const choices = command.choices.map((text) => ({ text, help: '' }));
  if (choices.length > 0) return list(choices, current);
  return /file|dir|path|glob/i.test(command.words) ? fileCandidates : noCandidates;
}
