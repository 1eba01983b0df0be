/** Tells JSON lines from a JSON document by how the lines begin, so that broken ones do no harm. */

export interface JsonDetected {
  readonly format: 'ndjson' | 'json';
  readonly why: string;
}

/** Half of the lines decide; the others are broken lines. */
const neededShare = 0.5;

const request = /^\s*\{\s*"resource(Spans|Logs|Metrics)"\s*:/;

/** Export requests of OpenTelemetry: `lines` when each is one; null for other JSON. */
export function detectOtlp(
  lines: readonly string[],
): { readonly lines: boolean; readonly why: string } | null {
  const requests = lines.filter((line) => request.test(line)).length;
  const opened = lines.filter((line) => line.startsWith('{')).length;
  if (requests > 0 && requests >= opened * neededShare && opened >= lines.length * neededShare) {
    return { lines: true, why: `${requests} of ${lines.length} lines are export requests` };
  }
  if (!request.test(lines.slice(0, 2).join('\n'))) return null;
  return { lines: false, why: 'an export request over several lines' };
}

/** Null when it is not JSON. `ending` is that of the file name, in lower case. */
export function detectJson(lines: readonly string[], ending: string): JsonDetected | null {
  const [first = ''] = lines;
  const objects = lines.filter((line) => /^\s*\{\s*["}]/.test(line)).length;
  const why = `${objects} of ${lines.length} lines start with {`;
  if (ending === 'ndjson' || ending === 'jsonl') {
    return { format: 'ndjson', why: `the name ends in .${ending}` };
  }
  if (isArrayStart(lines, ending)) return { format: 'json', why: 'starts with [' };
  const opened = first.trimStart().startsWith('{');
  if (opened && lines.length > 1 && isPretty(lines)) {
    return { format: 'json', why: 'one object over several lines' };
  }
  if (objects >= lines.length * neededShare) return { format: 'ndjson', why };
  if (opened && objects > 0) return { format: 'ndjson', why };
  if (opened && lines.length === 1) return { format: 'ndjson', why: 'starts with {' };
  return ending === 'json' ? { format: 'ndjson', why: 'the name ends in .json' } : null;
}

/** `[` and then a value or the end; an error log starts with `[` and a date. */
function isArrayStart(lines: readonly string[], ending: string): boolean {
  const start = lines.slice(0, 2).join('\n').trimStart();
  if (!start.startsWith('[')) return false;
  return ending === 'json' || /^\[\s*([{["\]]|-?\d+(\.\d+)?\s*,|null\b|$)/.test(start);
}

/** The first line is no object of its own, and most others are members or brackets. */
function isPretty(lines: readonly string[]): boolean {
  const [first = '', ...others] = lines;
  if (first.trim() !== '{' && !/^\s*\{.*[,{[]\s*$/.test(first)) return false;
  const inner = others.filter((line) => /^\s*("|[\]}[]|\{\s*$)/.test(line)).length;
  return inner > others.length * neededShare;
}
