/**
 * The events of a window in some files, as one source. A file that lies in the window is read
 * without a look at the times of its rows.
 */
import { all, as, binary, cast, column, literal, parameter, select } from '../sql/build.js';
import type { SqlExpression, SqlSelect, SqlSource, SqlType } from '../sql/node.js';
import type { Plan } from './plan.js';
import { sqlTypes } from './value-sql.js';

/**
 * An empty select of the columns read comes first, so that a column no file has yet is null instead
 * of unknown; the optimiser removes it. `virtual` names columns that the engine makes up; they
 * count files within one list, so that all files are then read as one.
 */
export function eventsSource(
  plan: Plan,
  paths: readonly string[],
  virtual: readonly string[] = [],
): SqlSource {
  const isOne = paths.length > 0 && virtual.length > 0;
  const stored = isOne ? [read(plan, paths, { virtual, isCut: true })] : apart(plan, paths);
  const [first = untyped, ...others] = [...emptySelects(plan), ...stored];
  if (others.length === 0) return { kind: 'subquery', select: first, alias: 'events' };
  const union = { kind: 'union', byName: true, selects: [first, ...others] } as const;
  return { kind: 'subquery', select: union, alias: 'events' };
}

const untyped = select([as(literal(1), 'one')], { where: literal(false) });

/** Files that lie in the window, and those that it cuts. */
function apart(plan: Plan, paths: readonly string[]): readonly SqlSelect[] {
  const cut = new Set(plan.windowed ? plan.files.cutPaths : []);
  return [false, true].flatMap((isCut) => {
    const own = paths.filter((path) => cut.has(path) === isCut);
    return own.length === 0 ? [] : [read(plan, own, { virtual: [], isCut })];
  });
}

function emptySelects(plan: Plan): readonly SqlSelect[] {
  const typed: (readonly [string, SqlType])[] = plan.columns.map(
    ({ name, type }) => [name, sqlTypes[type]] as const,
  );
  if (plan.readsExtra) typed.push(['extra', 'MAP(VARCHAR, VARCHAR)']);
  if (typed.length === 0) return [];
  const columns = typed.map(([name, type]) => as(cast(literal(null), type), name));
  return [select(columns, { where: literal(false) })];
}

function read(
  plan: Plan,
  files: readonly string[],
  { virtual, isCut }: { readonly virtual: readonly string[]; readonly isCut: boolean },
): SqlSelect {
  const inWindow = windowSql(plan);
  const known = inWindow === null ? {} : { known: inWindow };
  const unionByName = !plan.files.oneLayout;
  return select([{ star: true }, ...virtual.map((name) => as(column(name), name))], {
    from: { kind: 'parquet', files, unionByName, fileName: false, ...known },
    where: isCut ? inWindow : null,
  });
}

function windowSql({ windowed, window }: Plan): SqlExpression | null {
  if (!windowed) return null;
  const bound = (value: number) => parameter({ type: 'timestamp', value });
  return all([
    binary('>=', column('ts'), bound(window.start)),
    binary('<', column('ts'), bound(window.end)),
  ]);
}
