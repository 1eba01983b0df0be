/** `coldcase scan`: every detector over the days kept, and what nobody noticed. */
import { emptyReport, scan } from '../../forensics/scan.js';
import { type Change, changesNear, type NearChange } from '../../forensics/scan-change.js';
import {
  type DetectorName,
  detectorNames,
  type Finding,
  type ScanReport,
  type Severity,
  severities,
} from '../../forensics/scan-finding.js';
import { scanPort } from '../../forensics/scan-port.js';
import { type KnownFinding, knownOf, stateOf } from '../../forensics/scan-state.js';
import { straysOf } from '../../forensics/scan-stray.js';
import { isUnread, rowsInstead } from '../../query/execute.js';
import type { Engine, QuerySource } from '../../query/ports.js';
import type { Note } from '../../query/result.js';
import { jsonText } from '../../render/json.js';
import { readLastScan, writeLastScan } from '../../store/last-scan.js';
import { markerLabel, readMarkers } from '../../store/marker-log.js';
import { microsPerDay } from '../../time/instant.js';
import type { TimeRange } from '../../time/range.js';
import type { Answer } from '../answer.js';
import { usableRule } from '../bad-rule.js';
import type { CommandModule, Invocation } from '../command.js';
import { damageNotes } from '../damage-notes.js';
import { emptyNext, isEmptySource } from '../empty-answer.js';
import { fileOptionSpecs } from '../file-options.js';
import { hostChanges, inferredChanges } from '../inferred-markers.js';
import { openEngine } from '../lazy-engine.js';
import { listOption, oneOf, textOption } from '../option-values.js';
import { questionSource } from '../question-plan.js';
import {
  evidenceCommand,
  type NumberedFinding,
  type ScanPlace,
  scanDocument,
  scanTable,
} from '../scan-document.js';
import { scanBlocks } from '../scan-view.js';
import { placeWords } from '../shell-text.js';
import { openSource, type Source } from '../source.js';
import { chooseWindow, windowOptionSpecs } from '../window-options.js';

export const scanCommand: CommandModule = {
  name: 'scan',
  words: '[files...]',
  summary: 'what nobody noticed: failures, silence, slowness, mismatches',
  examples: [
    ['coldcase scan', 'the last 60 days of the store'],
    ['coldcase scan --since 7d --min-severity warning', 'for cron: exit 3 says look'],
    ['coldcase scan access/*.log', 'files, no store'],
  ],
  options: [
    ...windowOptionSpecs,
    { flags: '--bad <expr>', help: 'what counts as failing besides a failing status' },
    { flags: '--detectors <names>', help: 'only these, by name, with commas', repeatable: true },
    { flags: '--min-severity <level>', help: 'leave out what is less: critical warning low info' },
    { flags: '--fail-on <level>', help: 'exit 3 only from this severity on (low)' },
    { flags: '--no-rollups', help: 'read rows, as if nothing lay beside the data files' },
    ...fileOptionSpecs,
  ],
  run: runScan,
};

const ownMicros = 60 * microsPerDay;

async function runScan(invocation: Invocation): Promise<Answer> {
  const { values, settings, signal, words, progress } = invocation;
  const detectors = detectorsOf(listOption(values, 'detectors'));
  const least = severityOf(textOption(values, 'minSeverity') ?? 'info', 'min-severity');
  const failOn = severityOf(textOption(values, 'failOn') ?? 'low', 'fail-on');
  const source = await openSource(invocation);
  const asked = await questionSource(invocation, source);
  const strays = straysOf(asked.files);
  const span = strays.span ?? source.span;
  const isLong = span !== null && span.end - span.start > ownMicros;
  const window = await chooseWindow(invocation, span, isLong ? ownMicros : null);
  const range = covered(window.range, span);
  const text = textOption(values, 'bad') ?? source.bad;
  const isEmpty = range === null || isEmptySource(source);
  const rule = isEmpty ? { bad: null, notes: [] } : usableRule(text, asked);
  const engine = await openEngine(
    settings,
    asked.files.flatMap(({ path, rollups = [] }) => [path, ...rollups.map((one) => one.path)]),
  );
  try {
    const say = (step: string) => progress.say(step);
    const bad = rule.bad === null ? null : text;
    const { report, from, notes } =
      isEmpty || range === null
        ? { report: emptyReport(range ?? { start: 0, end: 0 }), from: asked, notes: [] }
        : await readWith(asked, (own) =>
            scan(scanPort(own, { engine, signal, say }), {
              window: range,
              bad,
              detectors,
              strays: strays.found,
            }),
          );
    const place: ScanPlace = {
      dataset: source.dataset.name,
      version: asked.version,
      words: placeWords(words, settings),
    };
    const kept = report.findings.filter(({ severity }) => isAtLeast(severity, least));
    const query = { files: words, detectors: [...detectors], min_severity: least, bad: text };
    const findings = await numbered(kept, source, {
      words,
      key: JSON.stringify([range, query]),
      near: await changesOf(source, from, {
        findings: kept,
        window: report.window,
        asking: { engine, signal },
      }),
    });
    const document = { query, ...scanDocument(report, findings.numbered, place) };
    if (words.length === 0) await remember(source, findings, document);
    const hasFound = kept.some(
      ({ severity }) => severity !== 'info' && isAtLeast(severity, failOn),
    );
    return {
      blocks: scanBlocks({ report, findings: findings.numbered, zone: settings.zone }),
      table: scanTable(findings.numbered),
      document,
      prose: false,
      notes: [
        ...source.notes,
        ...damageNotes(source, range && [range]),
        ...window.notes,
        ...notes,
        ...quietRule(rule.notes, report.rule),
      ],
      next: isEmpty ? emptyNext : nextCommands(findings.numbered, place, words.length === 0),
      exitCode: hasFound ? 3 : 0,
    };
  } finally {
    await engine.close();
  }
}

interface Scanned {
  readonly report: ScanReport;
  readonly from: QuerySource;
  readonly notes: readonly Note[];
}

/** Over rollups where they tell the same; over rows alone where one of them cannot be read. */
async function readWith(
  source: QuerySource,
  read: (from: QuerySource) => Promise<ScanReport>,
): Promise<Scanned> {
  try {
    return { report: await read(source), from: source, notes: [] };
  } catch (error) {
    if (source.rollups == null || !isUnread(error)) throw error;
    const from = { ...source, rollups: null };
    return { report: await read(from), from, notes: [rowsInstead] };
  }
}

type NearOf = (finding: Finding) => readonly NearChange[] | null;

interface ChangesQuestion {
  readonly findings: readonly Finding[];
  readonly window: TimeRange;
  readonly asking: { readonly engine: Engine; readonly signal: AbortSignal };
}

/** Of markers kept, but for incidents, and what versions and hosts tell; null where none can. */
async function changesOf(
  { dataset }: Source,
  source: QuerySource,
  { findings, window, asking }: ChangesQuestion,
): Promise<NearOf> {
  const stored = (await readMarkers(dataset.tableDir)).filter(({ type }) => type !== 'incident');
  const hasVersions = (source.roles.version?.length ?? 0) > 0;
  if (findings.length === 0 || (stored.length === 0 && !hasVersions)) return () => null;
  const kept = stored.map((marker): Change => {
    const { id, type, start } = marker;
    return { id, type, message: markerLabel(marker), at: start, service: null, version: null };
  });
  const inferred = await inferredChanges(source, window, asking);
  const ofHosts = await hostChanges(source, { findings, window }, asking);
  return (finding) => changesNear(finding, [...kept, ...inferred, ...ofHosts(finding)], window);
}

/** A rule that cannot be used matters only where nothing else says what failed. */
function quietRule(notes: readonly Note[], rule: string | null): readonly Note[] {
  return rule === null ? notes : [];
}

/** The part of the window that data is kept of. */
function covered(range: TimeRange | null, span: TimeRange | null): TimeRange | null {
  if (span === null) return null;
  if (range === null) return span;
  const start = Math.max(range.start, span.start);
  const end = Math.min(range.end, span.end);
  return start < end ? { start, end } : null;
}

/** **Faults** CC1003. */
function detectorsOf(typed: readonly string[]): ReadonlySet<DetectorName> {
  if (typed.length === 0) return new Set(detectorNames);
  const names = typed.flatMap((text) => text.split(','));
  return new Set(names.map((name) => oneOf(name.trim(), 'detectors', detectorNames)));
}

function severityOf(text: string, option: string): Severity {
  return oneOf(text, option, severities);
}

function isAtLeast(severity: Severity, least: Severity): boolean {
  return severities.indexOf(severity) <= severities.indexOf(least);
}

interface Numbered {
  readonly numbered: readonly NumberedFinding[];
  readonly key: string;
  readonly before: readonly unknown[];
}

/**
 * Compared with the scan before. The same scan again, of the same snapshot, compares with what
 * the first of them did, so that it says the same.
 */
async function numbered(
  findings: readonly Finding[],
  { dataset }: Source,
  {
    words,
    key: asked,
    near,
  }: {
    readonly words: readonly string[];
    readonly key: string;
    readonly near: NearOf;
  },
): Promise<Numbered> {
  const key = `${dataset.snapshot.version} ${asked}`;
  const last = words.length > 0 ? null : await readLastScan(dataset.tableDir);
  const before = last === null ? [] : last.key === key ? last.before : last.known;
  const known = before.filter(isKnown);
  return {
    key,
    before,
    numbered: findings.map((finding, index) => ({
      id: `scan:${index + 1}`,
      state: stateOf(finding, known),
      finding,
      changes: near(finding),
    })),
  };
}

function isKnown(value: unknown): value is KnownFinding {
  if (typeof value !== 'object' || value === null) return false;
  const isNumber = (name: string): boolean =>
    name in value && typeof Reflect.get(value, name) === 'number';
  return (
    'fingerprint' in value &&
    typeof value.fingerprint === 'string' &&
    'ongoing' in value &&
    ['start', 'end', 'bad'].every(isNumber)
  );
}

/** A store that may not be written to is scanned all the same. */
async function remember(
  { dataset }: Source,
  { key, before, numbered: findings }: Numbered,
  document: Answer['document'],
): Promise<void> {
  const known = findings.map(({ finding }) => knownOf(finding));
  const text = jsonText({
    key,
    before: JSON.parse(JSON.stringify(before)),
    known: known.map((one) => ({ ...one })),
    document,
  });
  await writeLastScan(dataset.tableDir, text).catch(() => undefined);
}

/** Files are scanned anew by the next command, so that only a store knows `scan:1`. */
function nextCommands(
  findings: readonly NumberedFinding[],
  place: ScanPlace,
  isStore: boolean,
): readonly string[] {
  const [first] = findings;
  if (first !== undefined && isStore && first.finding.bad > 0) {
    return [['coldcase explain', first.id, ...place.words].join(' ')];
  }
  const [evidence] = first?.finding.evidence ?? [];
  return evidence === undefined ? [] : [evidenceCommand(evidence, place)];
}
