/** The format of FORMAT_TIME: strftime of POSIX in the C locale, taken apart. UTC only. */

/** Fields of a moment that strftime writes; `e`, `k` and `l` are padded with a space. */
const fields = [...'YmdHMSyjUWwuaAbBpIGVCseklFTDRhcxXrnt%Zz'];

/** Fields that are made of others. */
const composed: Readonly<Record<string, string>> = {
  F: '%Y-%m-%d',
  T: '%H:%M:%S',
  D: '%m/%d/%y',
  R: '%H:%M',
  h: '%b',
  c: '%a %b %e %H:%M:%S %Y',
  x: '%m/%d/%y',
  X: '%H:%M:%S',
  r: '%I:%M:%S %p',
};
const constants: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  '%': '%',
  Z: 'UTC',
  z: '+0000',
};

export type TimePart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'field'; readonly code: string };

/** The parts of a format in order; composed fields are resolved. Null: a part is not known. */
export function timeParts(format: string): readonly TimePart[] | null {
  const parts: TimePart[] = [];
  for (let index = 0; index < format.length; index += 1) {
    const char = format[index] ?? '';
    if (char !== '%') {
      parts.push({ kind: 'text', text: char });
      continue;
    }
    index += 1;
    const code = format[index] ?? '';
    if (!fields.includes(code)) return null;
    const longer = composed[code];
    const constant = constants[code];
    if (longer !== undefined) parts.push(...(timeParts(longer) ?? []));
    else if (constant !== undefined) parts.push({ kind: 'text', text: constant });
    else parts.push({ kind: 'field', code });
  }
  return joined(parts);
}

/** The first part of a format that is not known; null when all are. */
export function unknownTimePart(format: string): string | null {
  const parts = format.match(/%[\s\S]?/g) ?? [];
  return parts.find((part) => timeParts(part) === null) ?? null;
}

function joined(parts: readonly TimePart[]): readonly TimePart[] {
  const found: TimePart[] = [];
  for (const part of parts) {
    const last = found.at(-1);
    if (part.kind === 'text' && last?.kind === 'text') {
      found[found.length - 1] = { kind: 'text', text: last.text + part.text };
    } else found.push(part);
  }
  return found;
}
