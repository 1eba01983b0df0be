/** What is said of a finding whose events never came: there are none to look at. */
import type { Roles } from '../event/role.js';
import { formatCount } from '../render/number.js';
import { formatRange } from '../time/format.js';
import { microsPerDay } from '../time/instant.js';
import type { TimeRange } from '../time/range.js';
import { type Answer, linesBlock } from './answer.js';
import type { Invocation } from './command.js';
import { sourceWords } from './next-words.js';
import { textOption } from './option-values.js';
import { windowFields } from './query-document.js';
import type { ScanSelection } from './scan-selection.js';
import { shellWord } from './shell-text.js';
import { isWindowGiven } from './window-options.js';

interface Place {
  /** Of all events that are kept. */
  readonly span: TimeRange | null;
  readonly roles: Roles;
  /** What the command gives where there is nothing. */
  readonly document: Answer['document'];
}

/** Null where there are events to look at, and where another window or rule is asked about. */
export function missingAnswer(
  invocation: Invocation,
  selection: ScanSelection | null,
  { span, roles, document }: Place,
): Answer | null {
  const { settings, values } = invocation;
  const isOther = isWindowGiven(values) || textOption(values, 'bad') !== undefined;
  if (isOther || selection === null || selection.missing === null) return null;
  const { id, title, window, who, notes, missing } = selection;
  const { zone } = settings;
  const few = missing === 0 ? 'nothing of it is missing: the others took it over' : null;
  const many = `about ${formatCount(missing)} ${missing === 1 ? 'event' : 'events'} did not come`;
  return {
    blocks: [
      linesBlock([
        `${id}  ${title}`,
        `${formatRange(window, zone)} ${zone}`,
        few ?? `${many}, and what did not come cannot be looked at; what came beside it can`,
      ]),
    ],
    table: { columns: [], rows: [], seriesMax: null, footer: [] },
    document: { ...document, window: windowFields(window) },
    prose: true,
    notes,
    next: comparison(invocation, { id, window, who }, { span, roles }),
    exitCode: 0,
  };
}

const groups = ['customer', 'route', 'host', 'service'] as const;

/** Against the week before, or the day, as far as events are kept. */
function comparison(
  invocation: Invocation,
  { id, window, who }: Pick<ScanSelection, 'id' | 'window' | 'who'>,
  { span, roles }: Pick<Place, 'span' | 'roles'>,
): readonly string[] {
  const back = [7, 1].find((days) => window.start - days * microsPerDay >= (span?.start ?? 0));
  const isShort = back !== undefined && window.end - window.start <= back * microsPerDay;
  if (span === null || !isShort) return [];
  const by = groups.find((role) => roles[role] && !(who ?? '').includes(`${role} `));
  const words = [
    ...(by === undefined ? [] : ['--by', by]),
    ...(who === null ? [] : ['--where', shellWord(who)]),
    ...sourceWords(invocation),
  ];
  return [['coldcase compare', id, back === 7 ? '1w' : '1d', ...words].join(' ')];
}
