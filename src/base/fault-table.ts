/**
 * The closed table of fault codes. CC1xxx the question or the command line (exit 2), CC2xxx input
 * data, CC3xxx data quality, CC4xxx the store, CC5xxx engine and resources (exit 1).
 * Messages: lower case, no full stop, `{name}` stands for a parameter. Codes are never reused.
 */
import { formulaFaults } from './formula-faults.js';
import { investigationFaults } from './investigation-faults.js';
import { storeFaults } from './store-faults.js';

export interface FaultEntry {
  readonly message: string;
  readonly hint: string;
  readonly exitCode: 1 | 2;
}

export const faultTable = {
  CC1001: {
    message: 'no command {name}',
    hint: 'coldcase --help lists the commands',
    exitCode: 2,
  },
  CC1002: {
    message: 'no option {name} for {command}',
    hint: 'coldcase {command} --help lists the options',
    exitCode: 2,
  },
  CC1003: {
    message: 'option {name}: {problem}',
    hint: 'coldcase {command} --help shows the forms it takes',
    exitCode: 2,
  },
  CC1004: {
    message: '{command}: {problem}',
    hint: 'coldcase {command} --help shows the forms it takes',
    exitCode: 2,
  },
  CC1101: {
    message: 'cannot read {text} as a time',
    hint: 'write 2020-04-16 14:10, 2h, yesterday 14:00 or @1587046200; coldcase help time',
    exitCode: 2,
  },
  CC1102: {
    message: 'the window {text} is empty: its end is not after its start',
    hint: 'write the earlier time first; the end is not part of the window',
    exitCode: 2,
  },
  CC1103: {
    message: 'cannot read {text} as a duration',
    hint: 'write 30s, 5m, 1h or 2d',
    exitCode: 2,
  },
  CC1104: {
    message: '{text} can mean {first} or {second}',
    hint: 'write {firstIso} or {secondIso}',
    exitCode: 2,
  },
  CC1105: {
    message: 'expected {expected}, found {found}',
    hint: 'coldcase help filters shows the expression language',
    exitCode: 2,
  },
  CC1106: {
    message: '{options} cannot be used together',
    hint: 'keep one of them; coldcase help time',
    exitCode: 2,
  },
  CC1107: {
    message: 'the window is kept only in part: {reason}',
    hint: 'narrow the window, or leave out --partial fail',
    exitCode: 1,
  },
  CC1201: {
    message: 'no column or role {name}',
    hint: 'coldcase columns lists what there is',
    exitCode: 2,
  },
  CC1202: {
    message: '{left} is {leftType} and cannot be compared with {rightType}',
    hint: '{advice}',
    exitCode: 2,
  },
  CC1203: {
    message: 'no calculation {name}',
    hint: 'one of count, rate, error_rate, sum, avg, min, max, distinct, p95, p99.9, heatmap …',
    exitCode: 2,
  },
  CC1204: {
    message: '{name} needs {needed}',
    hint: '{advice}',
    exitCode: 2,
  },
  CC1210: {
    message: 'a calculation cannot be called {name}: {problem}',
    hint: 'write as NAME, or as `NAME` for a name with spaces',
    exitCode: 2,
  },
  CC1211: {
    message: '{name} has no single value for a group',
    hint: '{advice}',
    exitCode: 2,
  },
  CC1212: {
    message: 'a condition on another span stands beside other names',
    hint: 'join it to the others by and: root.status = 500 and host = api-1',
    exitCode: 2,
  },
  CC1213: {
    message: '{name} can have many values for one event',
    hint: 'only root. and parent. serve in --by; {prefix}. serves in --where',
    exitCode: 2,
  },
  CC1214: {
    message: '{prefix} needs the role {role}, and no column is known as it',
    hint: 'say at ingest which column it is: --map {role}=COLUMN',
    exitCode: 2,
  },
  CC1215: {
    message: 'ClickHouse has no counterpart of {name}',
    hint: 'ask with another calculation or field; --explain sql shows what is asked here',
    exitCode: 2,
  },
  ...formulaFaults,
  CC1250: {
    message: 'cannot read the statement: {problem}',
    hint: 'coldcase help sql shows what can be written',
    exitCode: 2,
  },
  CC1251: {
    message: 'coldcase sql runs one SELECT, found {found}',
    hint: 'write one SELECT, WITH, FROM, VALUES, DESCRIBE or SUMMARIZE; nothing is changed here',
    exitCode: 2,
  },
  CC1252: {
    message: '{what} cannot be used in coldcase sql',
    hint: 'a statement reads the views and works out values; coldcase help sql',
    exitCode: 2,
  },
  CC1253: {
    message: 'no view {name}',
    hint: 'there are events, events_raw, rejects, ledger and markers',
    exitCode: 2,
  },
  CC1254: {
    message: 'no column {name}',
    hint: 'DESCRIBE events lists the columns',
    exitCode: 2,
  },
  CC1255: {
    message: 'the statement cannot be worked out: {problem}',
    hint: 'compare values of one type; try_cast gives null where cast fails',
    exitCode: 2,
  },
  CC1256: {
    message: 'parameter {name}: {problem}',
    hint: 'write $name in the statement and give -p name=value',
    exitCode: 2,
  },
  CC1257: {
    message: 'the statement is not accepted: {problem}',
    hint: 'give values with -p name=value; coldcase help sql',
    exitCode: 2,
  },
  CC1258: {
    message: 'the process that ran the statement ended ({reason})',
    hint: 'the store is as it was; ask for less at once, and report a statement that does this',
    exitCode: 1,
  },
  CC1259: {
    message: '{word} is neither a file nor a statement',
    hint: "files come first, then the statement: coldcase sql access.log 'select …'",
    exitCode: 2,
  },
  CC1270: {
    message: 'no saved query {name}',
    hint: 'coldcase queries lists them',
    exitCode: 2,
  },
  CC1271: {
    message: '{path}:{line}: unknown key {key}',
    hint: 'docs/saved-queries.md lists the keys',
    exitCode: 2,
  },
  CC1272: {
    message: '{path}:{line}: {problem}',
    hint: 'docs/saved-queries.md shows a complete example',
    exitCode: 2,
  },
  CC1273: {
    message: '@{name} has no parameter {parameter}',
    hint: 'coldcase queries show {name} lists them',
    exitCode: 2,
  },
  CC1274: {
    message: '@{name} needs a value for {parameter}: {about}',
    hint: 'give it with -p {parameter}=VALUE',
    exitCode: 2,
  },
  CC1275: {
    message: 'parameter {parameter}: {problem}',
    hint: 'coldcase queries show {name} lists the parameters with their types',
    exitCode: 2,
  },
  CC1276: {
    message: '@{name} needs {needed}, which this data lack',
    hint: '{advice}',
    exitCode: 1,
  },
  CC1280: {
    message: '{name}: {problem}',
    hint: 'a query of Honeycomb is JSON: a file, -, the text itself or a link with ?query=',
    exitCode: 2,
  },
  CC1281: {
    message: 'unknown key {path} in the query of Honeycomb',
    hint: '{path}',
    exitCode: 2,
  },
  CC1282: {
    message: '{path}: {problem}',
    hint: 'coldcase help compat says what is understood',
    exitCode: 2,
  },
  CC1301: {
    message: '{path}:{line}: unknown key {key}',
    hint: 'coldcase help config lists the keys',
    exitCode: 2,
  },
  CC1302: {
    message: '{path}:{line}: {problem}',
    hint: 'coldcase help config shows a complete example',
    exitCode: 2,
  },
  CC1310: {
    message: '{command} has no picture: {reason}',
    hint: '{advice}',
    exitCode: 2,
  },
  CC1311: {
    message: '{format} is not for a terminal',
    hint: 'write it to a file with -o FILE, or pipe it on',
    exitCode: 2,
  },
  CC1312: {
    message: '{command} has no table to write as {format}',
    hint: 'take --format json, plain or markdown',
    exitCode: 2,
  },
  ...investigationFaults,
  CC2001: {
    message: '{path}: no such file',
    hint: 'check the name; quote a glob so that coldcase expands it',
    exitCode: 1,
  },
  CC2002: {
    message: '{path}: not a regular file',
    hint: 'pipe it in instead: coldcase ingest -',
    exitCode: 1,
  },
  CC2003: {
    message: '{path}: no permission to read',
    hint: 'run as a user who may read it, or change its mode',
    exitCode: 1,
  },
  CC2004: {
    message: '{path}: format not recognised ({reason})',
    hint: 'name it with --format, or give --pattern with named groups; coldcase help formats',
    exitCode: 1,
  },
  CC2005: {
    message: '{path}: empty file',
    hint: 'nothing to store; remove it from the list if that is expected',
    exitCode: 1,
  },
  CC2006: {
    message: '{path}: {reason}',
    hint: 'nothing of it was stored; repair it, or keep its readable start with --allow-partial',
    exitCode: 1,
  },
  CC2007: {
    message: '{path}: stopped at a limit: {reason}',
    hint: 'nothing of this file was stored; raise the limit if the file is meant to be so',
    exitCode: 1,
  },
  CC2008: {
    message: 'no input matches {pattern}',
    hint: 'check the glob; a directory is read recursively',
    exitCode: 1,
  },
  CC2009: {
    message: '{rejected} of {read} records rejected, more than --max-rejects {allowed}',
    hint: 'nothing was stored; see {rejectsFile} for the reasons',
    exitCode: 1,
  },
  CC2010: {
    message: 'all {rejected} records were rejected: {reasons}',
    hint: 'the first: {path}, line {line}: {problem}',
    exitCode: 1,
  },
  CC2101: {
    message: '{path}: no column found for the role {role}',
    hint: 'name it with --map {role}=COLUMN; candidates: {candidates}',
    exitCode: 1,
  },
  CC2102: {
    message: '{command} needs a {role} for each event; none found',
    hint: 'give it with --map {role}=COLUMN or --set {role}=VALUE at ingest',
    exitCode: 1,
  },
  ...storeFaults,
  CC5001: {
    message: 'the disk is full while writing {path}',
    hint: 'nothing was stored; free space and run the same command again',
    exitCode: 1,
  },
  CC5002: {
    message: 'the query engine failed: {reason}',
    hint: 'this is not expected from a valid question; run again with --explain sql and report it',
    exitCode: 1,
  },
  CC5003: {
    message: 'stopped at the memory limit {limit}',
    hint: 'raise --max-memory, narrow the window, or use fewer breakdowns',
    exitCode: 1,
  },
  CC5004: {
    message: 'stopped after the time limit {limit}',
    hint: 'raise --timeout or narrow the window',
    exitCode: 1,
  },
  CC5005: {
    message: 'cannot write {path}: {reason}',
    hint: 'check that the directory exists and may be written',
    exitCode: 1,
  },
  CC5010: {
    message: 'cannot draw a png: {reason}',
    hint: 'npm install @resvg/resvg-js@2.6.2 beside coldcase, or take --format svg',
    exitCode: 1,
  },
} as const satisfies Record<string, FaultEntry>;

export type FaultCode = keyof typeof faultTable;
