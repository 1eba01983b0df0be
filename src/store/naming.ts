/**
 * Stored names of columns: `[a-z0-9_]`, unique ignoring case. ClickHouse refuses predicates on
 * dotted Delta columns and Spark refuses spaces and brackets, so the label lives in field metadata.
 */
import { systemColumns } from '../event/column.js';

const maxNameLength = 120;
const reserved: ReadonlySet<string> = new Set(Object.values(systemColumns));

/** The name a label would have if no other wanted it. */
function plainName(label: string): string {
  const name = label
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, '_')
    .slice(0, maxNameLength)
    .replace(/^_+|_+$/g, '');
  return name === '' ? 'column' : name;
}

/**
 * A stored name for each new label. The same set of labels gives the same names in any order;
 * labels that are valid names as they stand keep them, others get a suffix when theirs is taken.
 */
export function nameColumns(
  labels: readonly string[],
  taken: ReadonlySet<string>,
): ReadonlyMap<string, string> {
  const used = new Set([...reserved, ...[...taken].map((name) => name.toLowerCase())]);
  const names = new Map<string, string>();
  const sorted = [...new Set(labels)].sort();
  const exact = sorted.filter((label) => plainName(label) === label);
  const others = sorted.filter((label) => plainName(label) !== label);
  for (const label of [...exact, ...others]) {
    const name = freeName(plainName(label), used);
    used.add(name);
    names.set(label, name);
  }
  return names;
}

function freeName(name: string, used: ReadonlySet<string>): string {
  if (!used.has(name)) return name;
  for (let suffix = 2; ; suffix += 1) {
    const candidate = `${name}_${suffix}`;
    if (!used.has(candidate)) return candidate;
  }
}
