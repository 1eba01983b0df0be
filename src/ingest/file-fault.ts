/** Faults of whole files: each carries the reason class that the receipt reports. */

import { Fault, type FaultOptions, faultsOf } from '../base/fault.js';
import type { FaultCode } from '../base/fault-table.js';
import { type FileReason, fileReasons } from './receipt.js';

const codes: Partial<Readonly<Record<FileReason, FaultCode>>> = {
  not_found: 'CC2001',
  not_regular_file: 'CC2002',
  permission: 'CC2003',
  format: 'CC2004',
  empty: 'CC2005',
  limit: 'CC2007',
  timeout: 'CC2007',
  disk_full: 'CC5001',
};

const reasonsByCode: Partial<Readonly<Record<FaultCode, FileReason>>> = {
  CC1003: 'usage',
  CC2001: 'not_found',
  CC2002: 'not_regular_file',
  CC2003: 'permission',
  CC2004: 'format',
  CC2005: 'empty',
  CC2007: 'limit',
  CC2008: 'not_found',
  CC2101: 'ts_missing',
  CC4003: 'store_corrupt',
  CC5001: 'disk_full',
  CC5003: 'limit',
  CC5004: 'timeout',
};

/** A fault of one input file. */
export function fileFault(
  reasonClass: FileReason,
  path: string,
  reason: string,
  options: FaultOptions = {},
): Fault {
  return new Fault(
    codes[reasonClass] ?? 'CC2006',
    { path, reason, class: reasonClass },
    { at: { file: path }, ...options },
  );
}

/** The reason class of a fault, or null when it is not about a file. */
export function classOfFault(fault: Fault): FileReason | null {
  const named = fileReasons.find((reason) => reason === fault.params.class);
  return named ?? reasonsByCode[fault.code] ?? null;
}

/** A failed system call on an input file, as a fault; anything else is thrown as it is. */
export function faultOfRead(error: unknown, path: string): Fault {
  if (faultsOf(error)[0] !== undefined) throw error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOENT' || code === 'ENOTDIR') return fileFault('not_found', path, code);
  if (code === 'EACCES' || code === 'EPERM') return fileFault('permission', path, code);
  if (code === 'EISDIR') return fileFault('not_regular_file', path, code);
  if (code.startsWith('E')) return new Fault('CC5005', { path, reason: code }, { cause: error });
  throw error;
}
