/** What is known of a dataset without asking it: names, and values met in earlier answers. */

export interface Known {
  /** Labels, as people type them. */
  readonly columns: readonly string[];
  /** Columns of each role that has one. */
  readonly roles: Readonly<Record<string, readonly string[]>>;
  /** Values by the name they were asked under, the newest answer first. */
  readonly values: Readonly<Record<string, readonly string[]>>;
}

export const nothingKnown: Known = { columns: [], roles: {}, values: {} };

/** Roles in front: they work on every dataset. Names that are not plain stand in backticks. */
export function columnNames({ roles, columns }: Known): readonly string[] {
  const names = [...new Set([...Object.keys(roles), ...columns])];
  return names.map((name) => (/^[^\s(),'"`=<>!~:]+$/.test(name) ? name : backticks(name)));
}

function backticks(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

/** Values of a column or of a role, whichever name they were met under. */
export function valuesOf({ roles, values }: Known, name: string): readonly string[] {
  const role = Object.keys(roles).find((key) => roles[key]?.includes(name));
  const names = [name, ...(role === undefined ? [] : [role]), ...(roles[name] ?? [])];
  return [...new Set(names.flatMap((key) => values[key] ?? []))];
}
