/** Random bytes that passwordFrom takes. */
export const PASSWORD_BYTES = 96;

/**
 * A password that meets any policy of a pool: 132 characters (a policy asks for at most 99 and Cognito takes at most
 * 256), with upper and lower case, digits and symbols. Used once, then forgotten.
 */
export function passwordFrom(bytes: Uint8Array): string {
  if (bytes.length !== PASSWORD_BYTES)
    throw new RangeError(`a password needs ${PASSWORD_BYTES} random bytes, found ${bytes.length}`);
  return `Aa1!${Buffer.from(bytes).toString('base64')}`;
}
