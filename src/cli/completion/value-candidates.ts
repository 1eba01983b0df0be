/** Values of options: closed lists, times, names of columns, and what the data holds. */

import { roleNames } from '../../event/role.js';
import { calculationOps } from '../../query/spec.js';
import { outputFormats } from '../format.js';
import {
  type Candidate,
  type Candidates,
  fileCandidates,
  list,
  noCandidates,
  type Sources,
} from './candidates.js';
import { filterCandidates } from './expression-candidates.js';
import { columnNames, type Known } from './known.js';
import type { CommandShape, OptionShape } from './program-shape.js';

export interface WantedValue {
  readonly option: OptionShape;
  readonly command: CommandShape | undefined;
  /** The value typed so far. */
  readonly text: string;
  /** What stands before the value in the same word: `--by=`. */
  readonly lead: string;
}

/** Candidates for the value of an option. */
export async function optionValues(wanted: WantedValue, sources: Sources): Promise<Candidates> {
  const { option, text, lead } = wanted;
  const name = (option.flags[0] ?? '').replace(/^--/, '');
  const whole = (texts: readonly string[], goesOn = false): Candidates =>
    list(plain(texts, lead), lead + text, goesOn);
  switch (name) {
    case 'where':
    case 'bad':
    case 'fail-on':
      return whole(filterCandidates(text, await sources.known()), true);
    case 'by':
      return whole(items(text, columnNames(await sources.known())));
    case 'calc':
      return whole(items(text, calculationTexts(text, await sources.known())), true);
    case 'having':
      return whole(items(text, calculationTexts(text, await sources.known())), true);
    case 'order':
      return whole(items(text, orderTexts(text, await sources.known())));
    case 'map':
      return whole(mappingTexts(text, await sources.known()), !text.includes('='));
    case 'set':
      return whole(
        roleNames.map((role) => `${role}=`),
        true,
      );
    case 'format':
      return whole(wanted.command?.name === 'ingest' ? inputFormats : outputFormats);
    case 'tz':
      return whole(['UTC', 'local', ...Intl.supportedValuesOf('timeZone')]);
    default:
      return byPlaceholder(wanted, whole);
  }
}

/** Formats of input, as `ingest --format` takes them. */
const inputFormats =
  'ndjson json otlp csv tsv access elb w3c logfmt container syslog pattern parquet arrow'.split(
    ' ',
  );

const durations = ['5m', '15m', '1h', '2h', '6h', '1d', '7d', '30d'];
const times = ['1h ago', '1d ago', '7d ago', 'today', 'yesterday', 'now-1h'];

function byPlaceholder(
  { option: { placeholder, flags } }: WantedValue,
  whole: (texts: readonly string[]) => Candidates,
): Candidates {
  if (placeholder.includes('|')) return whole(placeholder.split('|'));
  if (placeholder === 'dir') return { ...fileCandidates, kind: 'directories' };
  if (/^(file|path|glob)/.test(placeholder)) return fileCandidates;
  if (placeholder === 'duration') return whole(durations);
  if (placeholder === 'time') return whole(times);
  return flags.includes('--every') ? whole(['auto', '1m', ...durations]) : noCandidates;
}

function plain(texts: readonly string[], lead: string): readonly Candidate[] {
  return texts.map((text) => ({ text: lead + text, help: '' }));
}

/** The list typed so far with each name in place of its last item; none is named twice. */
function items(text: string, names: readonly string[]): readonly string[] {
  const place = text.lastIndexOf(',') + 1;
  const before = text.slice(0, place);
  const taken = new Set(before.split(','));
  const last = text.slice(place);
  const modified = /^(.+):\w*$/.exec(last)?.[1];
  const all = modified === undefined ? names : modifiers.map((one) => `${modified}:${one}`);
  return all.filter((name) => !taken.has(name)).map((name) => before + name);
}

const modifiers = ['class', 'log10', '1', '2'];

const ownNames = [
  ...calculationOps.filter((op) => op !== 'percentile'),
  'p50',
  'p90',
  'p95',
  'p99',
];
const withoutColumn: ReadonlySet<string> = new Set(['count', 'rate', 'error_rate']);

function calculationTexts(text: string, known: Known): readonly string[] {
  const open = /([\w.]+)\([^(),]*$/.exec(text.slice(text.lastIndexOf(',') + 1))?.[1];
  if (open !== undefined) return columnNames(known).map((name) => `${open}(${name})`);
  return ownNames.map((name) => (withoutColumn.has(name) ? name : `${name}(`));
}

function orderTexts(text: string, known: Known): readonly string[] {
  const names = [...calculationTexts(text, known), ...columnNames(known)];
  return text.slice(text.lastIndexOf(',') + 1).startsWith('-')
    ? names.map((name) => `-${name}`)
    : names;
}

function mappingTexts(text: string, known: Known): readonly string[] {
  const role = /^([a-z]+)=/.exec(text)?.[1];
  if (role === undefined) return roleNames.map((name) => `${name}=`);
  return known.columns.map((column) => `${role}=${column}`);
}
