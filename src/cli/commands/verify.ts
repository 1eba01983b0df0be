/** `coldcase verify`: whether every byte of the store is what was stored. Changes nothing. */
import { exactInstant } from '../../render/cell.js';
import { formatCount, plural } from '../../render/number.js';
import type { Table } from '../../render/table.js';
import { type Damage, type LostSource, sourcesOfFile } from '../../store/damage.js';
import { type Gap, gapsOf } from '../../store/gap.js';
import { sourcesOf, type Verification, verify } from '../../store/verify.js';
import { type Answer, wholeLinesBlock } from '../answer.js';
import type { CommandModule, Invocation } from '../command.js';
import { limitsOf, withInspector } from '../lazy-engine.js';
import { flagOption } from '../option-values.js';
import { presentMs } from '../present-time.js';
import { placeWords } from '../shell-text.js';
import { formatBytes } from '../size.js';

export const verifyCommand: CommandModule = {
  name: 'verify',
  words: '',
  summary: 'check every byte of the store against its log and checksums',
  examples: [
    ['coldcase verify', 'the log, checkpoints, every data file, the ledger, rejects'],
    ['coldcase verify --quick', 'presence, sizes and the log; no file is read whole'],
    ['coldcase verify --json', 'exit code 1 and a list of damages when something is wrong'],
  ],
  options: [{ flags: '--quick', help: 'the log, and presence and size of files; no checksums' }],
  run: verifyStore,
};

/** Faults told one by one; the table has them all. Chosen by us. */
const maxFaults = 10;

async function verifyStore(invocation: Invocation): Promise<Answer> {
  const { settings, values, progress, signal } = invocation;
  const nowMs = await presentMs(invocation);
  const found = await withInspector(limitsOf(settings), (inspector) =>
    verify({
      place: { storeDir: settings.store, name: settings.dataset },
      inspector,
      quick: flagOption(values, 'quick') ?? false,
      nowMs,
      say: (text) => progress.say(text),
      signal,
    }),
  );
  return answerOf(found, placeWords([], settings));
}

function answerOf(found: Verification, place: readonly string[]): Answer {
  const { damages } = found;
  const table = damagesTable(damages);
  const isWhole = damages.length === 0;
  return {
    blocks: [wholeLinesBlock(linesOf(found))],
    table,
    document: {
      whole: isWhole,
      quick: found.quick,
      version: found.dataset?.snapshot.version ?? null,
      first_commit: found.log.commits?.first ?? null,
      last_commit: found.log.commits?.last ?? null,
      commits: found.log.commits?.count ?? 0,
      checkpoints: found.log.checkpointCount,
      files: found.dataset?.snapshot.files.length ?? null,
      foreign_files: found.foreignCount,
      rows_kept: found.rowCount,
      bytes: found.fileBytes,
      holds: found.holdCount,
      holds_expired: found.expiredHoldCount,
      sidecars: found.sidecarCount,
      rejects_files: found.rejects.checkedCount + found.rejects.uncheckedCount,
      gaps: gapsIn(found).map(({ file, rowCount, window, why }) => ({
        path: file.path,
        rows: rowCount,
        start: exactInstant(window.start),
        end: exactInstant(window.end),
        why,
        sources: gapSources(found, { file }).map(({ sha256, bytes, path }) => {
          return { sha256, bytes, path };
        }),
      })),
      leftover_files: found.leftovers.removedCount,
      leftover_bytes: found.leftovers.removedBytes,
      rows: damages.map((damage) => ({
        code: damage.fault.code,
        path: damage.path,
        date: damage.date,
        rows: damage.rowCount,
        problem: damage.fault.message,
        sources: damage.sources.map(({ sha256, bytes, path }) => ({ sha256, bytes, path })),
      })),
    },
    prose: true,
    notes: notesOf(found),
    next: isWhole ? [] : [['coldcase repair', ...place, '--dry-run'].join(' ')],
    exitCode: isWhole ? 0 : 1,
    faults: damages.slice(0, maxFaults).map(({ fault }) => fault),
  };
}

function linesOf(found: Verification): readonly string[] {
  const { damages, log, holdCount, expiredHoldCount, rejects, leftovers } = found;
  const { commits, checkpointCount } = log;
  const holds = plural(holdCount, 'hold');
  const kept = [
    plural(rejects.checkedCount + rejects.uncheckedCount, 'rejects file'),
    expiredHoldCount === 0 ? holds : `${holds} (${formatCount(expiredHoldCount)} expired)`,
    plural(leftovers.removedCount, 'leftover file'),
  ];
  return [
    ...(damages.length === 0 ? [] : [lossText(found)]),
    `${damages.length === 0 ? 'whole ' : 'store '}    ${sizeText(found)}`,
    `log       ${plural(commits?.count ?? 0, 'commit')}, ${plural(checkpointCount, 'checkpoint')}`,
    `besides   ${kept.join(', ')}`,
    ...gapLines(found),
    `checked   ${checkedText(found)}`,
    ...damages.flatMap(damageLines),
  ];
}

function gapsIn({ dataset }: Verification): readonly Gap[] {
  return dataset === null ? [] : gapsOf(dataset);
}

/** Files that were damaged before and are no part of the table any more. */
function gapLines(found: Verification): readonly string[] {
  const gaps = gapsIn(found);
  if (gaps.length === 0) return [];
  const rows = gaps.reduce((sum, { rowCount }) => sum + (rowCount ?? 0), 0);
  const files = plural(gaps.length, 'damaged data file');
  const sources = new Map(
    gaps.flatMap((gap) => gapSources(found, gap)).map((source) => [source.sha256, source]),
  );
  const from = sourcesText([...sources.values()]);
  return [
    `gaps      ${files} taken out of the table, ${plural(rows, 'row')}`,
    ...(from === null ? [] : [`          ingested from ${from}`]),
  ];
}

function gapSources(
  { dataset, log }: Verification,
  { file }: Pick<Gap, 'file'>,
): readonly LostSource[] {
  return dataset === null ? [] : sourcesOfFile(file, sourcesOf(dataset, log.sourcePaths));
}

function sizeText({ dataset, rowCount, fileBytes, log: { commits } }: Verification): string {
  const versions = commits === null ? [] : [`versions ${commits.first}..${commits.last}`];
  if (dataset === null) return ['no version can be read', ...versions].join(', ');
  const rows = rowCount === null ? 'rows unknown' : plural(rowCount, 'row');
  const files = plural(dataset.snapshot.files.length, 'data file');
  return [`${rows} in ${files}`, formatBytes(fileBytes), ...versions].join(', ');
}

function lossText({ damages, rowCount }: Verification): string {
  const days = new Set(damages.flatMap(({ date }) => date ?? []));
  const rows = damages.reduce((sum, damage) => sum + (damage.rowCount ?? 0), 0);
  const of = rowCount === null ? '' : ` of ${formatCount(rowCount)}`;
  const lost =
    days.size === 0 ? '' : `: ${formatCount(rows)}${of} rows on ${plural(days.size, 'day')}`;
  return `DAMAGED   ${plural(damages.length, 'fault')}${lost}`;
}

/** What is wrong, where, and which sources brought it. */
function damageLines({ fault, date, rowCount, sources }: Damage): readonly string[] {
  const rows = rowCount === null ? [] : [plural(rowCount, 'row')];
  const at = [...(date === null ? [] : [date]), ...rows].join(', ');
  const from = sourcesText(sources);
  return [
    '',
    `${fault.code}    ${fault.message}`,
    ...(at === '' ? [] : [`          ${at}`]),
    ...(from === null ? [] : [`          ingested from ${from}`]),
  ];
}

function checkedText({ quick, foreignCount, dataset, sidecarCount }: Verification): string {
  if (dataset === null) return 'the log; no data file, since no version can be read';
  if (quick) return 'the log; presence, size and both ends of every data file';
  const but = foreignCount === 0 ? '' : ' (those of other tools carry none)';
  const beside = sidecarCount === 0 ? '' : `, ${plural(sidecarCount, 'sidecar')} against rows`;
  return `the log, SHA-256 of every data file${but}, rows, instants, days, sums${beside}`;
}

function notesOf({ quick, leftovers, rejects }: Verification): Answer['notes'] {
  const texts = [
    ...(quick ? ['without --quick every byte is compared with its checksum'] : []),
    ...(leftovers.removedCount === 0
      ? []
      : [`${formatBytes(leftovers.removedBytes)} of leftovers go with coldcase compact`]),
    ...(rejects.uncheckedCount === 0
      ? []
      : [`${plural(rejects.uncheckedCount, 'rejects file')} without a checksum, not checked`]),
  ];
  return texts.map((text) => ({ level: 'info', code: 'verify', text }));
}

function damagesTable(damages: readonly Damage[]): Table {
  return {
    columns: [
      { key: 'code', title: 'code', align: 'left', show: 'text' },
      { key: 'date', title: 'day', align: 'left', show: 'text' },
      { key: 'rows', title: 'rows', align: 'right', show: 'count' },
      { key: 'problem', title: 'what is wrong', align: 'left', show: 'text' },
      { key: 'sources', title: 'ingested from', align: 'left', show: 'text' },
    ],
    rows: damages.map(({ fault, date, rowCount, sources }) => {
      return [fault.code, date, rowCount, fault.message, sourcesText(sources)];
    }),
    seriesMax: null,
    footer: [],
  };
}

/** More of them are only counted. Chosen by us. */
const maxSources = 3;

/** Sources by path, or by the start of their hash; null when none is known. */
export function sourcesText(sources: readonly LostSource[]): string | null {
  if (sources.length === 0) return null;
  const shown = sources
    .slice(0, maxSources)
    .map(({ path, sha256 }) => path ?? `sha256 ${sha256.slice(0, 12)}`);
  const more = sources.length - shown.length;
  return [...shown, ...(more === 0 ? [] : [`${formatCount(more)} more`])].join(', ');
}
