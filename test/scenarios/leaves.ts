/**
 * Made-up leaves with a part that went wrong, after the description of RiskLoc's generator (Kalander
 * 2022, arXiv 2205.10004): real and predicted values of every combination of some dimensions. What
 * is missing of a prediction, or beyond it, is told as failed events.
 */
import { querySourceOf } from '../../src/cli/query-source.js';
import { openQueryEngine } from '../../src/engine/duckdb/execute.js';
import { contrast } from '../../src/forensics/contrast.js';
import type { ContrastItem } from '../../src/forensics/contrast-item.js';
import { explainedCauses } from '../../src/forensics/contrast-report.js';
import { filterOf } from '../../src/forensics/scan-port.js';
import { printStatement } from '../../src/sql/print.js';
import { createScratchStore } from '../ingest/scratch-store.js';
import type { Random } from './random.js';

/** One combination of values: events and failed ones, before and during. */
export interface Leaf {
  readonly values: Readonly<Record<string, string>>;
  readonly before: { readonly good: number; readonly bad: number };
  readonly during: { readonly good: number; readonly bad: number };
}

/** A conjunction: values by dimension, as `a=a1&c=c4`. */
export type Label = string;

export interface LeafCase {
  readonly leaves: readonly Leaf[];
  readonly labels: readonly Label[];
}

export interface LeafPlan {
  /** How many values each dimension has. */
  readonly sizes: readonly number[];
  readonly mostAnomalies: number;
  readonly mostElements: number;
  readonly severity: readonly [number, number];
  readonly mostNoise: number;
  /** At most so many dimensions of an anomaly are named. */
  readonly deepest: number;
}

/** Chosen by us: events of a usual leaf; the published sets have 100, as numbers and not as rows. */
const scale = 10;

export function leafCase(random: Random, plan: LeafPlan): LeafCase {
  const dims = plan.sizes.map((_, index) => 'abcdefgh'[index] ?? 'x');
  const noise = plan.mostNoise * random.unit();
  const zeros = 0.25 * random.unit();
  const alpha = 0.5 + 0.5 * random.unit();
  const anomalies = Array.from({ length: random.whole(1, plan.mostAnomalies) }, () =>
    anomalyOf(random, plan, dims, noise),
  );
  const leaves: Leaf[] = [];
  for (const values of combinations(plan.sizes, dims)) {
    const predicted =
      random.unit() < zeros ? 0 : scale * (-Math.log(1 - random.unit())) ** (1 / alpha);
    const anomaly = anomalies.find(({ labels }) => labels.some((label) => isOf(values, label)));
    const usual = (): number => Math.max(0, noise * random.normal());
    const wrong =
      anomaly === undefined ? usual() : anomaly.severity + anomaly.spread * random.normal();
    const part = (share: number) => {
      const all = Math.round(predicted);
      const bad = Math.min(all, Math.floor(all * Math.max(0, share) + random.unit()));
      return { bad, good: all - bad };
    };
    leaves.push({ values, before: part(usual()), during: part(wrong) });
  }
  return { leaves, labels: anomalies.flatMap(({ labels }) => labels) };
}

function anomalyOf(random: Random, plan: LeafPlan, dims: readonly string[], noise: number) {
  const depth = random.whole(1, plan.deepest);
  const shuffled = dims
    .map((name, index) => ({ name, index, at: random.unit() }))
    .sort((left, right) => left.at - right.at);
  const own = shuffled.slice(0, depth).sort((left, right) => left.index - right.index);
  const labels = Array.from({ length: random.whole(1, plan.mostElements) }, () =>
    own
      .map(({ name, index }) => `${name}=${name}${random.whole(1, plan.sizes[index] ?? 1)}`)
      .join('&'),
  );
  const [least, most] = plan.severity;
  return {
    labels: [...new Set(labels)],
    severity: least + (most - least) * random.unit() + noise,
    spread: 0.1 * random.unit(),
  };
}

function* combinations(
  sizes: readonly number[],
  dims: readonly string[],
): Generator<Record<string, string>> {
  const [size, ...rest] = sizes;
  const [name, ...names] = dims;
  if (size === undefined || name === undefined) {
    yield {};
    return;
  }
  for (const tail of combinations(rest, names))
    for (let value = 1; value <= size; value += 1) yield { [name]: `${name}${value}`, ...tail };
}

function isOf(values: Leaf['values'], label: Label): boolean {
  return label.split('&').every((part) => {
    const [name = '', value] = part.split('=');
    return values[name] === value;
  });
}

const start = Date.UTC(2020, 3, 10);
const minute = 60_000;

/** What `explain` names, best first: each line as the conjunctions that it stands for. */
export async function explainLeaves(
  leaves: readonly Leaf[],
  most: number,
): Promise<readonly (readonly Label[])[]> {
  const lines = leaves.flatMap(({ values, before, during }) => [
    ...linesOf(values, start, before),
    ...linesOf(values, start + 10 * minute, during),
  ]);
  const scratch = createScratchStore();
  try {
    await scratch.ingest([scratch.file('leaves.ndjson', `${lines.join('\n')}\n`)]);
    const source = querySourceOf(await scratch.dataset(), 'leaves');
    const engine = await openQueryEngine({
      memoryBytes: null,
      threads: 2,
      spillDir: null,
      timeLimitMs: null,
      files: source.files.map(({ path }) => path),
    });
    try {
      const at = (minutes: number): number => (start + minutes * minute) * 1000;
      const found = await contrast(
        source,
        {
          window: { start: at(10), end: at(20) },
          baseline: { start: at(0), end: at(10) },
          where: [],
          selected: filterOf('status >= 500'),
        },
        (query) => engine.execute(printStatement(query), new AbortController().signal),
      );
      const names = found.columns.map(({ label }) => label);
      return explainedCauses(found, most).map(({ cause, equivalent }) =>
        [cause, ...equivalent].flatMap(({ items }) => labelsOf(items, names)),
      );
    } finally {
      await engine.close();
    }
  } finally {
    scratch.remove();
  }
}

function linesOf(
  values: Leaf['values'],
  atMs: number,
  { good, bad }: Leaf['during'],
): readonly string[] {
  const line = (status: number, count: number): readonly string[] =>
    Array.from({ length: count }, () =>
      JSON.stringify({ timestamp: new Date(atMs), status, ...values }),
    );
  return [...line(200, good), ...line(500, bad)];
}

/** A set of values stands for as many conjunctions. */
function labelsOf(items: readonly ContrastItem[], names: readonly string[]): readonly Label[] {
  const parts = items.map((item): readonly string[] => {
    const name = names[item.column] ?? '';
    if (item.kind === 'value') return [`${name}=${String(item.value)}`];
    return item.kind === 'set' ? item.values.map((value) => `${name}=${String(value)}`) : [];
  });
  return parts
    .reduce<readonly (readonly string[])[]>(
      (all, part) => all.flatMap((head) => part.map((one) => [...head, one])),
      [[]],
    )
    .map((conjunction) => [...conjunction].sort().join('&'));
}
