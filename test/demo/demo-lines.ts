/** Reads what the generator writes, with nothing of the generator. */
import { type DemoOptions, demoChunks } from '../../src/demo/generate.js';

export interface DemoLine {
  readonly timestamp: string;
  readonly 'service.name': string;
  readonly 'service.version'?: string;
  readonly 'host.name': string;
  readonly 'cloud.region': string;
  readonly 'cloud.availability_zone': string;
  readonly sample_rate?: number;
  readonly 'http.request.method': string;
  readonly 'http.route': string;
  readonly 'customer.id'?: string;
  readonly 'http.response.status_code': number;
  readonly 'error.message'?: string;
  readonly duration_ms: number;
  readonly 'trace.id': string;
}

export function linesOf(text: string): readonly DemoLine[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): DemoLine => JSON.parse(line));
}

export function textOf(options: DemoOptions, dates?: readonly string[]): string {
  const chunks = [...demoChunks(options, dates)];
  return Buffer.concat(chunks.map(({ bytes }) => bytes)).toString('utf8');
}

/** Counts by key, keys in order of text. */
export function countBy<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
): Record<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([left], [right]) => (left < right ? -1 : 1)));
}
