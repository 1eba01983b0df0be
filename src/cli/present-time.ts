/** The instant a command takes for now: `--now`, or the clock. */
import { parseTime } from '../time/parse.js';
import type { Invocation } from './command.js';

/** **Units** milliseconds since the epoch. **Faults** CC1101. */
export async function presentMs({ settings, clock }: Invocation): Promise<number> {
  const now = clock.now();
  const { zone } = settings;
  const said =
    settings.now === null ? now : await parseTime(settings.now, { now, zone, option: '--now' });
  return Math.floor(said / 1000);
}
