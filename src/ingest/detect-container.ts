/** Tells the logs of containers, and gives the lines that are inside. */
import { createJsonScanner } from './json-scanner.js';
import { unwrapLine } from './readers/container-line.js';
import { defaultLimits } from './record.js';

export interface ContainerSample {
  /** How many of the lines are those of a container. */
  readonly fitting: number;
  /** What they hold, with cut ones put together; blank ones are left out. */
  readonly inner: readonly string[];
}

/** Half of the lines decide; the others are broken lines. */
const neededShare = 0.5;

/** Null when it is another kind of file. */
export function detectContainer(lines: readonly string[]): ContainerSample | null {
  if (!lines.some((line) => line.startsWith('{"') || /^\d{4}-/.test(line))) return null;
  const scanner = createJsonScanner(defaultLimits);
  const inner: string[] = [];
  const open = new Map<string, Buffer>();
  let fitting = 0;
  for (const line of lines) {
    const found = unwrapLine(Buffer.from(line), scanner, defaultLimits);
    if ('reason' in found) continue;
    fitting += 1;
    const content = Buffer.concat([open.get(found.stream) ?? Buffer.alloc(0), found.content]);
    open.delete(found.stream);
    if (found.partial) open.set(found.stream, content);
    else if (content.toString().trim() !== '') inner.push(content.toString());
  }
  return fitting < lines.length * neededShare ? null : { fitting, inner };
}
