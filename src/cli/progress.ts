/** One line on stderr that says how far a long command is. Silent unless stderr is a terminal. */
import { sanitise, truncateToWidth } from '../base/text.js';

/** A line on a terminal that says what is being done; nothing elsewhere. */
export interface Progress {
  /** Replaces the line; drawn at most ten times a second. `far` says in words how far that is. */
  readonly say: (text: string, far?: string) => void;
  /** Takes the line away. */
  readonly clear: () => void;
  /** How far the command was when it last said so, for the message of an interrupted one. */
  readonly far: () => string;
}

/** Ten redraws a second: enough to look alive, too few to cost anything. */
const redrawMs = 100;

/** **Invariant** writes nothing when `enabled` is false. */
export function createProgress(options: {
  readonly enabled: boolean;
  readonly width: number;
  readonly nowMs: () => number;
  readonly write: (text: string) => void;
}): Progress {
  let last = '';
  let drawn = false;
  let drawnAtMs = Number.NEGATIVE_INFINITY;
  return {
    say: (text, far = text) => {
      last = far;
      if (!options.enabled || options.nowMs() - drawnAtMs < redrawMs) return;
      drawnAtMs = options.nowMs();
      drawn = true;
      options.write(`\r\u001b[2K${truncateToWidth(sanitise(text), options.width - 1, '')}`);
    },
    clear: () => {
      if (drawn) options.write('\r\u001b[2K');
      drawn = false;
    },
    far: () => last,
  };
}
