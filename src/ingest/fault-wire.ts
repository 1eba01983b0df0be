/** Faults between threads and processes, where objects lose their class. */
import { Fault, type FaultPlace, faultsOf } from '../base/fault.js';
import { type FaultCode, faultTable } from '../base/fault-table.js';

/** Plain data. `bug` is anything that is no fault. */
export type WireFault =
  | {
      readonly kind: 'fault';
      readonly code: string;
      readonly params: Readonly<Record<string, string | number>>;
      readonly at: FaultPlace | null;
      readonly hint: string;
    }
  | { readonly kind: 'bug'; readonly message: string };

export function toWire(error: unknown): WireFault {
  const fault = faultsOf(error)[0];
  if (fault !== undefined) {
    const { code, params, at, hint } = fault;
    return { kind: 'fault', code, params, at, hint };
  }
  return { kind: 'bug', message: error instanceof Error ? (error.stack ?? '') : String(error) };
}

export function fromWire(wire: WireFault): Error {
  if (wire.kind === 'bug') return new Error(wire.message);
  const { code, params, at, hint } = wire;
  if (!isFaultCode(code)) return new Error(`unknown fault ${code}`);
  return new Fault(code, params, at === null ? { hint } : { at, hint });
}

function isFaultCode(code: string): code is FaultCode {
  return Object.hasOwn(faultTable, code);
}
