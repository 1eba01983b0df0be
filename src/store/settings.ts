/** What a dataset knows about itself beyond its columns, kept as table properties `coldcase.*`. */

import { isRecord, textsOf } from '../delta/json-field.js';
import { type Schema, systemColumns } from '../event/column.js';
import { type RoleName, type Roles, roleNames } from '../event/role.js';
import { httpBad } from '../event/status-kind.js';

export interface Settings {
  readonly roles: Roles;
  /** The expression that says an event failed, as typed. */
  readonly bad: string;
  readonly keepDays: number;
  /** What rollups tell apart: roles, or columns by their label. */
  readonly rollup: readonly string[];
}

export const defaultSettings: Settings = Object.freeze({
  roles: Object.freeze({}),
  bad: httpBad,
  keepDays: 60,
  rollup: Object.freeze(['service', 'host', 'version', 'status'] satisfies RoleName[]),
});

export const formatKey = 'coldcase.format';
export const currentFormat = '1';

/** Delta readers skip by the first columns with statistics; ours name theirs. At most 12, since
 * full statistics of 34 columns cost 2.4 kB a file and ten columns 1.0 kB. */
const maxRoleStats = 10;

/** Stored names of the columns that get statistics: time, weight, then one for each role. */
export function statsColumnsOf(schema: Schema, roles: Roles): readonly string[] {
  const names = new Map(schema.map(({ label, name }) => [label, name]));
  const ofRoles = roleNames.flatMap((role) => {
    if (role === 'time' || role === 'weight') return [];
    const label = roles[role]?.find((candidate) => names.has(candidate));
    return (label === undefined ? undefined : names.get(label)) ?? [];
  });
  const chosen = [...new Set(ofRoles)].slice(0, maxRoleStats);
  return [systemColumns.ts, systemColumns.weight, ...chosen];
}

/** All table properties of a dataset. **Source** Delta's table properties; appendOnly stays off. */
export function configurationOf(
  settings: Settings,
  schema: Schema,
): Readonly<Record<string, string>> {
  return {
    'delta.checkpointInterval': '50',
    'delta.dataSkippingStatsColumns': statsColumnsOf(schema, settings.roles).join(','),
    'delta.deletedFileRetentionDuration': 'interval 7 days',
    'delta.logRetentionDuration': 'interval 7 days',
    [formatKey]: currentFormat,
    'coldcase.bad': settings.bad,
    'coldcase.keepDays': String(settings.keepDays),
    'coldcase.roles': JSON.stringify(settings.roles),
    'coldcase.rollup': JSON.stringify(settings.rollup),
  };
}

/** Settings of a table; what is missing or not readable has its default. */
export function settingsOf(configuration: Readonly<Record<string, string>>): Settings {
  const keepDays = Number(configuration['coldcase.keepDays']);
  return Object.freeze({
    roles: decodeRoles(configuration['coldcase.roles']),
    rollup: decodeRollup(configuration['coldcase.rollup']),
    bad: configuration['coldcase.bad'] ?? defaultSettings.bad,
    keepDays: Number.isSafeInteger(keepDays) && keepDays > 0 ? keepDays : defaultSettings.keepDays,
  });
}

/** Known labels first, so that an older answer keeps its meaning; new ones behind them. */
export function mergeRoles(known: Roles, found: Roles): Roles {
  const merged: Partial<Record<RoleName, readonly string[]>> = {};
  for (const role of roleNames) {
    const labels = [...new Set([...(known[role] ?? []), ...(found[role] ?? [])])];
    if (labels.length > 0) merged[role] = Object.freeze(labels);
  }
  return Object.freeze(merged);
}

/** Null for what is no JSON. */
function decodeJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return null;
  }
}

function decodeRollup(text: string | undefined): readonly string[] {
  const value = decodeJson(text);
  if (!Array.isArray(value)) return defaultSettings.rollup;
  return Object.freeze(value.map(String));
}

function decodeRoles(text: string | undefined): Roles {
  const value = decodeJson(text);
  if (!isRecord(value)) return defaultSettings.roles;
  const roles: Partial<Record<RoleName, readonly string[]>> = {};
  for (const role of roleNames) {
    const labels = textsOf(value, role);
    if (labels.length > 0) roles[role] = Object.freeze(labels);
  }
  return Object.freeze(roles);
}
