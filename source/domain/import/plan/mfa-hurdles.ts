import * as v from 'valibot';
import { settingsShape } from '../../model.ts';
import type { ObjectStore } from '../../ports.ts';
import { reportLine } from '../../report-line.ts';
import { readNdjson } from '../../state/ndjson.ts';
import { countShape, subShape } from '../../state/shape.ts';
import type { Stored } from '../../state/shape.ts';

/** What keeps a user from signing in by a code, by name for reports. */
const MFA_HURDLES = ['mustEnrol', 'cannotSignIn'] as const;
/** `noFactor`: no address is one of a factor that the pool offers. `recoveryOnly`: the only such address is where password resets go. */
const MFA_REASONS = ['noFactor', 'recoveryOnly'] as const;

/** How a user does not get in, and why. */
export interface MfaHurdle {
  /** Cognito lets the user enrol an authenticator app at the first sign-in, or offers nothing. */
  readonly meets: (typeof MFA_HURDLES)[number];
  readonly why: (typeof MFA_REASONS)[number];
}

const { mfaConfiguration } = settingsShape.entries;
export const mfaChangeShape = v.object({ source: mfaConfiguration, target: mfaConfiguration });
/** What the pool that was backed up and the new one say of MFA. */
export type MfaChange = Stored<typeof mfaChangeShape>;

const byReason = v.object({ noFactor: countShape, recoveryOnly: countShape });
export const mfaCountsShape = v.object({ byCode: countShape, mustEnrol: byReason, cannotSignIn: byReason });
/** How users get into a new pool that requires MFA: by a code to an address, after enrolling, or not at all. */
export type MfaCounts = Stored<typeof mfaCountsShape>;

/** All that must enrol, or cannot sign in; nobody where the new pool does not require MFA. */
export const hurdlesIn = (counts: MfaCounts['mustEnrol'] | undefined): number =>
  counts === undefined ? 0 : counts.noFactor + counts.recoveryOnly;

const userHurdleShape = v.object({
  sub: subShape,
  name: v.string(),
  meets: v.picklist(MFA_HURDLES),
  why: v.picklist(MFA_REASONS),
});
/** A user who does not sign in by a code; one JSON line each in the object that the plan names. */
export type UserHurdle = Stored<typeof userHurdleShape>;

/** Everybody of a plan who meets one; nobody where the new pool does not require MFA. */
export async function* userHurdlesOf(
  objects: Pick<ObjectStore, 'read'>,
  { mfaKey }: { readonly mfaKey?: string },
): AsyncGenerator<UserHurdle, void, undefined> {
  if (mfaKey !== undefined) yield* readNdjson(objects, mfaKey, userHurdleShape);
}

export const MFA_HEADER = 'sub,sign_in_name,at_sign_in,why\n';

const AT_SIGN_IN: Readonly<Record<MfaHurdle['meets'], string>> = {
  mustEnrol: 'must enrol an authenticator app',
  cannotSignIn: 'cannot sign in',
};
const WHY: Readonly<Record<MfaHurdle['why'], string>> = {
  noFactor: 'no address of the user is one of a factor that the pool offers',
  recoveryOnly:
    'the only address of the user to which a code could go is the one by which the pool recovers passwords, and never both go to the same one',
};
/** What AWS describes for users without any address of a factor, and not as clearly for these. */
const UNCONFIRMED = '; AWS does not say for certain that such a user may enrol: try it with one of them';

/** One line of mfa.csv, line end included. */
export const mfaLine = ({ sub, name, meets, why }: UserHurdle): string =>
  reportLine([
    sub,
    name,
    AT_SIGN_IN[meets],
    `${WHY[why]}${meets === 'mustEnrol' && why === 'recoveryOnly' ? UNCONFIRMED : ''}`,
  ]);
