import type { Attributes, ContactAttribute } from '../../model.ts';

/** Whether the user has this address and has proven it. */
export const isVerified = (attributes: Attributes, name: ContactAttribute): boolean =>
  (attributes[name] ?? '') !== '' && attributes[`${name}_verified`]?.toLowerCase() === 'true';
