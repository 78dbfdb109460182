/** What the simulated Cognito refuses a call with: the exception's name in the API model, and a message without user data. */
export class CognitoException extends Error {
  override readonly name = 'CognitoException';

  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}
