import { isRestorable } from '../../digests/user-content.ts';
import { isOutOfQuestion } from './classify.ts';
import type { Classified } from './classify.ts';
import type { SpooledUser } from './spooled-user.ts';

/** What the preflight asks about everybody who is to be restored as far as the user alone tells. Counts only. */
export class Survey {
  users = 0;
  /** How many of the users have a value, by attribute. */
  readonly usage: Record<string, number> = {};

  add({ attributes }: SpooledUser, classified: Classified): void {
    if (isOutOfQuestion(classified)) return;
    this.users += 1;
    // What the user comes back without is no reason to want it of the pool.
    const lost = classified.way === 'exclude' ? [] : (classified.lost ?? []).map(({ attribute }) => attribute);
    for (const [name, value] of Object.entries(attributes))
      if (isRestorable(name, value) && !lost.includes(name)) this.usage[name] = (this.usage[name] ?? 0) + 1;
  }
}
