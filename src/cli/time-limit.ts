/** The time that all of a question may take, however many statements it is made of. */
import { Fault } from '../base/fault.js';
import type { SearchEngine } from '../query/ports.js';

/** From now on; aborts with CC5004. Null: no limit. */
export function withTimeLimit(signal: AbortSignal, limitMicros: number | null): AbortSignal {
  return limitMicros === null ? signal : AbortSignal.any([signal, limitOf(limitMicros)]);
}

/** The same engine, whose statements end with CC5004 once the time is over, from now on. */
export function limitedEngine(engine: SearchEngine, limitMicros: number | null): SearchEngine {
  if (limitMicros === null) return engine;
  const { execute, executeLong } = engine;
  const limit = limitOf(limitMicros);
  const both = (signal: AbortSignal): AbortSignal => AbortSignal.any([signal, limit]);
  return {
    ...engine,
    execute: (statement, signal) => execute(statement, both(signal)),
    executeLong: (statement, signal) => (executeLong ?? execute)(statement, both(signal)),
    numbers: (statement, signal) => engine.numbers(statement, both(signal)),
    keep: (query, signal) => engine.keep(query, both(signal)),
  };
}

function limitOf(limitMicros: number): AbortSignal {
  const over = new AbortController();
  const fault = new Fault('CC5004', { limit: `${limitMicros / 1_000_000}s` });
  setTimeout(() => over.abort(fault), Math.max(1, limitMicros / 1000)).unref();
  return over.signal;
}
