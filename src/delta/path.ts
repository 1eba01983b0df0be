/** Paths of data files: a URI in the log, percent-encoded once; decoded everywhere else. */
import { Fault } from '../base/fault.js';

export function encodePath(path: string): string {
  return path
    .split('/')
    .map((segment) => encodeURIComponent(segment).replaceAll('%3D', '='))
    .join('/');
}

/** **Faults** CC4002 a path outside the table directory, CC4003 a path that is none. */
export function decodePath(encoded: string, logFile: string): string {
  if (/^([a-z][a-z0-9+.-]*:|\/)/i.test(encoded)) {
    throw new Fault('CC4002', { path: logFile, feature: 'data files outside the table' });
  }
  const path = decodeOrNull(encoded);
  const broken = path === null || path === '' || /(^|\/)\.\.?(\/|$)|\0/.test(path);
  if (broken) throw new Fault('CC4003', { path: logFile, reason: 'it names an impossible path' });
  return path;
}

function decodeOrNull(encoded: string): string | null {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return null;
  }
}
