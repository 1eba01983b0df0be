/** Error texts that were never seen before, with numbers and names taken out of them. */
import { type Measure, rollupSpec } from '../query/rollup.js';
import { breakdown } from '../query/spec.js';
import { type Micros, microsPerMinute } from '../time/instant.js';
import type { TimeRange } from '../time/range.js';
import type { Axes } from './scan-cells.js';
import { entityText } from './scan-detail.js';
import type { Finding } from './scan-finding.js';
import { noEntities, plainFinding } from './scan-plain.js';
import { columnText, quoted, type ScanPort } from './scan-port.js';
import type { Profile } from './scan-signal.js';
import { falseFindings } from './scan-walk.js';

/** **Source** the definition: nothing is new in the first day; chosen by us for short data. */
const warmUpShare = 0.25;
const warmUpMicros: Micros = 24 * 60 * microsPerMinute;
const fewestRows = 10;
/** Chosen by us: texts of one snapshot that are looked at. */
const mostTexts = 50_000;
/** Chosen by us: from this share of the events of its time on it matters. */
const materialShare = 0.02;

interface Text {
  readonly service: string;
  readonly template: string;
  readonly sample: string;
  rows: number;
  first: Micros;
  last: Micros;
}

/** Where texts of errors are, and of which window. */
export interface NewsQuestion {
  readonly profile: Profile;
  readonly axes: Axes;
  readonly window: TimeRange;
}

/** Texts that began within the window and matter; none where no column holds them. */
export async function searchNewErrors(
  port: ScanPort,
  { profile, axes, window }: NewsQuestion,
): Promise<readonly Finding[]> {
  const column = profile.columns.error;
  if (column === null) return [];
  const hasService = axes.breakdowns.has('service');
  const error = { term: { name: column, exact: true, at: null }, modifier: null, label: 'error' };
  const measures: readonly Measure[] = [
    { kind: 'rows', where: null },
    { kind: 'first', where: null },
    { kind: 'last', where: null },
  ];
  const keys = [...(hasService ? [breakdown('service')] : []), error];
  const rows = await port.rollup(rollupSpec(window, { keys, measures, fewestRows: 1 }));
  if (rows.length > mostTexts) return [];
  const texts = new Map<string, Text>();
  for (const row of rows) {
    const sample = row[keys.length - 1];
    if (sample === null || sample === undefined || sample === '') continue;
    const service = hasService ? String(row[0] ?? '') : '';
    const template = templateOf(String(sample));
    const key = `${service}\u0000${template}`;
    const own = texts.get(key) ?? {
      service,
      template,
      sample: String(sample),
      rows: 0,
      first: Number.POSITIVE_INFINITY,
      last: 0,
    };
    texts.set(key, own);
    own.rows += Number(row[keys.length]);
    own.first = Math.min(own.first, Number(row[keys.length + 1]));
    own.last = Math.max(own.last, Number(row[keys.length + 2]));
  }
  const warm = Math.min(warmUpMicros, (window.end - window.start) * warmUpShare);
  const length = window.end - window.start;
  const found: Finding[] = [];
  const sorted = [...texts.values()].sort(
    (left, right) => left.first - right.first || (left.template < right.template ? -1 : 1),
  );
  for (const text of sorted) {
    if (text.rows < fewestRows || text.first < window.start + warm) continue;
    const share = (text.first - window.start) / length;
    const score = -text.rows * Math.log(1 - share);
    const evalue = texts.size * Math.exp(-score);
    if (evalue > falseFindings) continue;
    const end = Math.floor(text.last / microsPerMinute) * microsPerMinute + microsPerMinute;
    const start = Math.floor(text.first / microsPerMinute) * microsPerMinute;
    const services = text.service === '' ? [] : [text.service];
    const events = await eventsOf(port, services, { start, end });
    found.push(finding(text, { column, services, events, start, end, score, evalue, window }));
  }
  return found;
}

async function eventsOf(
  port: ScanPort,
  services: readonly string[],
  window: TimeRange,
): Promise<number> {
  const rows = await port.rollup(
    rollupSpec(window, { keys: services.length === 0 ? [] : [breakdown('service')] }),
  );
  const own = rows.find((row) => services.length === 0 || row[0] === services[0]);
  return Number(own?.at(-1) ?? 0);
}

interface News extends TimeRange {
  readonly column: string;
  readonly services: readonly string[];
  readonly events: number;
  readonly score: number;
  readonly evalue: number;
  readonly window: TimeRange;
}

function finding(text: Text, news: News): Finding {
  const { column, services, events, start, end, score, evalue, window } = news;
  const rate = events === 0 ? 0 : text.rows / events;
  const who = services.length === 0 ? '' : `${services.join()}: `;
  const where = [entityText({ services }, null), `${columnText(column)} = ${quoted(text.sample)}`]
    .filter((one) => one !== null)
    .join(' and ');
  return plainFinding(
    {
      detector: 'new-error',
      kind: 'new error text',
      class: 'new',
      severity: rate >= materialShare ? 'low' : 'info',
      score,
      evalue,
      title: `${who}new error text: ${text.sample.slice(0, 60)}`,
      start,
      end,
      whyUnnoticed: 'no rate changed enough for it',
      evidence: [
        {
          title: 'its events',
          where,
          by: ['host'],
          calc: ['count'],
          every: null,
          window: { start, end },
        },
      ],
    },
    {
      ...noEntities,
      services,
      errors: [text.sample],
      firstAffected: text.first,
      lastAffected: text.last,
      ongoing: window.end - end < 10 * microsPerMinute,
      events,
      bad: text.rows,
      rate,
      requestsAffected: text.rows,
      requestsInterval: [text.rows, text.rows],
    },
  );
}

/** Numbers, hexadecimal words, quoted parts and addresses become `#`. */
export function templateOf(text: string): string {
  return text
    .slice(0, 400)
    .replace(/"[^"]*"|'[^']*'/g, '#')
    .replace(/\b(?=[0-9a-f-]*\d)[0-9a-f]{6,}(?:-[0-9a-f]+)*\b/gi, '#')
    .replace(/\d+/g, '#');
}
