/** Roles: what a column means. A role names a coalesce list of column labels, first filled wins. */

export const roleNames = [
  'time',
  'host',
  'version',
  'status',
  'service',
  'environment',
  'route',
  'method',
  'duration',
  'error',
  'weight',
  'customer',
  'trace',
  'span',
  'parent',
] as const;

export type RoleName = (typeof roleNames)[number];

/** Column labels by role; a role without columns is absent. `time` and `weight` name where the
 * system columns `ts` and `weight` came from. */
export type Roles = Readonly<Partial<Record<RoleName, readonly string[]>>>;

export function isRoleName(text: string): text is RoleName {
  return (roleNames as readonly string[]).includes(text);
}
