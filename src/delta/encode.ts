/** Actions to log text: one JSON object a line. The first line carries checksums of itself and of
 * the others. */
import { sha256Hex } from '../base/hash.js';
import type {
  AddFile,
  CommitActions,
  CommitInfo,
  Metadata,
  Protocol,
  RemoveFile,
  Transaction,
} from './action.js';
import { encodePath } from './path.js';
import { encodeSchema } from './schema.js';

/** Key in `operationParameters` of the SHA-256 over all lines after the first. */
export const checksumKey = 'coldcase.sha256';

/** Key in `operationParameters` of the SHA-256 over the first line without this value. */
export const infoChecksumKey = 'coldcase.infoSha256';

/** The whole text of one commit file. **Invariant** `decodeCommit(encodeCommit(a))` equals `a`. */
export function encodeCommit(actions: CommitActions): string {
  const body = [
    ...(actions.protocol === null ? [] : [encodeProtocol(actions.protocol)]),
    ...(actions.metadata === null ? [] : [encodeMetadata(actions.metadata)]),
    ...actions.transactions.map(encodeTransaction),
    ...actions.adds.map(encodeAdd),
    ...actions.removes.map(encodeRemove),
  ]
    .map((line) => `${line}\n`)
    .join('');
  return `${encodeInfo(actions.commitInfo, sha256Hex(body))}\n${body}`;
}

function encodeInfo(info: CommitInfo, checksum: string): string {
  const line = (infoChecksum: string): string => {
    const sums = { [checksumKey]: checksum, [infoChecksumKey]: infoChecksum };
    const operationParameters = { ...info.operationParameters, ...sums };
    return JSON.stringify({ commitInfo: { ...info, operationParameters } });
  };
  return line(sha256Hex(line('')));
}

export function encodeProtocol(protocol: Protocol): string {
  return JSON.stringify({ protocol });
}

export function encodeMetadata(metadata: Metadata): string {
  return JSON.stringify({
    metaData: {
      id: metadata.id,
      name: metadata.name,
      format: { provider: 'parquet', options: {} },
      schemaString: encodeSchema(metadata.fields),
      partitionColumns: metadata.partitionColumns,
      configuration: metadata.configuration,
      createdTime: metadata.createdTime,
    },
  });
}

export function encodeTransaction(transaction: Transaction): string {
  return JSON.stringify({ txn: transaction });
}

export function encodeAdd(file: AddFile): string {
  const { stats, tags, path, ...rest } = file;
  return JSON.stringify({
    add: {
      path: encodePath(path),
      ...rest,
      ...(stats === null ? {} : { stats }),
      ...(Object.keys(tags).length === 0 ? {} : { tags }),
    },
  });
}

export function encodeRemove(file: RemoveFile): string {
  const { path, ...rest } = file;
  return JSON.stringify({
    remove: { path: encodePath(path), extendedFileMetadata: true, ...rest },
  });
}
