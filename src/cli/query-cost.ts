/** What an answer cost: files left out and why, rows and bytes read, how long each part took. */
import { statSync } from 'node:fs';
import type { Plan } from '../query/plan.js';
import type { Result } from '../query/result.js';
import type { RollupUse } from '../query/rolled.js';
import { formatCount, plural } from '../render/number.js';
import { type Answer, noTable, wholeLinesBlock } from './answer.js';
import type { Lap, StatementCost } from './laps.js';
import { formatBytes } from './size.js';

export interface Spent {
  readonly plan: Plan;
  readonly use: RollupUse;
  readonly result: Result;
  readonly laps: readonly Lap[];
  readonly statements: readonly StatementCost[];
}

/**
 * **Shape** of the document `files {total, outside_window, ruled_out, read}, rollups {reason,
 * rolled, missing, coarse, mixed}, rows {read, matched},
 * bytes, columns, statements, laps`. **Units** milliseconds, bytes of the data files opened: of
 * those, only the columns named are read.
 */
export function costAnswer({ plan, use, result, laps, statements }: Spent): Answer {
  const { total, paths, windowPaths, rows } = plan.files;
  const files = {
    total,
    outside_window: total - windowPaths.length,
    ruled_out: windowPaths.length - paths.length,
    read: paths.length,
  };
  const { matched } = result.provenance.rows;
  const bytes = openedPaths(plan).reduce((sum, path) => sum + statSync(path).size, 0);
  const columns = [
    ...plan.columns.map(({ label }) => label),
    ...(plan.readsExtra ? ['extra'] : []),
  ];
  const asked = plural(statements.length, 'statement');
  const lines = [
    `files      ${formatCount(total)} in the snapshot`,
    `           ${formatCount(files.outside_window)} outside the window, by their dates and times`,
    `           ${formatCount(files.ruled_out)} ruled out, by their statistics and fingerprints`,
    `           ${formatCount(files.read)} read`,
    `rollups    ${rollupText(use)}`,
    `rows       ${formatCount(rows)} read, ${formatCount(matched)} matched`,
    `bytes      ${formatBytes(bytes)} in the files read, of which these columns:`,
    `columns    ${columns.join(', ')}`,
    `answer     ${plural(result.rows.length, 'row')} from ${asked}`,
    ...statements.map(({ ms, rows: given }, index) => {
      const rowText = `${formatCount(given)} rows`;
      return `           ${index + 1}: ${milliseconds(ms)}, ${rowText}`;
    }),
    ...laps.map(({ name, ms }, index) => {
      const head = (index === 0 ? 'time' : '').padEnd(11);
      return `${head}${milliseconds(ms).padStart(9)}  ${name}`;
    }),
  ];
  return {
    blocks: [wholeLinesBlock(lines)],
    table: noTable,
    document: {
      files,
      rollups: { ...use },
      rows: { read: rows, matched },
      bytes,
      columns,
      statements: statements.map((one) => ({ ...one })),
      laps: laps.map((one) => ({ ...one })),
    },
    prose: true,
    notes: result.notes,
    next: [],
    exitCode: 0,
  };
}

/** Rollups instead of the data files that they stand for as a whole. */
function openedPaths({ files, rolled }: Plan): readonly string[] {
  const byPath = new Map((rolled?.files ?? []).map((one) => [one.path, one]));
  return files.paths.flatMap((path) => {
    const one = byPath.get(path);
    if (one === undefined) return [path];
    return one.cut?.before || one.cut?.behind ? [path, one.rollup] : [one.rollup];
  });
}

/** How many files were answered from rollups, and why the others were not. */
function rollupText({ reason, rolled, missing, coarse, mixed }: RollupUse): string {
  if (reason !== null) return `none: ${reason}`;
  const others = [
    [missing, 'without one'],
    [coarse, 'whose cells are longer than what is asked'],
    [mixed, 'with values or weights that it leaves out'],
  ] as const;
  const why = others.filter(([count]) => count > 0).map(([count, text]) => `${count} ${text}`);
  return [`${formatCount(rolled)} files by rollups`, ...why].join(', ');
}

function milliseconds(ms: number): string {
  return `${ms.toFixed(1)} ms`;
}
