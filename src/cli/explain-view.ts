/** The answer of `explain`: a few lines for people, every ranked cause for machines. */
import { isRoleName } from '../event/role.js';
import type { Contrast } from '../forensics/contrast.js';
import type { ContrastCause } from '../forensics/contrast-causes.js';
import { type ContrastItem, itemsLabel, itemsText } from '../forensics/contrast-item.js';
import { type ExplainedCause, rateWithout, toldSymptoms } from '../forensics/contrast-report.js';
import { type ContrastCounts, riskRatio, riskRatioInterval } from '../forensics/contrast-score.js';
import type { Cell } from '../query/ports.js';
import type { Note } from '../query/result.js';
import type { Filter } from '../query/spec.js';
import { exactInstant } from '../render/cell.js';
import type { JsonValue } from '../render/json.js';
import { formatCount, formatPercent, plural } from '../render/number.js';
import type { Table, TableColumn } from '../render/table.js';
import { formatMoment } from '../time/format.js';
import { type Answer, type Block, linesBlock } from './answer.js';
import type { Invocation } from './command.js';
import type { ExplainQuestion } from './commands/explain.js';
import { damageNotes } from './damage-notes.js';
import { sourceWords, windowText } from './next-words.js';
import { windowFields } from './query-document.js';
import { shellWord } from './shell-text.js';
import type { Source } from './source.js';

export interface ExplainFindings {
  readonly source: Source;
  readonly question: ExplainQuestion;
  readonly where: readonly Filter[];
  readonly found: Contrast;
  readonly causes: readonly ExplainedCause[];
  /** When each of `causes` set in. */
  readonly onsets: readonly (number | null)[];
  /** Causes given to machines, at most. */
  readonly most: number;
}

/** **Shape** of the document: `docs/explain.md`. */
export function explainAnswer(invocation: Invocation, findings: ExplainFindings): Answer {
  const { source, question, found } = findings;
  const damage = damageNotes(source, [question.window, question.baseline]);
  return {
    blocks: blocksOf(invocation, findings),
    table: machineTable(findings),
    document: {
      query: {
        files: [...invocation.words],
        bad: question.rule,
        where: findings.where.map(({ at }) => at?.text ?? ''),
      },
      window: windowFields(question.asked),
      baseline: isBaseline(question) ? windowFields(question.baseline) : null,
      events: found.all.window,
      bad_events: found.all.selected,
      bad_before: found.all.selectedBefore,
      events_before: found.all.before,
      causes: found.causes.slice(0, findings.most).map((cause) => causeFields(findings, cause)),
      total: found.causes.length,
      symptoms: toldSymptoms(found).map((cause) => causeFields(findings, cause)),
      left_out: found.ruleColumns.map(String),
      combined: found.combined.map((column) => found.columns[column]?.label ?? ''),
      bad: question.rule,
      source: {
        name: source.name,
        dataset: source.dataset.name,
        version: source.dataset.snapshot.version,
        files: { total: found.plan.files.total, read: found.plan.files.paths.length },
        rows: found.plan.files.rows,
        weighted: found.plan.weighted,
      },
    },
    prose: true,
    notes: [...source.notes, ...question.notes, ...damage, ...notesOf(findings)],
    next: nextCommands(invocation, findings),
    exitCode: 0,
  };
}

function isBaseline({ baseline }: ExplainQuestion): boolean {
  return baseline.end > baseline.start;
}

/** The column names of a cause with their values, as the findings contract has them. */
function dimsOf({ columns }: Contrast, items: readonly ContrastItem[]) {
  return Object.fromEntries(
    items.map((item): [string, JsonValue] => [columns[item.column]?.label ?? '', dimOf(item)]),
  );
}

function dimOf(item: ContrastItem): JsonValue {
  switch (item.kind) {
    case 'value':
      return item.value;
    case 'set':
      return [...item.values];
    case 'missing':
      return null;
    case 'range':
      return { above: item.low, to: item.high };
  }
}

function causeFields({ found, causes, onsets }: ExplainFindings, cause: ContrastCause) {
  const { all } = found;
  const { counts } = cause;
  const [low, high] = riskRatioInterval(counts, all);
  const told = causes.findIndex((entry) => entry.cause === cause);
  const onset = told < 0 ? null : (onsets[told] ?? null);
  return {
    dims: dimsOf(found, cause.items),
    text: itemsText(cause.items, found.columns),
    score: cause.score,
    k: counts.selected,
    n: counts.window,
    rows: counts.selectedRows,
    expected: cause.expected,
    share_of_bad: counts.selected / all.selected,
    share_of_good: shareOf(good(counts), good(all)),
    share_before: shareOf(counts.before, all.before),
    risk_ratio: riskRatio(counts, all),
    risk_ratio_ci: [low, high],
    rate_without: rateWithout(found, cause),
    chance: cause.chance,
    significant: cause.significant,
    shown: told >= 0,
    equivalent: (causes[told]?.equivalent ?? []).map(({ items }) => dimsOf(found, items)),
    step_at: onset === null ? null : exactInstant(onset),
  };
}

function good({ window, selected }: ContrastCounts): number {
  return window - selected;
}

function shareOf(part: number, whole: number): number | null {
  return whole <= 0 ? null : part / whole;
}

const text = (key: string): TableColumn => ({ key, title: key, align: 'left', show: 'text' });
const count = (key: string): TableColumn => ({ key, title: key, align: 'right', show: 'count' });
const number = (key: string): TableColumn => ({ key, title: key, align: 'right', show: 'number' });
const percent = (key: string): TableColumn => ({
  key,
  title: key,
  align: 'right',
  show: 'percent',
});

/** **Shape** one row a cause, best first. */
function machineTable({ found, most }: ExplainFindings): Table {
  const { all } = found;
  return {
    columns: [
      text('cause'),
      number('score'),
      ...['bad', 'events'].map(count),
      number('expected'),
      ...['share_of_bad', 'share_of_good', 'share_before', 'rate_without'].map(percent),
      number('risk_ratio'),
    ],
    rows: found.causes
      .slice(0, most)
      .map((cause): readonly Cell[] => [
        itemsText(cause.items, found.columns),
        cause.score,
        cause.counts.selected,
        cause.counts.window,
        cause.expected,
        cause.counts.selected / all.selected,
        shareOf(good(cause.counts), good(all)),
        shareOf(cause.counts.before, all.before),
        rateWithout(found, cause),
        riskRatio(cause.counts, all),
      ]),
    seriesMax: null,
    footer: [],
  };
}

function blocksOf(invocation: Invocation, findings: ExplainFindings): readonly Block[] {
  const { causes, found } = findings;
  const head = headLines(invocation, findings);
  if (causes.length === 0) return [linesBlock(head)];
  const same = causes.flatMap(({ cause, equivalent }) =>
    equivalent.map(({ items }) => {
      const [one, other] = [cause.items, items].map((list) => itemsLabel(list, found.columns));
      return `the same events: ${one}   ≡   ${other}`;
    }),
  );
  const beside = [...same, ...saidLines(findings)];
  return [
    linesBlock([...head, '']),
    { kind: 'table', table: peopleTable(invocation, findings) },
    ...(beside.length === 0 ? [] : [linesBlock(['', ...beside])]),
  ];
}

/** What the bad events say of themselves, where no line above has the very same events. */
function saidLines({ found, causes }: ExplainFindings): readonly string[] {
  const above = new Set(causes.flatMap(({ cause, equivalent }) => [cause, ...equivalent]));
  return toldSymptoms(found).flatMap((symptom) => {
    if (above.has(symptom)) return [];
    const share = formatPercent(symptom.counts.selected / found.all.selected);
    return [`said by ${share} of the bad: ${itemsLabel(symptom.items, found.columns)}`];
  });
}

function headLines({ settings }: Invocation, findings: ExplainFindings): readonly string[] {
  const { question, found, causes } = findings;
  const { all } = found;
  const moment = ({ start, end }: ExplainQuestion['window']): string =>
    `${formatMoment(start, settings.zone)} → ${formatMoment(end, settings.zone)}`;
  if (question.rule === null) {
    const others = all.window - all.selected;
    const alike = causes.length === 0 ? ': no column tells them apart' : '';
    return [
      `${formatCount(all.selected)} events of ${moment(question.asked)} ${settings.zone}`,
      `against ${formatCount(others)} others${alike}`,
    ];
  }
  const rate = shareOf(all.selected, all.window);
  const before = shareOf(all.selectedBefore, all.before);
  const first = `${formatCount(all.selected)} bad of ${formatCount(all.window)} events`;
  const shares = [
    ...(rate === null ? [] : [formatPercent(rate)]),
    ...(before === null ? ['nothing kept before'] : [`${formatPercent(before)} before`]),
  ];
  return [
    `${first} (${shares.join(', ')})   bad: ${question.rule}`,
    `${moment(question.asked)} ${settings.zone}`,
    ...(causes.length === 0 ? ['nothing marks them: no value stands out in any column'] : []),
  ];
}

function peopleTable({ settings }: Invocation, findings: ExplainFindings): Table {
  const { causes, onsets, found, question } = findings;
  const { all } = found;
  const isPair = question.rule === null;
  const share = (key: string, title: string): TableColumn => ({ ...percent(key), title });
  const hasPast = all.before > 0;
  return {
    columns: [
      {
        ...text('cause'),
        title: isPair ? 'what differs' : 'what marks the bad ones',
        essential: true,
      },
      share('bad', isPair ? 'in these' : 'in bad'),
      share('good', isPair ? 'in the others' : 'in good'),
      ...(hasPast ? [share('before', 'before')] : []),
      ...(isPair ? [] : [{ ...text('onset'), title: 'sets in' }, share('without', 'without it')]),
    ],
    rows: causes.map(({ cause }, index) => {
      const { counts } = cause;
      const onset = onsets[index] ?? null;
      return [
        itemsLabel(cause.items, found.columns),
        counts.selected / all.selected,
        shareOf(good(counts), good(all)),
        ...(hasPast ? [shareOf(counts.before, all.before)] : []),
        ...(isPair
          ? []
          : [
              onset === null ? null : onsetText(onset, question, settings.zone),
              rateWithout(found, cause),
            ]),
      ];
    }),
    seriesMax: null,
    footer: footerOf(findings),
  };
}

/** The day only where the window has several. */
function onsetText(onset: number, { asked }: ExplainQuestion, zone: string): string {
  const [moment, first, last] = [onset, asked.start, asked.end - 1].map((at) =>
    formatMoment(at, zone),
  );
  const isOneDay = first?.slice(0, 10) === last?.slice(0, 10);
  return (isOneDay ? moment?.slice(11) : moment) ?? '';
}

function footerOf({ found }: ExplainFindings): readonly string[] {
  const { files } = found.plan;
  const read = `${formatCount(files.rows)} rows of ${plural(files.paths.length, 'data file')}`;
  const columns = `${found.columns.length - found.ruleColumns.length} columns compared`;
  return [
    `${columns}, all rows   ${read}`,
    ...(found.plan.weighted ? ['weighted: a row of sample rate n counts as n events'] : []),
    'what coincides, not what caused it',
  ];
}

function notesOf({ found, question }: ExplainFindings): readonly Note[] {
  const note = (code: string, said: string): Note => ({ level: 'info', code, text: said });
  const left = question.rule === null ? [] : found.ruleColumns.filter((label) => label !== 'ts');
  return [
    ...(left.length === 0
      ? []
      : [note('rule_columns', `not compared, as the rule is made of it: ${left.join(', ')}`)]),
    ...(found.all.selected === 0 && question.rule !== null
      ? [note('no_bad', `no event of the window is bad by ${question.rule}; give --bad EXPR`)]
      : []),
    ...(question.rule !== null && found.all.before <= 0
      ? [note('no_past', 'nothing is kept before the window, so only its own events are compared')]
      : []),
  ];
}

function nextCommands(invocation: Invocation, findings: ExplainFindings): readonly string[] {
  const { causes, found, question } = findings;
  const [first] = causes;
  if (first === undefined) return [];
  const by = ['host', 'version', 'status'].filter(
    (role) => isRoleName(role) && found.plan.keys.some(({ use }) => use.field.label === role),
  );
  const words = [
    'coldcase query',
    ...sourceWords(invocation),
    ...(by.length === 0 ? [] : ['--by', by.join(',')]),
    '--where',
    shellWord(itemsText(first.cause.items, found.columns)),
    '--window',
    windowText(question.asked, invocation.settings),
  ];
  return [words.join(' ')];
}
