/** `coldcase marker`: deploys, incidents and scalings beside the events. */
import { readFile } from 'node:fs/promises';
import { Fault } from '../../base/fault.js';
import { exactInstant } from '../../render/cell.js';
import { plural } from '../../render/number.js';
import type { Table } from '../../render/table.js';
import { type Dataset, openDataset } from '../../store/dataset.js';
import {
  addMarkers,
  markersIn,
  readMarkers,
  removeMarker,
  type StoredMarker,
  storedMarker,
} from '../../store/marker-log.js';
import { spanOf } from '../../store/status.js';
import { parseTime, type TimeContext } from '../../time/parse.js';
import { type Answer, linesBlock } from '../answer.js';
import type { CommandModule, Invocation } from '../command.js';
import { inferredMarkers } from '../inferred-markers.js';
import { keptCheckpoints, openEngine } from '../lazy-engine.js';
import { importMarkers, type MarkerReject } from '../marker-import.js';
import { namedMarker } from '../named-marker.js';
import { flagOption, textOption } from '../option-values.js';
import { presentMs } from '../present-time.js';
import { querySourceOf } from '../query-source.js';
import { chooseWindow, windowOptionSpecs } from '../window-options.js';

export const markerCommand: CommandModule = {
  name: 'marker',
  words: '[verb] [names...]',
  summary: 'deploys and incidents beside the events: add, list, import',
  examples: [
    ["coldcase marker add 'deploy build-31904' --at '2020-04-16 17:00' --type deploy", ''],
    ['coldcase marker list --last 7d', 'with --inferred also versions first seen'],
    ['coldcase marker import deploys.csv', 'CSV, JSON of honeymarker, of scalings, of kubectl'],
    ["git log --format='%cI %h %s' | coldcase marker import - --type commit", ''],
    ['coldcase marker rm 3f1c0a9b2d', 'by id, message or a word of it'],
  ],
  options: [
    { flags: '--type <name>', help: 'of what is added or says none itself (marker)' },
    { flags: '--end <time>', help: 'with add: it lasted until here' },
    { flags: '--url <link>', help: 'with add: where to read more' },
    { flags: '--inferred', help: 'with list: deploys read off versions first seen' },
    ...windowOptionSpecs,
  ],
  run: marker,
};

async function marker(invocation: Invocation): Promise<Answer> {
  const { settings, words, atExit } = invocation;
  const [verb = 'list', ...names] = words;
  const place = { storeDir: settings.store, name: settings.dataset };
  const dataset = await openDataset(place, keptCheckpoints(settings, atExit), 'files');
  switch (verb) {
    case 'list':
      if (names.length > 0) throw usage(`list takes no names, found ${names.join(' ')}`);
      return await list(invocation, dataset);
    case 'add':
      return await add(invocation, dataset, names);
    case 'rm':
      return await remove(invocation, dataset, names);
    case 'import':
      return await importAll(invocation, dataset, names);
    default:
      throw usage(`expected add, list, rm or import, found ${verb}`);
  }
}

function usage(problem: string): Fault {
  return new Fault('CC1004', { command: 'marker', problem });
}

async function add(
  invocation: Invocation,
  dataset: Dataset,
  names: readonly string[],
): Promise<Answer> {
  const { values, settings } = invocation;
  const message = names.join(' ').trim();
  if (message === '') throw usage("add needs a message: marker add 'deploy build-31904' --at TIME");
  const typed = textOption(values, 'at');
  if (typed === undefined) throw usage('add needs --at TIME');
  const nowMs = await presentMs(invocation);
  const context = (option: string): TimeContext => ({
    now: nowMs * 1000,
    zone: settings.zone,
    option,
  });
  const start = await parseTime(typed, context('--at'));
  const endText = textOption(values, 'end');
  const end = endText === undefined ? null : await parseTime(endText, context('--end'));
  if (end !== null && end <= start) throw new Fault('CC1102', { text: `${typed}..${endText}` });
  const type = textOption(values, 'type') ?? 'marker';
  const one = storedMarker({ start, end, type, message, url: textOption(values, 'url') ?? null });
  const added = await addMarkers(dataset.tableDir, [one], nowMs);
  return done(added === 1 ? 'added' : 'was there', [one]);
}

async function remove(
  invocation: Invocation,
  { tableDir }: Dataset,
  names: readonly string[],
): Promise<Answer> {
  const [name, ...others] = names;
  if (name === undefined || others.length > 0) throw usage('rm needs one id or name');
  const one = await namedMarker(tableDir, name);
  await removeMarker(tableDir, one.id, await presentMs(invocation));
  return done('removed', [one]);
}

/** Files are read first: all of them are added, or none. **Faults** CC1356. */
async function importAll(
  invocation: Invocation,
  { tableDir }: Dataset,
  paths: readonly string[],
): Promise<Answer> {
  if (paths.length === 0) throw usage('import needs files, or - for standard input');
  const type = textOption(invocation.values, 'type') ?? 'marker';
  const found: StoredMarker[] = [];
  const rejects: (MarkerReject & { readonly path: string })[] = [];
  for (const path of paths) {
    const read = importMarkers(await textOf(path), { zone: invocation.settings.zone, type });
    found.push(...read.markers);
    rejects.push(...read.rejects.map((reject) => ({ ...reject, path })));
  }
  const added = await addMarkers(tableDir, found, await presentMs(invocation));
  const counts = { read: found.length + rejects.length, added, rejected: rejects.length };
  const known = found.length - added;
  const lines = [
    `${plural(counts.read, 'record')} read: ${added} added, ${known} there already, ` +
      `${rejects.length} rejected`,
    ...rejects.slice(0, namedRejects).map(({ path, place, reason }) => {
      return `  ${path}:${place}  ${reason}`;
    }),
    ...(rejects.length > namedRejects ? [`  … ${rejects.length - namedRejects} more`] : []),
  ];
  return {
    ...done('', found),
    blocks: [linesBlock(lines)],
    document: { ...counts, known, rejects: rejects.map((one) => ({ ...one })) },
    exitCode: found.length === 0 && rejects.length > 0 ? 1 : 0,
  };
}

/** Chosen by us: rejects a terminal shows; JSON has all. */
const namedRejects = 5;

async function textOf(path: string): Promise<string> {
  if (path === '-') {
    const chunks: Buffer[] = [];
    for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
    return Buffer.concat(chunks).toString('utf8');
  }
  return readFile(path, 'utf8').catch((error: unknown) => {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new Fault('CC1356', { path, reason }, { cause: error });
  });
}

async function list(invocation: Invocation, dataset: Dataset): Promise<Answer> {
  const span = spanOf(dataset);
  const { range, notes } = await chooseWindow(invocation, span, null);
  const stored = await readMarkers(dataset.tableDir);
  const isInferred = flagOption(invocation.values, 'inferred') ?? false;
  const inferred = isInferred && span !== null ? await inferredIn(invocation, dataset, span) : [];
  const all = [
    ...stored.map((one) => ({ ...one, inferred: false })),
    ...inferred.map((one) => ({ ...one, inferred: true })),
  ].sort((left, right) => left.start - right.start || (left.id < right.id ? -1 : 1));
  const ids = new Set((range === null ? all : markersIn(all, range)).map(({ id }) => id));
  const shown = all.filter(({ id }) => ids.has(id));
  const table = tableOf(shown, isInferred);
  return {
    blocks: shown.length === 0 ? [linesBlock(['no markers'])] : [{ kind: 'table', table }],
    table,
    document: {
      rows: shown.map(({ start, end, ...one }) => ({
        ...one,
        start: exactInstant(start),
        end: end === null ? null : exactInstant(end),
      })),
      total: shown.length,
    },
    prose: false,
    notes,
    next: [],
    exitCode: 0,
  };
}

async function inferredIn(
  { settings, signal }: Invocation,
  dataset: Dataset,
  span: { readonly start: number; readonly end: number },
): Promise<readonly StoredMarker[]> {
  const source = querySourceOf(dataset, settings.store);
  const paths = source.files.map(({ path }) => path);
  const engine = await openEngine(settings, paths);
  try {
    return await inferredMarkers(source, span, { engine, signal });
  } finally {
    await engine.close();
  }
}

type Shown = StoredMarker & { readonly inferred?: boolean };

function tableOf(markers: readonly Shown[], isInferred: boolean): Table {
  const text = (key: string) => ({ key, title: key, align: 'left', show: 'text' }) as const;
  const time = (key: string) => ({ key, title: key, align: 'left', show: 'instant' }) as const;
  return {
    columns: [
      ...['start', 'end'].map(time),
      text('type'),
      { ...text('message'), essential: true },
      ...(isInferred ? [text('from')] : []),
      text('id'),
      text('url'),
    ],
    rows: markers.map(({ start, end, type, message, id, url, inferred }) => [
      start,
      end,
      type,
      message,
      ...(isInferred ? [inferred === true ? 'versions' : 'store'] : []),
      id,
      url,
    ]),
    seriesMax: null,
    footer: [plural(markers.length, 'marker')],
  };
}

function done(word: string, markers: readonly StoredMarker[]): Answer {
  const lines = markers.map(
    ({ start, type, message, id }) => `${word}  ${id}  ${exactInstant(start)}  ${type}  ${message}`,
  );
  return {
    blocks: [linesBlock(lines)],
    table: tableOf(markers, false),
    document: { rows: markers.map((one) => ({ ...one, start: exactInstant(one.start) })) },
    prose: true,
    notes: [],
    next: [],
    exitCode: 0,
  };
}
