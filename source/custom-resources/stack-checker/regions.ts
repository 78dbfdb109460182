/** Is the backup Region one that this account can use? */

/** Codes with which AWS refuses credentials in a Region that the account has not enabled. */
const NOT_ENABLED = new Set([
  'UnrecognizedClientException',
  'InvalidClientTokenId',
  'InvalidAccessKeyId',
  'AuthFailure',
  'OptInRequired',
]);
const DENIED = new Set(['AccessDeniedException', 'AccessDenied', 'UnauthorizedOperation']);
/** Names and codes of an endpoint that does not exist or does not answer. */
const NO_ANSWER = new Set(['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'ETIMEDOUT', 'TimeoutError', 'EndpointError']);

/** `call` makes any request in `secondaryRegion`. Throws an Error that says what is wrong with that Region and what to do. */
export async function checkSecondaryRegion(
  secondaryRegion: string,
  thisRegion: string,
  call: (region: string) => Promise<void>,
): Promise<void> {
  if (secondaryRegion === thisRegion) {
    throw new Error(
      `SecondaryRegion ${secondaryRegion} is the Region of this stack. Give another Region: the backup must survive the loss of this one.`,
    );
  }
  try {
    await call(secondaryRegion);
  } catch (error) {
    throw new Error(`SecondaryRegion ${secondaryRegion} ${explain(error)}`, { cause: error });
  }
}

function explain(error: unknown): string {
  const { name, code = '' } = error instanceof Error ? (error as Error & { code?: string }) : { name: typeof error };
  const found = code === '' ? name : code;
  if (NOT_ENABLED.has(name))
    return `is not enabled in this account (${name}). Enable it in the account's settings and launch again.`;
  if (DENIED.has(name))
    return `refuses calls of this account (${name}). Allow the Region in the organization's policies and launch again.`;
  if (NO_ANSWER.has(name) || NO_ANSWER.has(code))
    return `does not answer (${found}). Check that a Region of that name exists, and launch again.`;
  return `could not be checked (${found}). Launch again; if that does not help, check the Region's status.`;
}
