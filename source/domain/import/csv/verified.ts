import type { Attributes, ContactAttribute } from '../../model.ts';

/** Whether the user has this address and has proven it. */
export const isVerified = (attributes: Attributes, name: ContactAttribute): boolean =>
  (attributes[name] ?? '') !== '' && attributes[`${name}_verified`]?.toLowerCase() === 'true';

/** Cognito sends the code of "forgot password" to verified addresses only; without one an administrator must act. */
export const hasVerifiedAddress = (attributes: Attributes): boolean =>
  isVerified(attributes, 'email') || isVerified(attributes, 'phone_number');
