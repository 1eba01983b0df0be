/** What is said when a command did not answer: faults, a signal, or a bug of ours. */
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Fault, faultsOf } from '../base/fault.js';
import { sanitise } from '../base/text.js';
import { asciiGlyphs, ownText, unicodeGlyphs } from '../render/glyphs.js';
import { type JsonValue, jsonText } from '../render/json.js';
import { colours, noColours } from '../render/paint.js';
import { exitCodeOf, exitCodes } from './exit.js';
import { type FaultStyle, faultDocument, faultLines } from './fault-text.js';
import { asksForJson } from './format.js';
import type { Settings } from './settings.js';
import { type StopSignal, signalExitCodes } from './signals.js';
import { writeStream } from './sink.js';
import { terminalOf } from './terminal.js';
import { withTypedText } from './typed-place.js';
import { coldcaseVersion } from './version-number.js';

/** What was asked when it failed. */
export interface FailureContext {
  readonly argv: readonly string[];
  /** Null when the failure came before they were known. */
  readonly settings: Settings | null;
  readonly startedMs: number;
}

/** Prints what went wrong and gives the exit status. A reader that went away is no failure. */
export async function reportFailure(error: unknown, context: FailureContext): Promise<number> {
  if (error instanceof Error && 'code' in error && error.code === 'EPIPE') return exitCodes.ok;
  const faults = faultsOf(outsideFault(error)).map((fault) => withTypedText(fault, context.argv));
  if (faults.length === 0) return reportBug(error, context);
  if (wantsJson(context)) await printJson(faultDocument(faults, elapsedMs(context)));
  else {
    const style = styleOf(context);
    const lines = faults.flatMap((fault) => faultLines(fault, style));
    await writeStream(process.stderr, [`${lines.join('\n')}\n`]);
  }
  return exitCodeOf(faults);
}

/** A full disk behind stdout is no bug. */
function outsideFault(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  const path = 'standard output';
  if ('syscall' in error && error.syscall === 'write') {
    if (error.code === 'ENOSPC') return new Fault('CC5001', { path }, { cause: error });
    return new Fault('CC5005', { path, reason: String(error.code) }, { cause: error });
  }
  return error;
}

/** Says that a signal stopped the command. `progress` is how far it was, or empty. */
export async function reportInterruption(
  name: StopSignal,
  progress: string,
  context: FailureContext,
): Promise<number> {
  const far = progress === '' ? '' : ` while ${progress}`;
  const message = `interrupted${far}; nothing written`;
  if (wantsJson(context)) {
    const fault = { code: 'interrupted', message, hint: 'run the same command again', at: null };
    await printJson({ ok: false, fault, faults: [fault], elapsedMs: elapsedMs(context) });
  } else {
    const text = ownText(sanitise(message), styleOf(context).glyphs);
    await writeStream(process.stderr, [`${text}\n`]);
  }
  return signalExitCodes[name];
}

async function reportBug(error: unknown, context: FailureContext): Promise<number> {
  const message = error instanceof Error ? error.message : String(error);
  const stack = error instanceof Error ? stackOf(error) : String(error);
  const file = writeBugFile(stack, context.argv);
  const hint = file === null ? 'run again with --debug' : `attach ${file} to a report`;
  if (wantsJson(context)) {
    const fault = { code: 'bug', message, hint, at: null };
    await printJson({ ok: false, fault, faults: [fault], elapsedMs: elapsedMs(context) });
  } else {
    const { paint } = styleOf(context);
    const head = `${paint.red('bug')} in coldcase ${coldcaseVersion}: ${sanitise(message)}`;
    const lines = [head, `  this is not the data's fault; ${hint}`];
    if (context.settings?.debug ?? context.argv.includes('--debug')) lines.push(stack);
    await writeStream(process.stderr, [`${lines.join('\n')}\n`]);
  }
  return exitCodes.bug;
}

function stackOf(error: Error): string {
  const own = error.stack ?? error.message;
  return error.cause instanceof Error ? `${own}\ncaused by ${stackOf(error.cause)}` : own;
}

function writeBugFile(stack: string, argv: readonly string[]): string | null {
  const path = join(tmpdir(), `coldcase-bug-${process.pid}.txt`);
  const facts = [
    `coldcase ${coldcaseVersion}, node ${process.version}, ${process.platform} ${process.arch}`,
    `arguments: ${JSON.stringify(argv)}`,
    stack,
  ];
  try {
    writeFileSync(path, `${facts.join('\n')}\n`, { mode: 0o600, flag: 'wx' });
    return path;
  } catch {
    return null;
  }
}

function wantsJson({ argv, settings }: FailureContext): boolean {
  return settings === null ? asksForJson(argv, process.env) : settings.format === 'json';
}

async function printJson(document: Readonly<Record<string, JsonValue>>): Promise<void> {
  await writeStream(process.stdout, [`${jsonText(document)}\n`]);
}

function elapsedMs(context: FailureContext): number {
  return Math.round(performance.now() - context.startedMs);
}

/** Faults may come before the options are read, so the flags are looked for in argv. */
function styleOf({ argv }: FailureContext): FaultStyle {
  const has = (yes: string, no: string): boolean | undefined =>
    argv.includes(no) ? false : argv.includes(yes) ? true : undefined;
  const flags = { color: has('--color', '--no-color'), ascii: has('--ascii', '--no-ascii') };
  const terminal = terminalOf(process.env, flags, {
    stdoutTty: process.stderr.isTTY === true,
    stderrTty: process.stderr.isTTY === true,
    columns: process.stdout.columns ?? process.stderr.columns,
  });
  return {
    width: terminal.width,
    wrapWidth: terminal.stderrTty ? terminal.width : null,
    glyphs: terminal.unicode ? unicodeGlyphs : asciiGlyphs,
    paint: terminal.colourErr ? colours : noColours,
  };
}
