import { expect } from 'chai';
import { mfaHurdleOf, requiredMfaOf } from '../../../../../source/domain/import/csv/mfa-sign-in.ts';

const EMAIL = { email: 'a@b.test', email_verified: 'true' };
const PHONE = { phone_number: '+34600000001' };
const ALL = ['SMS_MFA', 'EMAIL_OTP', 'SOFTWARE_TOKEN_MFA'];

describe('mfaHurdleOf: how restored users get into a pool that requires MFA', () => {
  const meets = (attributes: object, factors: readonly string[], ...recoveryMechanisms: string[]): string => {
    const hurdle = mfaHurdleOf(attributes as Record<string, string>, {
      factors,
      ...(recoveryMechanisms.length === 0 ? {} : { recoveryMechanisms }),
    });
    return hurdle === undefined ? 'code' : `${hurdle.meets}: ${hurdle.why}`;
  };

  it('17.1: with two addresses, by a code to the one that is not the primary recovery method', () => {
    const both = { ...EMAIL, ...PHONE };
    expect(meets(both, ['SMS_MFA'], 'verified_email')).to.equal('code');
    expect(meets(both, ['SMS_MFA'], 'verified_email', 'verified_phone_number')).to.equal('code');
    expect(meets(both, ['EMAIL_OTP'], 'verified_phone_number', 'verified_email')).to.equal('code');
    expect(meets(both, ['SMS_MFA'], 'verified_phone_number', 'verified_email')).to.equal('cannotSignIn: recoveryOnly');
    expect(meets(both, ['EMAIL_OTP', 'SOFTWARE_TOKEN_MFA'], 'verified_email')).to.equal('mustEnrol: recoveryOnly');
    expect(meets(both, ALL, 'verified_email')).to.equal('code');
  });

  it('17.1: with one address, by a code to it unless passwords are recovered by it', () => {
    expect(meets(PHONE, ['SMS_MFA'], 'verified_email')).to.equal('code');
    expect(meets(PHONE, ['SMS_MFA'], 'verified_email', 'verified_phone_number')).to.equal('cannotSignIn: recoveryOnly');
    expect(meets(EMAIL, ['EMAIL_OTP'], 'verified_email')).to.equal('cannotSignIn: recoveryOnly');
    expect(meets(EMAIL, ['EMAIL_OTP', 'SOFTWARE_TOKEN_MFA'], 'verified_email')).to.equal('mustEnrol: recoveryOnly');
    expect(meets(EMAIL, ['EMAIL_OTP'], 'admin_only')).to.equal('code');
  });

  it('17.1: a pool without AccountRecoverySetting recovers by SMS first', () => {
    expect(meets({ ...EMAIL, ...PHONE }, ['EMAIL_OTP'])).to.equal('code');
    expect(meets({ ...EMAIL, ...PHONE }, ['SMS_MFA'])).to.equal('cannotSignIn: recoveryOnly');
    expect(meets(EMAIL, ['EMAIL_OTP'])).to.equal('cannotSignIn: recoveryOnly');
  });

  it('17.1: who has no address of an enabled factor enrols an authenticator app, where there is that', () => {
    expect(meets(EMAIL, ['SMS_MFA', 'SOFTWARE_TOKEN_MFA'], 'verified_email')).to.equal('mustEnrol: noFactor');
    expect(meets(EMAIL, ['SMS_MFA'], 'verified_email')).to.equal('cannotSignIn: noFactor');
    expect(meets({}, ['SOFTWARE_TOKEN_MFA'])).to.equal('mustEnrol: noFactor');
    expect(meets({ email: '', phone_number: '' }, ['SMS_MFA', 'EMAIL_OTP'], 'admin_only')).to.equal(
      'cannotSignIn: noFactor',
    );
    expect(meets({ ...EMAIL, ...PHONE }, [])).to.equal('cannotSignIn: noFactor');
  });

  it('17.1: asks nothing of pools that do not require MFA', () => {
    const mfa = { factors: ALL };
    expect(requiredMfaOf({ mfaConfiguration: 'OPTIONAL', mfa })).to.equal(undefined);
    expect(requiredMfaOf({ mfaConfiguration: 'OFF' })).to.equal(undefined);
    expect(requiredMfaOf({ mfaConfiguration: 'ON' })).to.deep.equal({ factors: [] });
    expect(requiredMfaOf({ mfaConfiguration: 'ON', mfa, recoveryMechanisms: ['admin_only'] })).to.deep.equal({
      factors: ALL,
      recoveryMechanisms: ['admin_only'],
    });
  });
});
