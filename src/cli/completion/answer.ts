/** Answers one TAB: what the scripts of `coldcase complete` read. No fault and no engine. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { isDatasetName, tableDirOf } from '../../store/layout.js';
import { findConfigs } from '../config.js';
import { defaultDataset, defaultStore } from '../settings-defaults.js';
import type { Environment } from '../terminal.js';
import { mergeIntoCache, readCache } from './cache.js';
import { type Candidates, candidatesFor, fileCandidates } from './candidates.js';
import { type Known, nothingKnown } from './known.js';
import { namesFromLog } from './log-names.js';
import type { ProgramShape } from './program-shape.js';
import { readLine, type Shell } from './shell-line.js';
import { replacement } from './shell-text.js';

export interface TabRequest {
  readonly shell: Shell;
  /** The line up to the cursor. */
  readonly line: string;
  /** Characters at which bash begins another word; empty elsewhere. */
  readonly breaks: string;
}

export interface TabContext {
  readonly directory: string;
  readonly env: Environment;
  readonly shape: ProgramShape;
  /** The file that was started; the saved queries that are shipped lie near it. */
  readonly entry: string;
}

/**
 * What to put in for a line typed up to the cursor. **Shape** first `list`, `list-on` (no space
 * behind), `files` or `directories`; then a line for each candidate: text, tab, help.
 */
export async function answerTab(
  { shell, line, breaks }: TabRequest,
  context: TabContext,
): Promise<string> {
  const typed = readLine(line, shell);
  const asked = { words: typed.words.slice(1), current: typed.current };
  const found = typed.redirected
    ? fileCandidates
    : await candidatesFor(asked, {
        shape: context.shape,
        known: () => knownOf(asked.words, context),
        savedQueries: () => savedNames(context),
      });
  const put = (text: string) => replacement(text, typed, { shell, breaks });
  return `${[head(found), ...lines(found, put)].join('\n')}\n`;
}

function head({ kind, goesOn }: Candidates): string {
  return kind === 'list' && goesOn ? 'list-on' : kind;
}

/** A candidate that needs more than one line cannot be shown, let alone be put in. */
function lines({ list }: Candidates, textOf: (text: string) => string): readonly string[] {
  return list
    .filter(({ text }) => !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text))
    .map(({ text, help }) => `${textOf(text)}\t${help.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ')}`);
}

async function knownOf(words: readonly string[], { directory, env }: TabContext): Promise<Known> {
  const name = optionIn(words, '--dataset') ?? filled(env.COLDCASE_DATASET) ?? defaultDataset;
  if (!isDatasetName(name)) return nothingKnown;
  const named = optionIn(words, '--store') ?? filled(env.COLDCASE_STORE);
  const store = named ?? (await configuredStore(directory, env)) ?? defaultStore;
  const tableDir = tableDirOf(resolve(directory, store), name);
  const cached = readCache(env, tableDir);
  const known = await namesFromLog(tableDir, cached);
  if (known !== null && known.version !== cached?.version) mergeIntoCache(env, known);
  return known ?? nothingKnown;
}

/** Names of saved queries, as `coldcase query @NAME` finds them. */
async function savedNames({ directory, env, entry }: TabContext): Promise<readonly string[]> {
  const { savedFiles, shippedQueries } = await import('../saved-query-list.js');
  const configs = await findConfigs(directory, env).catch(() => []);
  const configured = configs.flatMap(({ config }) => config.queries ?? []);
  const places = { directory, configured, shipped: shippedQueries(entry) };
  return savedFiles(places).map(({ name }) => name);
}

async function configuredStore(directory: string, env: Environment): Promise<string | undefined> {
  const configs = await findConfigs(directory, env).catch(() => []);
  return configs.find(({ config }) => config.store !== undefined)?.config.store;
}

function optionIn(words: readonly string[], flag: string): string | undefined {
  const place = words.lastIndexOf(flag);
  const inline = words.findLast((word) => word.startsWith(`${flag}=`));
  return place < 0 ? inline?.slice(flag.length + 1) : words[place + 1];
}

function filled(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}

const shells: readonly Shell[] = ['bash', 'zsh', 'fish'];

/** Runs `coldcase __complete SHELL LINE [BREAKS]`. Says nothing rather than something wrong. */
export async function runTab(argv: readonly string[], shapeFile: URL): Promise<string> {
  const shell = shells.find((name) => name === argv[0]);
  if (shell === undefined) return '';
  try {
    const shape: ProgramShape = JSON.parse(readFileSync(shapeFile, 'utf8'));
    const context = { directory: process.cwd(), env: process.env, shape, entry: shapeFile.href };
    return await answerTab({ shell, line: argv[1] ?? '', breaks: argv[2] ?? '' }, context);
  } catch (error) {
    if (process.env.COLDCASE_DEBUG) throw error;
    return '';
  }
}
