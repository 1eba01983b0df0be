/** What the terminal can show, read from the environment and the streams alone. */

/** Variables of the process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What the streams of this process can show. */
export interface Terminal {
  readonly stdoutTty: boolean;
  readonly stderrTty: boolean;
  /** **Units** cells of one line. */
  readonly width: number;
  /** **Units** lines of the screen; null where there is none. */
  readonly height: number | null;
  readonly unicode: boolean;
  readonly colourOut: boolean;
  readonly colourErr: boolean;
}

/** What was typed about it. */
export interface TerminalFlags {
  /** `--color` and `--no-color`; undefined when neither was given. */
  readonly color: boolean | undefined;
  /** `--ascii` and `--no-ascii`; undefined when neither was given. */
  readonly ascii: boolean | undefined;
}

/** What the streams say of themselves. */
export interface StreamFacts {
  readonly stdoutTty: boolean;
  readonly stderrTty: boolean;
  readonly columns: number | undefined;
  /** Lines of the screen behind stdout. */
  readonly rows?: number | undefined;
}

/** **Source** no-color.org, bixense.com/clicolors, POSIX locale variables. */
export function terminalOf(env: Environment, flags: TerminalFlags, streams: StreamFacts): Terminal {
  return {
    stdoutTty: streams.stdoutTty,
    stderrTty: streams.stderrTty,
    width: widthOf(env, streams),
    height: streams.stdoutTty ? (streams.rows ?? null) : null,
    unicode: flags.ascii === undefined ? hasUnicode(env) && streams.stdoutTty : !flags.ascii,
    colourOut: hasColour(env, flags.color, streams.stdoutTty),
    colourErr: hasColour(env, flags.color, streams.stderrTty),
  };
}

const defaultWidth = 80;
const leastWidth = 20;

function widthOf(env: Environment, streams: StreamFacts): number {
  const asked = /^\d+$/.test(env.COLUMNS ?? '') ? Number(env.COLUMNS) : 0;
  const width = asked > 0 ? asked : (streams.columns ?? 0);
  return Math.max(leastWidth, width > 0 ? width : defaultWidth);
}

function filled(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}

/** In order: flag, NO_COLOR, FORCE_COLOR, CLICOLOR_FORCE, CLICOLOR, TERM, is it a terminal. */
function hasColour(env: Environment, flag: boolean | undefined, tty: boolean): boolean {
  if (flag !== undefined) return flag;
  if (filled(env.NO_COLOR)) return false;
  if (filled(env.FORCE_COLOR)) return env.FORCE_COLOR !== '0';
  if (filled(env.CLICOLOR_FORCE) && env.CLICOLOR_FORCE !== '0') return true;
  if (env.CLICOLOR === '0' || env.TERM === 'dumb') return false;
  return tty;
}

/** UTF-8, and not a CJK locale: there our marks are two cells wide in some terminals. */
function hasUnicode(env: Environment): boolean {
  const locale = [env.LC_ALL, env.LC_CTYPE, env.LANG].find(filled) ?? '';
  return /utf-?8/i.test(locale) && !/^(ja|ko|zh)/i.test(locale);
}
