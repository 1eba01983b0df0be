/** How long a store keeps events. */
import { optionFault } from './option-values.js';

/** Whole days from `60d` or `60`. **Faults** CC1003. */
export function keepDaysOf(text: string): number {
  const days = Number(/^(\d{1,5})d?$/.exec(text)?.[1]);
  if (days >= 1) return days;
  throw optionFault('keep', text, { expected: 'a number of days', hint: 'write 60d' });
}
