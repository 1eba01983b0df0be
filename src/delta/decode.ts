/**
 * Log text to actions. Strict where a loss would go unseen (JSON, checksum, fields a replay needs),
 * tolerant where the protocol says so (unknown actions and fields).
 */
import { Fault } from '../base/fault.js';
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
import { checksumKey, infoChecksumKey } from './encode.js';
import {
  integerOf,
  isRecord,
  type JsonRecord,
  nullableTextMapOf,
  textMapOf,
  textOf,
  textsOf,
} from './json-field.js';
import { decodePath } from './path.js';
import { decodeSchema } from './schema.js';

const noInfo: CommitInfo = Object.freeze({
  timestamp: 0,
  operation: '',
  engineInfo: '',
  operationParameters: Object.freeze({}),
});

/** One commit file. **Faults** CC4003 damaged, CC4002 a feature we do not know. */
export function decodeCommit(text: string, logFile: string): CommitActions {
  if (text.trim() === '') throw damaged(logFile, 'it is empty');
  const actions = decodeActions(text, logFile);
  const {
    [checksumKey]: expected,
    [infoChecksumKey]: ofInfo,
    ...operationParameters
  } = actions.commitInfo.operationParameters;
  if (expected === undefined && ofInfo === undefined) return actions;
  const end = text.indexOf('\n');
  const isWhole =
    (expected === undefined || sha256Hex(text.slice(end + 1)) === expected) &&
    (ofInfo === undefined || sha256Hex(text.slice(0, end).replace(ofInfo, '')) === ofInfo);
  if (!isWhole) throw damaged(logFile, 'its checksum does not match');
  return Object.freeze({
    ...actions,
    commitInfo: Object.freeze({ ...actions.commitInfo, operationParameters }),
  });
}

/** Lines of actions, of a commit or of a checkpoint. **Faults** as `decodeCommit`. */
export function decodeActions(text: string, logFile: string): CommitActions {
  let commitInfo: CommitInfo = noInfo;
  let protocol: Protocol | null = null;
  let metadata: Metadata | null = null;
  const transactions: Transaction[] = [];
  const adds: AddFile[] = [];
  const removes: RemoveFile[] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const action = parseLine(line, logFile);
    for (const [kind, value] of Object.entries(action)) {
      if (!isRecord(value)) continue;
      if (kind === 'add') adds.push(decodeAdd(value, logFile));
      else if (kind === 'remove') removes.push(decodeRemove(value, logFile));
      else if (kind === 'txn') transactions.push(decodeTransaction(value, logFile));
      else if (kind === 'metaData') metadata = decodeMetadata(value, logFile);
      else if (kind === 'protocol') protocol = decodeProtocol(value, logFile);
      else if (kind === 'commitInfo') commitInfo = decodeInfo(value);
    }
  }
  return Object.freeze({ commitInfo, protocol, metadata, transactions, adds, removes });
}

function parseLine(line: string, logFile: string): JsonRecord {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw damaged(logFile, 'a line is not whole JSON', cause);
  }
  if (!isRecord(value)) throw damaged(logFile, 'a line is not a JSON object');
  return value;
}

function decodeAdd(value: JsonRecord, logFile: string): AddFile {
  if (isRecord(value.deletionVector)) {
    throw new Fault('CC4002', { path: logFile, feature: 'deletionVectors' });
  }
  return Object.freeze({
    path: decodePath(needed(textOf(value, 'path'), 'add.path', logFile), logFile),
    partitionValues: Object.freeze(nullableTextMapOf(value, 'partitionValues')),
    size: needed(integerOf(value, 'size'), 'add.size', logFile),
    modificationTime: integerOf(value, 'modificationTime') ?? 0,
    dataChange: value.dataChange !== false,
    stats: textOf(value, 'stats'),
    tags: Object.freeze(textMapOf(value, 'tags')),
  });
}

function decodeRemove(value: JsonRecord, logFile: string): RemoveFile {
  return Object.freeze({
    path: decodePath(needed(textOf(value, 'path'), 'remove.path', logFile), logFile),
    deletionTimestamp: integerOf(value, 'deletionTimestamp') ?? 0,
    dataChange: value.dataChange !== false,
    partitionValues: Object.freeze(nullableTextMapOf(value, 'partitionValues')),
    size: integerOf(value, 'size') ?? 0,
  });
}

function decodeTransaction(value: JsonRecord, logFile: string): Transaction {
  return Object.freeze({
    appId: needed(textOf(value, 'appId'), 'txn.appId', logFile),
    version: needed(integerOf(value, 'version'), 'txn.version', logFile),
    lastUpdated: integerOf(value, 'lastUpdated') ?? 0,
  });
}

function decodeMetadata(value: JsonRecord, logFile: string): Metadata {
  const schemaText = needed(textOf(value, 'schemaString'), 'metaData.schemaString', logFile);
  return Object.freeze({
    id: needed(textOf(value, 'id'), 'metaData.id', logFile),
    name: textOf(value, 'name') ?? '',
    fields: needed(decodeSchema(schemaText), 'metaData.schemaString', logFile),
    partitionColumns: Object.freeze(textsOf(value, 'partitionColumns')),
    configuration: Object.freeze(textMapOf(value, 'configuration')),
    createdTime: integerOf(value, 'createdTime') ?? 0,
  });
}

function decodeProtocol(value: JsonRecord, logFile: string): Protocol {
  const readerFeatures = textsOf(value, 'readerFeatures');
  const writerFeatures = textsOf(value, 'writerFeatures');
  return Object.freeze({
    minReaderVersion: needed(integerOf(value, 'minReaderVersion'), 'minReaderVersion', logFile),
    minWriterVersion: needed(integerOf(value, 'minWriterVersion'), 'minWriterVersion', logFile),
    ...(readerFeatures.length === 0 ? {} : { readerFeatures }),
    ...(writerFeatures.length === 0 ? {} : { writerFeatures }),
  });
}

function decodeInfo(value: JsonRecord): CommitInfo {
  return Object.freeze({
    timestamp: integerOf(value, 'timestamp') ?? 0,
    operation: textOf(value, 'operation') ?? '',
    engineInfo: textOf(value, 'engineInfo') ?? '',
    operationParameters: Object.freeze(textMapOf(value, 'operationParameters')),
  });
}

function needed<T>(value: T | null, what: string, logFile: string): T {
  if (value === null) throw damaged(logFile, `${what} is missing or not readable`);
  return value;
}

export function damaged(path: string, reason: string, cause?: unknown): Fault {
  return new Fault('CC4003', { path, reason }, { cause });
}
