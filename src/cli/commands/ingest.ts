/** `coldcase ingest`: files, directories, globs or standard input into the store, in one commit. */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Fault, faultsOf } from '../../base/fault.js';
import type { RejectLimit } from '../../ingest/pipeline.js';
import type { IngestReport } from '../../ingest/receipt.js';
import { type Format, formats } from '../../ingest/record.js';
import {
  changeSettings,
  type Dataset,
  listDatasets,
  openOrInitDataset,
} from '../../store/dataset.js';
import type { Answer } from '../answer.js';
import type { CommandModule, Invocation } from '../command.js';
import { metByIngest } from '../completion/met-by-ingest.js';
import type { ConfigSource } from '../config.js';
import { joinReports, type ReceiptContext, receiptAnswer } from '../ingest-receipt.js';
import { defaultChoices, type IngestChoices, inputsOf, runIngest } from '../ingest-run.js';
import { keepDaysOf } from '../keep.js';
import { lazyCheckpoints, limitsOf } from '../lazy-engine.js';
import {
  flagOption,
  listOption,
  type OptionValues,
  oneOf,
  optionFault,
  textOption,
  wholeNumber,
} from '../option-values.js';
import { parseAssignments, parseMappings, rolesOf } from '../role-options.js';
import { placeWords } from '../shell-text.js';

export const ingestCommand: CommandModule = {
  name: 'ingest',
  words: '[files...]',
  summary: 'store files, directories, globs or standard input',
  examples: [
    ['coldcase ingest access/*.log', ''],
    ['coldcase ingest', 'the sources of coldcase.yaml'],
    ["coldcase ingest 'logs/{host}/access.log*'", 'the host from the path'],
    ['journalctl -o json | coldcase ingest -', ''],
    ['coldcase ingest app.log --map version=build --set service=api', ''],
  ],
  options: [
    { flags: '--format <name>', help: 'ndjson csv tsv access logfmt …; json: the receipt' },
    { flags: '--input-format <name>', help: 'of the files, also json: an array of objects' },
    { flags: '--pattern <regex>', help: 'lines by a regular expression with named groups' },
    { flags: '--map <role=col>', help: 'the column of a role', repeatable: true },
    { flags: '--set <col=value>', help: 'one value for all events', repeatable: true },
    { flags: '--source <pattern>', help: 'columns from the end of each path: {host}/x.log' },
    { flags: '--max-rejects <n>', help: 'store nothing when more are rejected: 100, 0.1%' },
    { flags: '--allow-partial', help: 'keep the readable start of a damaged file' },
    { flags: '--dry-run', help: 'read and count, store nothing' },
    { flags: '--force', help: 'store again what is stored already' },
    { flags: '--no-merge', help: 'leave small data files as they are; see coldcase compact' },
    { flags: '--columns <n>', help: 'most columns; the rest is kept beside them (1000)' },
  ],
  prepare: (values) => {
    if (inputFormatOf(values) === null || values.inputFormat !== undefined) return values;
    const { format: _, ...others } = values;
    return others;
  },
  run: ingest,
};

/** `--format json` asks for the receipt as JSON; every other input format names the input. */
function inputFormatOf(values: OptionValues): Format | null {
  const named = textOption(values, 'inputFormat');
  if (named !== undefined) return oneOf(named, 'input-format', formats);
  const format = formats.find((name) => name === values.format);
  return format === undefined || format === 'json' ? null : format;
}

async function ingest(invocation: Invocation): Promise<Answer> {
  const { words, settings } = invocation;
  const choices = choicesOf(invocation.values);
  if (words.length === 0) return ingestConfigured(invocation, choices);
  const inputs = inputsOf(words, choices.sourcePattern);
  const { zone } = settings;
  const context = { ...inputs, zone, place: placeWords([], settings) };
  if (inputs.sources.length === 0) return receiptAnswer(joinReports([], choices.dryRun), context);
  try {
    const dataset = await openStore(invocation, choices.dryRun);
    const report = await runIngest(invocation, dataset, inputs.sources, choices);
    const met = choices.dryRun ? null : await metByIngest(invocation, dataset);
    return { ...receiptAnswer(report, context), met };
  } catch (error) {
    return nothingStored(error, choices, context);
  }
}

/** A full disk is told in the form of a receipt, as whatever else keeps files from being stored. */
function nothingStored(error: unknown, choices: IngestChoices, context: ReceiptContext): Answer {
  const faults = faultsOf(error);
  if (!faults.some(({ code }) => code === 'CC5001')) throw error;
  return receiptAnswer(joinReports([], choices.dryRun), { ...context, faults });
}

/** Without files: the sources of the config, one commit each. */
async function ingestConfigured(invocation: Invocation, typed: IngestChoices): Promise<Answer> {
  const { settings } = invocation;
  const configured = settings.config.sources ?? [];
  if (configured.length === 0) {
    const problem = 'expected files, directories, globs or - for standard input, found none';
    throw new Fault('CC1004', { problem, command: 'ingest' });
  }
  const all = configured.map((source) => ({
    choices: configuredChoices(source, typed),
    inputs: inputsOf([source.glob], null),
  }));
  const reports: IngestReport[] = [];
  let met: Answer['met'] = null;
  for (const { choices, inputs } of all) {
    if (inputs.sources.length === 0) continue;
    const dataset = await openStore(invocation, choices.dryRun);
    reports.push(await runIngest(invocation, dataset, inputs.sources, choices));
    met = choices.dryRun ? null : await metByIngest(invocation, dataset);
  }
  const answer = receiptAnswer(joinReports(reports, typed.dryRun), {
    faults: all.flatMap(({ inputs }) => inputs.faults),
    skipped: all.flatMap(({ inputs }) => inputs.skipped),
    zone: settings.zone,
    place: placeWords([], settings),
  });
  return { ...answer, met };
}

function configuredChoices(source: ConfigSource, typed: IngestChoices): IngestChoices {
  const named = Object.entries(source.map ?? {}).map(([role, label]) => `${role}=${label}`);
  return {
    ...typed,
    format: source.format === undefined ? typed.format : oneOf(source.format, 'format', formats),
    pattern: source.pattern ?? typed.pattern,
    map: new Map([...parseMappings(named), ...typed.map]),
    set: new Map([...Object.entries(source.set ?? {}), ...typed.set]),
  };
}

function choicesOf(values: OptionValues): IngestChoices {
  const rejects = textOption(values, 'maxRejects');
  const columns = textOption(values, 'columns');
  return {
    format: inputFormatOf(values),
    pattern: textOption(values, 'pattern') ?? null,
    map: parseMappings(listOption(values, 'map')),
    set: parseAssignments(listOption(values, 'set')),
    sourcePattern: textOption(values, 'source') ?? null,
    maxRejects: rejects === undefined ? null : rejectLimit(rejects),
    allowPartial: flagOption(values, 'allowPartial') ?? false,
    dryRun: flagOption(values, 'dryRun') ?? false,
    force: flagOption(values, 'force') ?? false,
    merge: flagOption(values, 'merge') ?? true,
    columnCap:
      columns === undefined ? defaultChoices.columnCap : wholeNumber(columns, 'columns', 1),
  };
}

function rejectLimit(text: string): RejectLimit {
  const share = /^(\d{1,3}(?:\.\d+)?)%$/.exec(text)?.[1];
  if (share !== undefined && Number(share) <= 100) {
    return { kind: 'share', share: Number(share) / 100 };
  }
  if (/^\d+$/.test(text)) return { kind: 'count', count: wholeNumber(text, 'max-rejects', 0) };
  throw optionFault('max-rejects', text, {
    expected: 'a count or a share',
    hint: 'write 100 or 0.1%',
  });
}

/**
 * The store, made when there is none; never inside a directory that holds something else. A dry
 * run makes none where a person would see it.
 */
async function openStore(
  { settings, clock, atExit }: Invocation,
  dryRun: boolean,
): Promise<Dataset> {
  const datasets = await listDatasets(settings.store);
  const isNew = datasets.length === 0;
  if (isNew && existsSync(settings.store) && readdirSync(settings.store).length > 0) {
    throw new Fault('CC4001', { path: settings.store, dataset: settings.dataset });
  }
  const known = datasets.includes(settings.dataset);
  const storeDir = dryRun && !known ? privateStore(atExit) : settings.store;
  const place = { storeDir, name: settings.dataset };
  const nowMs = Math.floor(clock.now() / 1000);
  const dataset = await openOrInitDataset(place, lazyCheckpoints(limitsOf(settings)), nowMs);
  const { keep, roles, rollup } = settings.config;
  if (dataset.snapshot.version > 0) return dataset;
  const change = {
    ...(settings.bad === null ? {} : { bad: settings.bad }),
    ...(keep === undefined ? {} : { keepDays: keepDaysOf(keep) }),
    ...(roles === undefined ? {} : { roles: rolesOf(roles) }),
    ...(rollup === undefined ? {} : { rollup }),
  };
  return Object.keys(change).length === 0 ? dataset : changeSettings(dataset, change, nowMs);
}

function privateStore(atExit: Invocation['atExit']): string {
  const storeDir = mkdtempSync(join(tmpdir(), 'coldcase-dry-run-'));
  atExit(() => rmSync(storeDir, { recursive: true, force: true }));
  return storeDir;
}
