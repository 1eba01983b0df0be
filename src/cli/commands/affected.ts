/** `coldcase affected`: who was hurt, and how much. */
import { Fault } from '../../base/fault.js';
import { runLosses } from '../../query/losses.js';
import type { QuerySource } from '../../query/ports.js';
import type { Note } from '../../query/result.js';
import type { Filter } from '../../query/spec.js';
import { noTexts, parseSpec } from '../../query/spec-text.js';
import { microsPerDay } from '../../time/instant.js';
import { affectedDocument, affectedTable } from '../affected-document.js';
import { affectedBlocks } from '../affected-view.js';
import { type Answer, linesBlock } from '../answer.js';
import { usableRule } from '../bad-rule.js';
import type { CommandModule, Invocation } from '../command.js';
import { emptyNext, emptyNote, isEmptySource } from '../empty-answer.js';
import { fileOptionSpecs } from '../file-options.js';
import { openEngine } from '../lazy-engine.js';
import { missingAnswer } from '../missing-answer.js';
import { sourceWords } from '../next-words.js';
import { listOption, type OptionValues, textOption, wholeNumber } from '../option-values.js';
import { windowFields } from '../query-document.js';
import { querySourceOf } from '../query-source.js';
import { givenFinding, type ScanSelection, selectionOf } from '../scan-selection.js';
import { shellWord } from '../shell-text.js';
import { openSource } from '../source.js';
import { findingWindow, windowOptionSpecs } from '../window-options.js';

export const affectedCommand: CommandModule = {
  name: 'affected',
  words: '[files...]',
  summary: 'who was hurt: lost events, their share, the longest outage',
  examples: [
    ['coldcase affected scan:1', 'by the first finding of the last scan'],
    ["coldcase affected --window 2020-04-16T14:12..15:45 --bad 'status in (401,5xx)'", ''],
    ['coldcase affected scan:1 --format csv -o hurt.csv', 'all of them, for a letter'],
    ['coldcase affected access/*.log --by host', 'files, no store'],
  ],
  options: [
    ...windowOptionSpecs,
    {
      flags: '--by <roles>',
      help: 'who: customer unless given; roles or columns, with commas',
      repeatable: true,
    },
    { flags: '--where <expr>', help: 'only these events; see help filters', repeatable: true },
    { flags: '--bad <expr>', help: 'what counts as lost' },
    { flags: '--limit <n>', help: 'most rows of the table (20); other formats have all' },
    ...fileOptionSpecs,
  ],
  run: affected,
};

const tableLimit = 20;
const none = { rows: [], total: 0, totals: null } as const;

async function affected(given: Invocation): Promise<Answer> {
  const { id, files } = selectionOf(given.words, 'affected');
  const invocation: Invocation = { ...given, words: files };
  const { values, settings, signal } = invocation;
  const limit = wholeNumber(textOption(values, 'limit') ?? String(tableLimit), 'limit', 1);
  const typed = typedSpec(values);
  const source = await openSource(invocation);
  const selection = await givenFinding(source.dataset, id);
  const { span } = source;
  const ownMicros = files.length > 0 ? null : microsPerDay;
  const window = await findingWindow(invocation, selection, { span, ownMicros });
  const range = window.range ?? span;
  const before = [...source.notes, ...window.notes];
  if (isEmptySource(source) || range === null) return nobody(invocation, before);
  const asked = querySourceOf(source.dataset, source.name, source.fields);
  const { roles } = asked;
  const unseen = missingAnswer(invocation, selection, { span, roles, document: none });
  if (unseen !== null) return unseen;
  const rule = failureRule(typed.bad, { selection, own: source.bad, asked });
  const engine = await openEngine(
    settings,
    asked.files.map(({ path }) => path),
  );
  try {
    const spec = { by: typed.breakdowns, where: typed.where, ...rule, window: range };
    const losses = await runLosses(asked, spec, { engine, signal });
    const lost = rule.lost.flatMap(({ at }) => at?.text ?? []).join(' and ');
    const names = typed.breakdowns.map(({ label }) => label);
    const about = { names, lost, selection, zone: settings.zone, limit };
    return {
      blocks: affectedBlocks(losses, about),
      table: affectedTable(losses, names),
      document: {
        query: {
          files,
          selection: id,
          by: names,
          where: listOption(values, 'where'),
          bad: textOption(values, 'bad') ?? null,
        },
        ...affectedDocument(losses, about),
      },
      prose: false,
      notes: [...before, ...losses.notes],
      next: nextCommands(invocation, { id, lost, asked, who: selection?.who ?? null }, losses),
      exitCode: 0,
    };
  } finally {
    await engine.close();
  }
}

function typedSpec(values: OptionValues) {
  const by = listOption(values, 'by');
  return parseSpec({
    ...noTexts,
    by: by.length === 0 ? ['customer'] : by,
    where: listOption(values, 'where'),
    bad: textOption(values, 'bad') ?? null,
  });
}

interface RuleContext {
  readonly selection: ScanSelection | null;
  /** The rule of the store. */
  readonly own: string;
  readonly asked: QuerySource;
}

/**
 * What was lost, and what else is no success: an event that the scan counts as failing ends no
 * outage, whether the finding is about it or not. **Faults** CC1352.
 */
function failureRule(
  typed: Filter | null,
  { selection, own, asked }: RuleContext,
): { readonly lost: readonly Filter[]; readonly bad: Filter | null } {
  const read = (text: string | null): readonly Filter[] =>
    text === null ? [] : parseSpec({ ...noTexts, where: [text] }).where;
  const bad = typed ?? usableRule(selection?.rule ?? own, asked).bad;
  if (selection !== null && typed === null && selection.wrong !== null) {
    return { lost: read(selection.wrong), bad };
  }
  if (bad === null) throw new Fault('CC1352', {});
  return { lost: [...read(selection?.who ?? null), bad], bad };
}

function nobody({ words }: Invocation, notes: readonly Note[]): Answer {
  return {
    blocks: [linesBlock(['no events, so nobody was hurt'])],
    table: affectedTable(null, []),
    document: { query: { files: words }, window: null, ...none },
    prose: false,
    notes: [...notes, emptyNote],
    next: emptyNext,
    exitCode: 0,
  };
}

/** What was lost in order of time; without a finding, from the side of who served it. */
function nextCommands(
  invocation: Invocation,
  { id, lost, asked, who }: NextContext,
  { rows, window }: { readonly rows: readonly unknown[]; readonly window: TimeWindow },
): readonly string[] {
  if (rows.length === 0) return [];
  const place = sourceWords(invocation);
  if (id !== null) return who === null ? [] : [['coldcase trail', id, ...place].join(' ')];
  const { start, end } = windowFields(window);
  const roles = (['host', 'version', 'status'] as const).filter((role) => asked.roles[role]);
  const by = roles.length === 0 ? [] : ['--by', roles.join()];
  const words = [...by, '--where', shellWord(lost), '--window', `${start}..${end}`];
  return [['coldcase query', ...place, ...words].join(' ')];
}

interface NextContext {
  readonly id: string | null;
  readonly lost: string;
  readonly asked: QuerySource;
  /** Of a finding; null where it is about everything, which has no trail. */
  readonly who: string | null;
}

type TimeWindow = Parameters<typeof windowFields>[0];
