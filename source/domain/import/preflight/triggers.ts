/**
 * Triggers that AdminCreateUser fires even with MessageAction SUPPRESS or whose effect cannot be foreseen: code of the
 * customer that could refuse the user or send something to an end user.
 */
const FIRED_BY_ADMIN_CREATE = ['PreSignUp', 'CustomMessage', 'CustomEmailSender', 'CustomSMSSender'];

/** Those of the pool's triggers that creating a user would fire. */
export const firedByCreation = (triggers: readonly string[]): string[] => triggers.filter((name) => FIRED_BY_ADMIN_CREATE.includes(name));
