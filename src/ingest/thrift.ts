/**
 * The Thrift compact protocol, as far as Parquet footers and page headers need it.
 * **Source** https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 */
export type ThriftValue =
  | { readonly kind: 'i32' | 'i64'; readonly value: number }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'struct'; readonly fields: ThriftFields }
  | { readonly kind: 'list'; readonly items: readonly ThriftValue[] };

/** Fields by number, in rising order. */
export type ThriftFields = readonly (readonly [number, ThriftValue])[];

export const i32 = (value: number): ThriftValue => ({ kind: 'i32', value });
export const i64 = (value: number): ThriftValue => ({ kind: 'i64', value });
export const bool = (value: boolean): ThriftValue => ({ kind: 'bool', value });
export const text = (value: string): ThriftValue => ({ kind: 'text', value });
export const struct = (...fields: ThriftFields): ThriftValue => ({ kind: 'struct', fields });
export const list = (items: readonly ThriftValue[]): ThriftValue => ({ kind: 'list', items });

const typeIds = { i32: 5, i64: 6, bool: 1, text: 8, list: 9, struct: 12 } as const;

/** The bytes of a struct. */
export function encodeStruct(fields: ThriftFields): Buffer {
  const out: number[] = [];
  writeFields(out, fields);
  return Buffer.from(out);
}

/** An unsigned number in groups of seven bits, lowest first. */
export function writeVarint(out: number[], value: number): void {
  let rest = value;
  while (rest >= 0x80) {
    out.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  out.push(rest);
}

function writeFields(out: number[], fields: ThriftFields): void {
  let last = 0;
  for (const [id, value] of fields) {
    const type = value.kind === 'bool' && !value.value ? 2 : typeIds[value.kind];
    if (id - last <= 15) out.push(((id - last) << 4) | type);
    else {
      out.push(type);
      writeVarint(out, id * 2);
    }
    last = id;
    if (value.kind !== 'bool') writeValue(out, value);
  }
  out.push(0);
}

function writeValue(out: number[], value: ThriftValue): void {
  switch (value.kind) {
    case 'i32':
    case 'i64':
      // Zigzag; every number of a footer is a count or a position, so never negative.
      writeVarint(out, value.value * 2);
      return;
    case 'bool':
      out.push(value.value ? 1 : 2);
      return;
    case 'text': {
      const bytes = Buffer.from(value.value, 'utf8');
      writeVarint(out, bytes.length);
      for (const code of bytes) out.push(code);
      return;
    }
    case 'struct':
      writeFields(out, value.fields);
      return;
    case 'list':
      writeList(out, value.items);
  }
}

function writeList(out: number[], items: readonly ThriftValue[]): void {
  const first = items[0];
  const type = first === undefined ? typeIds.struct : typeIds[first.kind];
  if (items.length < 15) out.push((items.length << 4) | type);
  else {
    out.push(0xf0 | type);
    writeVarint(out, items.length);
  }
  for (const item of items) writeValue(out, item);
}
