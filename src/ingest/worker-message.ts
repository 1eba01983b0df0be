/** What a worker says to the thread that started it. */
import type { WireFault } from './fault-wire.js';
import type { StageOutcome } from './stage-input.js';

export type WorkerMessage =
  | { readonly kind: 'progress'; readonly rawBytes: number }
  | {
      readonly kind: 'done';
      readonly outcome: Omit<StageOutcome, 'fault'>;
      readonly fault: WireFault | null;
    }
  | { readonly kind: 'failed'; readonly error: WireFault };
