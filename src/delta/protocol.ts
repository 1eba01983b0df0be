/** What coldcase may touch: reader 1, writer 2, no feature unknown to it. The rest is refused. */
import { Fault } from '../base/fault.js';
import type { Protocol, Snapshot } from './action.js';

export const ownProtocol: Protocol = Object.freeze({ minReaderVersion: 1, minWriterVersion: 2 });

/** **Faults** CC4002 naming the feature that stands in the way of reading. */
export function assertReadable(snapshot: Snapshot): void {
  const { protocol, metadata, tableDir } = snapshot;
  if (protocol.minReaderVersion > 1) {
    refuse(tableDir, versionName('reader', protocol.minReaderVersion, protocol.readerFeatures));
  }
  const mapping = metadata.configuration['delta.columnMapping.mode'];
  if (mapping !== undefined && mapping !== 'none') refuse(tableDir, 'columnMapping');
}

/** **Faults** CC4002 naming the feature that stands in the way of a commit. */
export function assertWritable(snapshot: Snapshot): void {
  assertReadable(snapshot);
  const { protocol, metadata, tableDir } = snapshot;
  if (protocol.minWriterVersion > 2) {
    refuse(tableDir, versionName('writer', protocol.minWriterVersion, protocol.writerFeatures));
  }
  const { configuration, fields } = metadata;
  if (configuration['delta.appendOnly'] === 'true') refuse(tableDir, 'appendOnly');
  if (Object.keys(configuration).some((key) => key.startsWith('delta.constraints.'))) {
    refuse(tableDir, 'checkConstraints');
  }
  if (fields.some((field) => 'delta.invariants' in field.metadata)) refuse(tableDir, 'invariants');
}

function versionName(side: string, version: number, features: readonly string[] = []): string {
  const named = features.length === 0 ? '' : ` (${features.join(', ')})`;
  return `${side} version ${version}${named}`;
}

function refuse(path: string, feature: string): never {
  throw new Fault('CC4002', { path, feature });
}
