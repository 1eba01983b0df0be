/** The lines a guess rests on. */

/** As many as lnav looks at. */
const sampleLineCount = 250;
/** **Units** bytes. */
const sampleBytes = 1_048_576;

/** The first lines that are not blank; without a last one that was cut, unless it is the only. */
export function sampleLines(input: {
  readonly head: Buffer;
  readonly complete: boolean;
}): readonly string[] {
  const head = input.head.subarray(0, sampleBytes);
  const whole = input.complete && head.length === input.head.length;
  const lines = head
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .split('\n', sampleLineCount + 1);
  const cut = !whole && lines.length > 1 && lines.length <= sampleLineCount;
  return (cut ? lines.slice(0, -1) : lines.slice(0, sampleLineCount))
    .map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line))
    .filter((line) => line.trim() !== '');
}
