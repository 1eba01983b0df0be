/** Runs the built program and writes down what it said: stdout, stderr and the exit status. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const program = new URL('../../dist/cli.js', import.meta.url).pathname;

/** Loaded first in a session on a terminal: both streams say they are one. */
const onTerminal = `data:text/javascript,${encodeURIComponent(
  'for (const s of [process.stdout, process.stderr]) Object.defineProperty(s, "isTTY", {value: true})',
)}`;

export interface SessionOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly terminal?: boolean;
  readonly input?: string;
}

export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | null;
}

export interface Session {
  readonly dir: string;
  readonly run: (args: readonly string[], options?: SessionOptions) => Outcome;
  /** All commands as one text; what differs from run to run is redacted. */
  readonly transcript: (
    commands: readonly (readonly string[])[],
    options?: SessionOptions,
  ) => string;
  readonly close: () => void;
}

/** A directory of its own and a clean environment, on 2020-04-24. */
export function openSession(): Session {
  const dir = mkdtempSync(join(tmpdir(), 'golden-'));
  const run = (args: readonly string[], options: SessionOptions = {}): Outcome => {
    const preload = options.terminal === true ? ['--import', onTerminal] : [];
    const { stdout, stderr, status } = spawnSync(process.execPath, [...preload, program, ...args], {
      cwd: dir,
      encoding: 'utf8',
      input: options.input ?? '',
      env: {
        ...{ PATH: '/usr/bin:/bin', HOME: dir, LANG: 'C.UTF-8', TMPDIR: tmpdir() },
        ...options.env,
      },
    });
    return { stdout, stderr, status };
  };
  return {
    dir,
    run,
    transcript: (commands, options) =>
      commands.map((args) => written(args, run(args, options), dir)).join('\n'),
    close: () => rmSync(dir, { recursive: true, force: true }),
  };
}

function written(
  args: readonly string[],
  { stdout, stderr, status }: Outcome,
  dir: string,
): string {
  const typed = args.map((arg) => (/^[\w./:=@,-]+$/.test(arg) ? arg : `'${arg}'`)).join(' ');
  const said = stderr === '' ? [] : ['--- stderr', stderr.trimEnd()];
  const lines = [`$ coldcase ${typed}`, stdout.trimEnd(), ...said, `[${status}]`, ''];
  return redact(lines.filter((line, index) => line !== '' || index !== 1).join('\n'), dir);
}

/** The directory, elapsed times, sizes of data files, batch ids. */
function redact(text: string, dir: string): string {
  return text
    .replaceAll(dir, 'DIR')
    .replace(/"elapsedMs":\d+/g, '"elapsedMs":0')
    .replace(/"(data_)?bytes":\d+/g, '"$1bytes":0')
    .replace(/\d+(\.\d)? [KM]iB/g, 'SIZE')
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UUID')
    .replace(/coldcase-(bug|files)-\w+/g, 'coldcase-$1-ID');
}
