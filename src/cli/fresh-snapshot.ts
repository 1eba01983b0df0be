/**
 * A data file that is gone was merged or expired since its snapshot was taken: the question is
 * asked once more, of the newest one, and the answer says so.
 */
import { faultsOf } from '../base/fault.js';
import type { Answer } from './answer.js';

/** The answer of the first or the second try. **Faults** those of `run`. */
export async function withFreshSnapshot(run: () => Promise<Answer>): Promise<Answer> {
  try {
    return await run();
  } catch (error) {
    const [fault, ...others] = faultsOf(error);
    if (fault?.code !== 'CC4006' || others.length > 0) throw error;
    const answer = await run();
    const text = 'a data file was gone, so the newest version of the store was asked instead';
    return { ...answer, notes: [{ level: 'info', code: 'fresh_snapshot', text }, ...answer.notes] };
  }
}
