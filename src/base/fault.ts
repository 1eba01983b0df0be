/**
 * Faults: what the person or the data can fix. A closed table gives each its code, message, hint
 * and exit code; scripts match codes, people read text. A bug is an `AssertionFailure` instead.
 */
import { type FaultCode, type FaultEntry, faultTable } from './fault-table.js';

export type FaultParams = Readonly<Record<string, string | number>>;

/** Where in the text typed, or in which file, a fault lies. Offsets are UTF-16, half-open. */
export interface FaultPlace {
  readonly option?: string;
  readonly text?: string;
  readonly start?: number;
  readonly end?: number;
  readonly file?: string;
  readonly line?: number;
  readonly byteOffset?: number;
}

export interface FaultOptions {
  readonly at?: FaultPlace;
  readonly hint?: string;
  readonly cause?: unknown;
}

export class Fault extends Error {
  override readonly name = 'Fault';
  readonly code: FaultCode;
  readonly params: FaultParams;
  readonly hint: string;
  readonly exitCode: number;
  readonly at: FaultPlace | null;

  constructor(code: FaultCode, params: FaultParams, options: FaultOptions = {}) {
    const entry: FaultEntry = faultTable[code];
    super(fillTemplate(entry.message, params), { cause: options.cause });
    this.code = code;
    this.params = params;
    this.hint = options.hint ?? fillTemplate(entry.hint, params);
    this.exitCode = entry.exitCode;
    this.at = options.at ?? null;
  }
}

/** All faults of one question, reported at once. **Invariant** never empty. */
export class Faults extends Error {
  override readonly name = 'Faults';
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    super(faults.map((fault) => fault.message).join('; '));
    this.faults = faults;
  }
}

/** Throws nothing for an empty list, the fault itself for one, `Faults` for several. */
export function throwAll(faults: readonly Fault[]): void {
  const [first] = faults;
  if (first === undefined) return;
  throw faults.length === 1 ? first : new Faults(faults);
}

/** The faults inside a thrown value; empty when it is something else (a bug, an outside error). */
export function faultsOf(thrown: unknown): readonly Fault[] {
  if (thrown instanceof Fault) return [thrown];
  if (thrown instanceof Faults) return thrown.faults;
  return [];
}

function fillTemplate(template: string, params: FaultParams): string {
  return template.replace(/\{(\w+)\}/g, (whole, key: string) =>
    params[key] === undefined ? whole : String(params[key]),
  );
}
