/** Durations among the properties of a table: `interval 7 days`, as Delta writes them. */
const dayMs = 86_400_000;
const defaultDays = 7;

export type IntervalName = 'deletedFileRetentionDuration' | 'logRetentionDuration';

/** A week where the table says nothing that can be read. **Units** milliseconds. */
export function tableInterval(
  configuration: Readonly<Record<string, string>>,
  name: IntervalName,
): number {
  const match = /^interval (\d+) (day|week)s?$/.exec(configuration[`delta.${name}`] ?? '');
  if (match === null) return defaultDays * dayMs;
  return Number(match[1]) * (match[2] === 'week' ? 7 : 1) * dayMs;
}
