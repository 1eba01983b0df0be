/**
 * The keys a JSON scanner has met, as a tree of objects. Each key holds its raw bytes, the label
 * its values flatten to, and which key followed it last time: most events have the keys of the
 * event before, so a guess and a comparison of bytes replace hashing. Used in the hot loop of
 * `json-scanner.ts`, hence parallel arrays.
 */
export interface KeyTable {
  /** By entry: bytes of its pattern, which is the key as the source spells it and `":` after it. */
  readonly patternLength: number[];
  /** By entry: the pattern in words of four bytes; the last word ends where the pattern ends. */
  readonly words: Int32Array[];
  /** By entry: the object it belongs to; the outermost object is 0. */
  readonly node: number[];
  /** By entry: the same number for spellings of one key in one object. */
  readonly keyId: number[];
  readonly labelId: number[];
  /** By entry: the object its values open, -1 until one did. */
  readonly child: number[];
  /** By entry: the entry that followed last; entry 0 stands for the start of an event. */
  readonly next: number[];
  /** By label id. */
  readonly labels: string[];
  /** By label id and key id: the serial of the last event that had it. */
  readonly labelSerial: number[];
  readonly keySerial: number[];
  /** By label id: where the value stands in the row of that event. */
  readonly labelIndex: number[];
  readonly nodes: KeyNode[];
  readonly labelIds: Map<string, number>;
}

interface KeyNode {
  readonly path: string;
  /** How many keys lead to it: 0 for the outermost object. */
  readonly depth: number;
  readonly byRaw: Map<string, number>;
  readonly byKey: Map<string, number>;
}

export function createKeyTable(): KeyTable {
  return {
    patternLength: [0],
    words: [new Int32Array(0)],
    node: [-1],
    keyId: [0],
    labelId: [-1],
    child: [-1],
    next: [0],
    labels: [],
    labelSerial: [],
    keySerial: [0],
    labelIndex: [],
    nodes: [{ path: '', depth: 0, byRaw: new Map(), byKey: new Map() }],
    labelIds: new Map(),
  };
}

/** The entry of a key, made when it is new. `raw` is the spelling, as latin1 text of its bytes. */
export function internKey(keys: KeyTable, nodeId: number, raw: string, key: string): number {
  const node = keys.nodes[nodeId];
  if (node === undefined) return 0;
  const entry = keys.words.length;
  const pattern = Buffer.from(`${raw}":`, 'latin1');
  keys.patternLength.push(pattern.length);
  keys.words.push(wordsOf(pattern));
  keys.node.push(nodeId);
  keys.keyId.push(keyIdOf(keys, node, key));
  keys.labelId.push(labelIdOf(keys, node.path === '' ? key : `${node.path}.${key}`));
  keys.child.push(-1);
  keys.next.push(0);
  node.byRaw.set(raw, entry);
  return entry;
}

/** The object that the values of an entry open. */
export function childNode(keys: KeyTable, entry: number): number {
  const known = keys.child[entry] ?? -1;
  if (known !== -1) return known;
  const path = keys.labels[keys.labelId[entry] ?? -1] ?? '';
  const depth = (keys.nodes[keys.node[entry] ?? -1]?.depth ?? 0) + 1;
  const made = keys.nodes.length;
  keys.nodes.push({ path, depth, byRaw: new Map(), byKey: new Map() });
  keys.child[entry] = made;
  return made;
}

/** The id of a label; labels keep their id for as long as the table lives. */
export function labelIdOf(keys: KeyTable, label: string): number {
  const known = keys.labelIds.get(label);
  if (known !== undefined) return known;
  const made = keys.labels.length;
  keys.labels.push(label);
  keys.labelSerial.push(0);
  keys.labelIndex.push(0);
  keys.labelIds.set(label, made);
  return made;
}

function keyIdOf(keys: KeyTable, node: KeyNode, key: string): number {
  const known = node.byKey.get(key);
  if (known !== undefined) return known;
  const made = keys.keySerial.length;
  keys.keySerial.push(0);
  node.byKey.set(key, made);
  return made;
}

/** Patterns below a word have none, and are never guessed. */
function wordsOf(pattern: Buffer): Int32Array {
  if (pattern.length < 4) return new Int32Array(0);
  return Int32Array.from({ length: (pattern.length + 3) >>> 2 }, (_, index) =>
    pattern.readInt32LE(Math.min(index * 4, pattern.length - 4)),
  );
}
