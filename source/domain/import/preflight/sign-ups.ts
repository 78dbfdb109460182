/** What a pool that is open to the world while it is being filled means, and how it is closed. */
export const SIGN_UPS_OPEN =
  'The new pool accepts sign-ups while it is being filled: whoever signs up with a name of the backup keeps that name, and its user is reported as NameCollision instead of being restored. Disable self-service sign-up (AdminCreateUserConfig AllowAdminCreateUserOnly true) before the restore, and enable it again afterwards; Cognito takes that change only while no import job runs.';
