/**
 * What holds for every command, and where each value came from:
 * flags > environment > coldcase.yaml up to the git root > the person's own config > defaults.
 */
import { extname, resolve } from 'node:path';
import { suggest } from '../base/suggest.js';
import { isDatasetName } from '../store/layout.js';
import { resolveZone } from '../time/calendar.js';
import { parseDuration } from '../time/duration.js';
import type { Config, LocatedConfig } from './config.js';
import { formatOfSuffix, formatSuffixes, type OutputFormat, outputFormats } from './format.js';
import {
  byteSize,
  flagOption,
  type OptionValues,
  oneOf,
  optionFault,
  textOption,
  wholeNumber,
} from './option-values.js';
import { defaultDataset, defaultStore, defaultZone } from './settings-defaults.js';
import type { Environment } from './terminal.js';

/** What was settled before a command runs: typed, from the environment, from files, or as usual. */
export interface Settings {
  readonly store: string;
  /** True when a person named the store, so that a missing one is a fault in any case. */
  readonly storeNamed: boolean;
  readonly dataset: string;
  readonly format: OutputFormat | null;
  readonly output: string | null;
  readonly zone: string;
  readonly wide: boolean;
  readonly footer: boolean;
  /** Asked for, so that formats for programs carry it too. */
  readonly footerInside: boolean;
  readonly csvRaw: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly debug: boolean;
  /** **Units** microseconds; null is no limit. */
  readonly timeoutMicros: number | null;
  /** **Units** bytes; null for what the machine allows. */
  readonly maxMemoryBytes: number | null;
  readonly threads: number | null;
  /** Where the engine spills; null for the system's temporary directory. */
  readonly spillDir: string | null;
  /** As typed; the time reader of the command resolves it. */
  readonly now: string | null;
  readonly bad: string | null;
  readonly config: Config;
  readonly pager: boolean;
  /** Whether questions answered are written to the person's history. */
  readonly history: boolean;
  /** Every setting with the text it was given, in a fixed order. */
  readonly origins: readonly SettingOrigin[];
}

/** Where a setting came from: an option, a variable, a file, or `default`. */
export interface SettingOrigin {
  readonly name: string;
  /** As given; null for the default. */
  readonly text: string | null;
  readonly origin: string;
}

/** Where settings come from, the first that says something wins. */
export interface SettingSources {
  readonly values: OptionValues;
  readonly env: Environment;
  /** Nearest first. */
  readonly configs: readonly LocatedConfig[];
}

interface Found {
  readonly text: string;
  readonly origin: string;
}

/** Picks each value from its nearest source. **Faults** CC1003, CC1103. */
export function settingsOf(sources: SettingSources): Settings {
  const origins: SettingOrigin[] = [];
  const find = (name: string, key: string, inConfig?: (config: Config) => string | undefined) => {
    const found = lookUp(sources, { name, key, inConfig });
    origins.push({ name, text: found?.text ?? null, origin: found?.origin ?? 'default' });
    return found?.text ?? null;
  };
  const configured = (name: string, inConfig: (config: Config) => string | undefined): void => {
    const found = inConfigs(sources.configs, inConfig);
    origins.push({ name, text: found?.text ?? null, origin: found?.origin ?? 'default' });
  };
  const store = find('store', 'store', (config) => config.store);
  const timeout = find('timeout', 'timeout');
  const memory = find('max-memory', 'maxMemory');
  const threads = find('threads', 'threads');
  const spillDir = find('spill-dir', 'spillDir');
  const output = find('output', 'output');
  const flag = (name: string): boolean => flagOption(sources.values, name) ?? false;
  const settings = {
    store: resolve(store ?? defaultStore),
    storeNamed: store !== null,
    dataset: datasetName(find('dataset', 'dataset') ?? defaultDataset),
    format: formatOf(sources.values, find('format', 'format'), output),
    output: output === '-' ? null : output,
    zone: zoneName(find('tz', 'tz', (config) => config.timezone) ?? defaultZone),
    wide: flag('wide'),
    footer: flagOption(sources.values, 'footer') ?? true,
    footerInside: flag('footer'),
    csvRaw: flag('csvRaw'),
    pager: flagOption(sources.values, 'pager') ?? true,
    quiet: flag('quiet'),
    verbose: flag('verbose'),
    debug: flag('debug') || (sources.env.COLDCASE_DEBUG ?? '') !== '',
    timeoutMicros: timeout === null ? null : parseDuration(timeout, '--timeout'),
    maxMemoryBytes: memory === null ? null : byteSize(memory, 'max-memory'),
    threads: threads === null ? null : wholeNumber(threads, 'threads', 1),
    spillDir: spillDir === null ? null : resolve(spillDir),
    history: historyKept(find('history', 'history', (config) => config.history)),
    now: find('now', 'now'),
    bad: find('bad', 'bad', (config) => config.bad),
    config: merged(sources.configs),
    origins,
  };
  configured('keep', (config) => config.keep);
  configured('roles', ({ roles }) => roles && rolesText(roles));
  configured('rollup', (config) => config.rollup?.join(', '));
  configured('queries', (config) => config.queries?.join(', '));
  configured('fields', (config) => config.fields?.map(({ name }) => name).join(', '));
  configured('sources', (config) => config.sources?.map(({ glob }) => glob).join(', '));
  return settings;
}

function lookUp(
  sources: SettingSources,
  wanted: {
    readonly name: string;
    readonly key: string;
    readonly inConfig: ((config: Config) => string | undefined) | undefined;
  },
): Found | null {
  const { name, key, inConfig } = wanted;
  const typed = textOption(sources.values, key);
  if (typed !== undefined) return { text: typed, origin: `--${name}` };
  const variable = `COLDCASE_${name.toUpperCase().replaceAll('-', '_')}`;
  const inEnv = sources.env[variable];
  if (inEnv !== undefined && inEnv !== '') return { text: inEnv, origin: `$${variable}` };
  return inConfig === undefined ? null : inConfigs(sources.configs, inConfig);
}

function rolesText(roles: NonNullable<Config['roles']>): string {
  const named = Object.entries(roles).map(([role, labels]) => `${role}=${labels.join('|')}`);
  return named.join(', ');
}

function inConfigs(
  configs: readonly LocatedConfig[],
  inConfig: (config: Config) => string | undefined,
): Found | null {
  for (const { path, config } of configs) {
    const text = inConfig(config);
    if (text !== undefined) return { text, origin: path };
  }
  return null;
}

/** A format that was typed wins over the suffix of the file, which wins over the environment. */
function formatOf(
  values: OptionValues,
  text: string | null,
  file: string | null,
): OutputFormat | null {
  if (flagOption(values, 'json') === true) return 'json';
  const isTyped = textOption(values, 'format') !== undefined;
  if (!isTyped && file !== null && formatOfSuffix(file) !== null) return null;
  if (text === null && file !== null) refuseSuffix(file);
  return text === null ? null : oneOf(text, 'format', outputFormats);
}

/** A name without a suffix says nothing of a format; one with another suffix says too much. */
function refuseSuffix(file: string): void {
  if (extname(file) === '' || formatOfSuffix(file) !== null) return;
  const expected = `a file ending in ${formatSuffixes.join(', ')}`;
  throw optionFault('output', file, { expected, hint: 'or name the format: --format csv' });
}

/** **Faults** CC1003. */
function historyKept(text: string | null): boolean {
  const word = (text ?? 'on').toLowerCase();
  if (['on', 'true', '1', 'yes'].includes(word)) return true;
  if (['off', 'false', '0', 'no'].includes(word)) return false;
  throw optionFault('history', word, { expected: 'on or off', hint: 'set COLDCASE_HISTORY=off' });
}

function zoneName(text: string): string {
  const zone = resolveZone(text);
  if (zone !== null) return zone;
  const zones = ['UTC', 'local', ...Intl.supportedValuesOf('timeZone')];
  const city = suggest(text, zones.map(cityOf));
  const near = suggest(text, zones) ?? zones.find((zone) => cityOf(zone) === city);
  const hint = near === undefined ? 'write UTC, local or Europe/Berlin' : `did you mean ${near}?`;
  throw optionFault('tz', text, { expected: 'a zone', hint });
}

/** `Berlin` of `Europe/Berlin`, as people type it. */
function cityOf(zone: string): string {
  return zone.slice(zone.lastIndexOf('/') + 1).replaceAll('_', ' ');
}

/** **Source** the design's rule for names: they become a directory on every file system. */
function datasetName(text: string): string {
  if (isDatasetName(text)) return text;
  const expected = 'a name of a-z, 0-9, dot, dash and _';
  throw optionFault('dataset', text, { expected, hint: 'for example --dataset events' });
}

function merged([nearest, farther]: readonly LocatedConfig[]): Config {
  return { ...farther?.config, ...nearest?.config };
}
