/** Runs one command: settings and terminal around it, its answer or its faults after it. */
import { existsSync } from 'node:fs';
import { systemClock } from '../time/clock.js';
import type { Answer } from './answer.js';
import type { BuiltEntries, CommandModule, Invocation } from './command.js';
import { commandSummaries } from './command-summary.js';
import { remember } from './completion/met.js';
import { findConfigs } from './config.js';
import { withFreshSnapshot } from './fresh-snapshot.js';
import { appendHistory, type HistoryEntry } from './history-file.js';
import { flagOption, type OptionValues } from './option-values.js';
import { createProgress } from './progress.js';
import { reportFailure, reportInterruption } from './report.js';
import { type Settings, settingsOf } from './settings.js';
import { listenForSignals } from './signals.js';
import { type Terminal, terminalOf } from './terminal.js';

/** A command as it was called. */
export interface CommandCall {
  readonly module: CommandModule;
  readonly words: readonly string[];
  readonly values: OptionValues;
  readonly argv: readonly string[];
  readonly startedMs: number;
  /** The file that was started; other built entries lie beside it. */
  readonly entry: URL;
}

/** The exit status. Never throws. */
export async function runCommand(call: CommandCall): Promise<number> {
  const { argv, startedMs } = call;
  const interruption = listenForSignals();
  const terminal = currentTerminal(call.values);
  const progress = createProgress({
    enabled: terminal.stderrTty && flagOption(call.values, 'quiet') !== true,
    width: terminal.width,
    nowMs: () => performance.now(),
    write: (text) => process.stderr.write(text),
  });
  let settings: Settings | null = null;
  try {
    settings = await readSettings(call);
    if (terminal.stdoutTty) await refuseForTerminal(settings, terminal);
    const entries = entriesBeside(call.entry);
    const invocation = { ...call, settings, terminal, progress, entries };
    const running = withProcess(invocation, interruption.signal);
    const answer = await withFreshSnapshot(() => call.module.run(running));
    progress.clear();
    await write(answer, { call, settings, terminal, signal: interruption.signal });
    if (answer.met) remember(process.env, answer.met);
    if (settings.history && looksAtData(call.module)) {
      appendHistory(process.env, historyEntry(call, answer));
    }
    return answer.exitCode;
  } catch (error) {
    progress.clear();
    const asked = interruption.asked();
    const context = { argv, settings, startedMs };
    if (asked !== null) return reportInterruption(asked, progress.far(), context);
    return reportFailure(error, context);
  } finally {
    interruption.dispose();
  }
}

/** What the terminal of this process can show, given the flags typed. */
export function currentTerminal(values: OptionValues): Terminal {
  const flags = { color: flagOption(values, 'color'), ascii: flagOption(values, 'ascii') };
  return terminalOf(process.env, flags, {
    stdoutTty: process.stdout.isTTY === true,
    stderrTty: process.stderr.isTTY === true,
    columns: process.stdout.columns ?? process.stderr.columns,
    rows: process.stdout.rows,
  });
}

async function readSettings({ module, values }: CommandCall): Promise<Settings> {
  const configs = await findConfigs(process.cwd(), process.env);
  const typed = module.prepare?.(values) ?? values;
  return settingsOf({ values: typed, env: process.env, configs });
}

function entriesBeside(entry: URL): BuiltEntries {
  const beside = (name: string): URL | null => {
    const url = new URL(name, entry);
    return existsSync(url) ? url : null;
  };
  return {
    worker: beside('ingest-worker.js'),
    child: beside('foreign-child.js'),
    sql: beside('sql-child.js'),
  };
}

function withProcess(
  parts: Omit<Invocation, 'signal' | 'clock' | 'atExit'>,
  signal: AbortSignal,
): Invocation {
  return {
    ...parts,
    signal,
    clock: systemClock,
    atExit: (cleanup) => {
      process.on('exit', cleanup);
    },
  };
}

/** Commands that ask something of the data; the history is not one of them. */
function looksAtData({ name }: CommandModule): boolean {
  const summary = commandSummaries.find((entry) => entry.name === name);
  return summary?.group === 'Look' && name !== 'history';
}

function historyEntry({ argv, startedMs }: CommandCall, { table }: Answer): HistoryEntry {
  return {
    atMicros: systemClock.now(),
    directory: process.cwd(),
    args: argv,
    rows: table.rows.length,
    elapsedMs: Math.round(performance.now() - startedMs),
  };
}

async function refuseForTerminal(settings: Settings, terminal: Terminal): Promise<void> {
  const { refuseTerminal } = await import('./output.js');
  refuseTerminal({ settings, terminal });
}

interface Writing {
  readonly call: CommandCall;
  readonly settings: Settings;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

async function write(answer: Answer, { call, settings, terminal, signal }: Writing): Promise<void> {
  const { argv, startedMs, entry, module } = call;
  const { writeAnswer } = await import('./output.js');
  const { formatMoment } = await import('../time/format.js');
  await writeAnswer(answer, {
    settings,
    terminal,
    instant: (micros) => formatMoment(micros, settings.zone),
    elapsedMs: Math.round(performance.now() - startedMs),
    env: process.env,
    argv,
    command: module.name,
    signal,
    entry,
  });
}
