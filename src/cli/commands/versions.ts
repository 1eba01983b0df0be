/** `coldcase versions`: which hosts ran what, and who disagreed with the fleet. */
import { searchVersions, type VersionAnswer } from '../../forensics/version-search.js';
import { runQuery } from '../../query/execute.js';
import type { Note } from '../../query/result.js';
import { noTexts, parseSpec } from '../../query/spec-text.js';
import { microsPerDay } from '../../time/instant.js';
import type { Answer } from '../answer.js';
import { usableRule } from '../bad-rule.js';
import type { CommandModule, Invocation } from '../command.js';
import { emptyVersions, isEmptySource } from '../empty-answer.js';
import { fileOptionSpecs } from '../file-options.js';
import { openEngine } from '../lazy-engine.js';
import { sourceWords, windowText } from '../next-words.js';
import { flagOption, listOption, oneOf, textOption, wholeNumber } from '../option-values.js';
import { querySourceOf } from '../query-source.js';
import { openSource, type Source } from '../source.js';
import { matrixTable, versionsDocument, versionsTable } from '../versions-document.js';
import { stricterNotes, versionBlocks } from '../versions-view.js';
import { type ChosenWindow, chooseWindow, windowOptionSpecs } from '../window-options.js';

export const versionsCommand: CommandModule = {
  name: 'versions',
  words: '[files...]',
  summary: 'which hosts ran what, and who disagreed with the fleet',
  examples: [
    ['coldcase versions', 'the last 24 h of the store'],
    ['coldcase versions --at "apr 16 14:12" --around 2h', ''],
    ['coldcase versions access/*.log --map version=build', 'files, no store'],
  ],
  options: [
    ...windowOptionSpecs,
    { flags: '--where <expr>', help: 'only these events; see help filters', repeatable: true },
    { flags: '--bad <expr>', help: 'what counts as failing' },
    { flags: '--matrix', help: 'versions by time instead of hosts' },
    { flags: '--min-hosts <n>', help: 'ignore versions on fewer hosts (1)' },
    { flags: '--fail-on <what>', help: 'exit 3 when there is a: skew' },
    ...fileOptionSpecs,
  ],
  run: versions,
};

async function versions(invocation: Invocation): Promise<Answer> {
  const { values, settings, signal, words } = invocation;
  const failOn = textOption(values, 'failOn');
  const failsOnSkew = failOn !== undefined && oneOf(failOn, 'fail-on', ['skew']) === 'skew';
  const minHosts = wholeNumber(textOption(values, 'minHosts') ?? '1', 'min-hosts', 1);
  const typed = parseSpec({
    ...noTexts,
    where: listOption(values, 'where'),
    bad: textOption(values, 'bad') ?? null,
  });
  const source = await openSource(invocation);
  const ownMicros = words.length > 0 ? null : microsPerDay;
  const window = await chooseWindow(invocation, source.span, ownMicros);
  if (isEmptySource(source)) {
    const notes = [...source.notes, ...window.notes];
    return emptyVersions({ files: words }, window.range, notes);
  }
  const asked = querySourceOf(source.dataset, source.name, source.fields);
  const rule = typed.bad === null ? usableRule(source.bad, asked) : { bad: typed.bad, notes: [] };
  const engine = await openEngine(
    settings,
    asked.files.map(({ path }) => path),
  );
  try {
    const answer = await searchVersions((spec) => runQuery(asked, spec, engine, { signal }), {
      roles: source.dataset.roles,
      where: typed.where,
      bad: rule.bad,
      window: window.range,
    });
    const matrix = flagOption(values, 'matrix') ?? false;
    const mismatches = answer.report.mismatches.filter(({ hosts }) => hosts.length >= minHosts);
    return {
      blocks: versionBlocks({
        answer,
        mismatches,
        zone: settings.zone,
        matrix,
        mark: invocation.terminal.unicode ? '✗' : 'x',
      }),
      table: matrix ? matrixTable(answer) : versionsTable(mismatches, answer),
      document: versionsDocument(queryFields(invocation, answer), answer, { mismatches, matrix }),
      prose: false,
      notes: [...notesOf(source, window, rule.notes, answer), ...stricterNotes(mismatches)],
      next: nextCommands(invocation, mismatches),
      exitCode: failsOnSkew && mismatches.length > 0 ? 3 : 0,
    };
  } finally {
    await engine.close();
  }
}

function queryFields({ values, words }: Invocation, answer: VersionAnswer) {
  return {
    files: words,
    where: listOption(values, 'where'),
    bad: answer.bad,
    step_us: answer.stepMicros,
  };
}

/** The report prints the rule itself, and compares times, not sampled values. */
const toldElsewhere: ReadonlySet<string> = new Set(['bad', 'unweighted']);

function notesOf(
  source: Source,
  window: ChosenWindow,
  own: readonly Note[],
  { result }: VersionAnswer,
): readonly Note[] {
  const asked = (result?.notes ?? []).filter(({ code }) => !toldElsewhere.has(code));
  return [...source.notes, ...window.notes, ...own, ...asked];
}

function nextCommands(
  invocation: Invocation,
  mismatches: VersionAnswer['report']['mismatches'],
): readonly string[] {
  const [group] = mismatches;
  if (group === undefined) return [];
  const window = windowText(group, invocation.settings);
  const asked = ['--by', 'host,version,status', '--window', window];
  const place = sourceWords(invocation);
  return [['coldcase', 'query', ...place, ...asked].join(' ')];
}
