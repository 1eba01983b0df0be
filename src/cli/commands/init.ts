/** `coldcase init`: makes an empty store and a coldcase.yaml that says where it is. */
import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import { Fault } from '../../base/fault.js';
import { plural } from '../../render/number.js';
import { changeSettings, initDataset, listDatasets, openDataset } from '../../store/dataset.js';
import { defaultSettings } from '../../store/settings.js';
import { type Answer, linesBlock, noTable } from '../answer.js';
import type { CommandModule, Invocation } from '../command.js';
import { type GuessedFiles, globsOf, guessFiles, roleColumns } from '../init-guess.js';
import { keepDaysOf } from '../keep.js';
import { lazyCheckpoints, limitsOf } from '../lazy-engine.js';
import { flagOption, textOption } from '../option-values.js';
import { rolesOf } from '../role-options.js';
import { roleText } from '../role-text.js';
import { shellWord } from '../shell-text.js';
import { writeWholeFile } from '../sink.js';

export const initCommand: CommandModule = {
  name: 'init',
  words: '[files...]',
  summary: 'make a store here',
  examples: [
    ['coldcase init', 'in ./.coldcase'],
    ['coldcase init --from access/*.ndjson', 'formats and roles from files'],
    ['coldcase init --keep 90d --bad "status >= 500 or status = 401"', ''],
  ],
  options: [
    { flags: '--from <files>', help: 'guess format and roles, and write them down' },
    { flags: '--yes', help: 'write coldcase.yaml anew when there is one' },
    { flags: '--keep <days>', help: 'days to keep: 60d' },
    { flags: '--bad <expr>', help: 'what counts as failing (status >= 500)' },
  ],
  run: init,
};

const configName = 'coldcase.yaml';

interface Chosen {
  readonly keepDays: number;
  readonly bad: string;
  readonly guessed: GuessedFiles | null;
  /** Files as typed. */
  readonly files: readonly string[];
}

async function init(invocation: Invocation): Promise<Answer> {
  const { values, settings, words } = invocation;
  const from = textOption(values, 'from');
  if (from === undefined && words.length > 0) throw needsFrom(words);
  const keepDays = keepDaysOf(textOption(values, 'keep') ?? settings.config.keep ?? '60d');
  if (settings.bad !== null) await checkRule(settings.bad);
  const files = from === undefined ? [] : [from, ...words];
  const guessed = files.length === 0 ? null : await guessFiles(invocation, files);
  const bad = settings.bad ?? guessed?.kinds[0]?.bad ?? defaultSettings.bad;
  const chosen = { keepDays, bad, guessed, files };
  const made = await makeStore(invocation, chosen);
  const written = await writeConfig(invocation, chosen);
  return answerOf(invocation, chosen, { made, written });
}

function needsFrom([first = '']: readonly string[]): Fault {
  const hint = `write coldcase init --from ${shellWord(first)}`;
  return new Fault(
    'CC1004',
    { command: 'init', problem: `expected no word, found ${first}` },
    { hint },
  );
}

/** False when there was one already, which `--from` leaves as it is. **Faults** CC4005. */
async function makeStore(
  { settings, clock }: Invocation,
  { keepDays, bad, guessed }: Chosen,
): Promise<boolean> {
  const place = { storeDir: settings.store, name: settings.dataset };
  if (guessed !== null && (await listDatasets(place.storeDir)).includes(place.name)) return false;
  const nowMs = Math.floor(clock.now() / 1000);
  await initDataset(place, nowMs);
  const { roles = {}, rollup } = settings.config;
  const dataset = await openDataset(place, lazyCheckpoints(limitsOf(settings)));
  const change = { bad, keepDays, roles: rolesOf(roles), ...(rollup && { rollup }) };
  await changeSettings(dataset, change, nowMs);
  return true;
}

function answerOf(
  { settings }: Invocation,
  { keepDays, bad, guessed, files }: Chosen,
  { made, written }: { readonly made: boolean; readonly written: boolean },
): Answer {
  const kept = `kept     ${configName} as it is; --yes writes it anew`;
  return {
    blocks: [
      linesBlock([
        ...(guessed === null ? [] : guessLines(guessed)),
        `store    ${settings.store}, dataset ${settings.dataset}`,
        ...(made ? [] : ['kept     the store as it is']),
        `keep     ${keepDays} days`,
        `bad      ${bad}`,
        ...(written ? [`wrote    ${configName}`] : guessed === null ? [] : [kept]),
      ]),
    ],
    table: noTable,
    document: {
      store: settings.store,
      dataset: settings.dataset,
      keep_days: keepDays,
      bad,
      config: written ? configName : null,
      guessed: (guessed?.kinds ?? []).map((kind) => ({
        format: kind.format,
        why: kind.why,
        files: kind.paths.length,
        roles: roleColumns(kind),
      })),
    },
    prose: true,
    notes: (guessed?.kinds ?? []).flatMap(({ paths, notes }) =>
      notes.map((text) => ({ level: 'info', code: 'input', text: `${paths[0] ?? ''}: ${text}` })),
    ),
    next: [nextCommand(files, written)],
    exitCode: 0,
  };
}

/** Sources of the config are ingested without being named. */
function nextCommand(files: readonly string[], written: boolean): string {
  if (files.length === 0) return 'coldcase ingest FILES';
  const named = written ? [] : globsOf(files).map(shellWord);
  return ['coldcase ingest', ...named].join(' ');
}

function guessLines({ fileCount, kinds }: GuessedFiles): readonly string[] {
  const looked = kinds.reduce((sum, { paths }) => sum + paths.length, 0);
  const lines = kinds.flatMap(({ format, why, choices, paths }) => [
    `format   ${format.padEnd(12)}${plural(paths.length, 'file')}, ${why}`,
    ...choices.map(
      (choice, index) => `${(index === 0 ? 'roles' : '').padEnd(9)}${roleText(choice)}`,
    ),
  ]);
  const rest = fileCount - looked;
  return rest === 0 ? lines : [...lines, `not looked at: ${plural(rest, 'more file')}`];
}

async function checkRule(bad: string): Promise<void> {
  const { parseExpression } = await import('../../expression/parse.js');
  parseExpression(bad, '--bad');
}

/** A config is the person's: one that is there is written over only when that is asked for. */
async function writeConfig(
  { settings, values }: Invocation,
  { bad, keepDays, guessed, files }: Chosen,
): Promise<boolean> {
  if (existsSync(configName) && flagOption(values, 'yes') !== true) return false;
  const inside = relative(process.cwd(), settings.store);
  const path = inside.startsWith('..') ? settings.store : inside;
  const lines = [
    `store: ${quote(path)}`,
    `keep: ${keepDays}d`,
    `bad: ${quote(bad)}`,
    ...(guessed === null ? [] : guessedLines(guessed, files)),
  ];
  await writeWholeFile(configName, [`${lines.join('\n')}\n`]);
  return true;
}

/** Roles of the most frequent kind; every kind is a source, alone one by what was typed. */
function guessedLines({ kinds }: GuessedFiles, files: readonly string[]): readonly string[] {
  const [first] = kinds;
  if (first === undefined) return [];
  const roles = Object.entries(roleColumns(first)).map(
    ([role, labels]) => `  ${role}: ${JSON.stringify(labels)}`,
  );
  const sources = kinds.flatMap(({ format, paths }) =>
    globsOf(kinds.length === 1 ? files : paths).map((glob) => [
      `  - glob: ${quote(glob)}`,
      `    format: ${format}`,
    ]),
  );
  return [...(roles.length === 0 ? [] : ['roles:', ...roles]), 'sources:', ...sources.flat()];
}

/** JSON texts are YAML texts. */
function quote(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : JSON.stringify(text);
}
