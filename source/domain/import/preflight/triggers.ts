import type { PoolSettings } from '../../model.ts';
import type { ImportOptions } from '../plan/plan-model.ts';

/**
 * Triggers that AdminCreateUser fires even with MessageAction SUPPRESS or whose effect cannot be foreseen: code of the
 * customer that could refuse the user or send something to an end user.
 */
const FIRED_BY_ADMIN_CREATE = ['PreSignUp', 'CustomMessage', 'CustomEmailSender', 'CustomSMSSender'];

/** Those of the pool's triggers that creating a user would fire. */
export const firedByCreation = (triggers: readonly string[]): string[] =>
  triggers.filter((name) => FIRED_BY_ADMIN_CREATE.includes(name));

/** AdminCreateUser may be called unless the pool's triggers would see it. */
export const creationIsAllowed = (
  { allowTriggers }: Pick<ImportOptions, 'allowTriggers'>,
  { triggers }: Pick<PoolSettings, 'triggers'>,
): boolean => allowTriggers || firedByCreation(triggers).length === 0;
