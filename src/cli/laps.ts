/** How long each part of a run took, and each statement, for `--explain cost`. */
import type { Engine } from '../query/ports.js';

/** One part of a run, in order. */
export interface Lap {
  readonly name: string;
  readonly ms: number;
}

/** How long the parts of a run took. */
export interface Laps {
  /** Ends the part that ran since the last mark. */
  readonly mark: (name: string) => void;
  readonly done: () => readonly Lap[];
}

/** Counts from the start of the process, so that loading the program is a part too. */
export function startLaps(): Laps {
  const laps: Lap[] = [];
  let lastMs = 0;
  return {
    mark: (name) => {
      const nowMs = performance.now();
      laps.push({ name, ms: Math.round((nowMs - lastMs) * 10) / 10 });
      lastMs = nowMs;
    },
    done: () => [...laps],
  };
}

/** What one statement gave and took. */
export interface StatementCost {
  readonly ms: number;
  readonly rows: number;
}

/** The engine, with what each statement cost written to `costs`. */
export function measured(engine: Engine, costs: StatementCost[]): Engine {
  const timed = async <T>(work: Promise<T>, rowsOf: (done: T) => number): Promise<T> => {
    const startMs = performance.now();
    const done = await work;
    const ms = Math.round((performance.now() - startMs) * 10) / 10;
    costs.push({ ms, rows: rowsOf(done) });
    return done;
  };
  const { keep, executeLong } = engine;
  return {
    ...engine,
    execute: (statement, signal) =>
      timed(engine.execute(statement, signal), ({ rows }) => rows.length),
    ...(executeLong && {
      executeLong: (statement, signal) =>
        timed(executeLong(statement, signal), ({ rows }) => rows.length),
    }),
    ...(keep && { keep: (query, signal) => timed(keep(query, signal), (table) => table.rowCount) }),
  };
}
