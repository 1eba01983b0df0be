/** The columns a contrast looks at, and those it leaves out with the reason. Pure. */
import type { Schema } from '../event/column.js';
import { type RoleName, type Roles, roleNames } from '../event/role.js';
import type { Breakdown } from '../query/spec.js';

export interface ContrastColumn {
  /** The original name; of a role, that of its first column. */
  readonly label: string;
  readonly role: RoleName | null;
  readonly breakdown: Breakdown;
}

/** Ids of single events, and what a contrast is made over. */
const leftOut: ReadonlySet<RoleName> = new Set(['time', 'weight', 'trace', 'span', 'parent']);

/** Roles first, in their order, then the columns of no role. */
export function contrastColumns(schema: Schema, roles: Roles): readonly ContrastColumn[] {
  const known = new Map(schema.map((column) => [column.label, column]));
  const taken = new Set<string>();
  const ofRoles = roleNames.flatMap((role): ContrastColumn[] => {
    const labels = (roles[role] ?? []).filter((label) => known.has(label));
    for (const label of labels) taken.add(label);
    const [label] = labels;
    if (label === undefined || leftOut.has(role)) return [];
    return [{ label, role, breakdown: breakdownOf(role, false) }];
  });
  const others = schema
    .filter(({ label, type }) => !taken.has(label) && type !== 'timestamp')
    .map(
      ({ label }): ContrastColumn => ({ label, role: null, breakdown: breakdownOf(label, true) }),
    );
  return [...ofRoles, ...others];
}

function breakdownOf(name: string, exact: boolean): Breakdown {
  return { term: { name, exact, at: null }, modifier: null, label: name };
}
