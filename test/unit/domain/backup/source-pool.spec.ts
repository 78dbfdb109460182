import { expect } from 'chai';
import type { PoolSettings } from '../../../../source/domain/model.ts';
import { checkSourcePool } from '../../../../source/domain/backup/source-pool.ts';

const check =
  (settings: Partial<PoolSettings>, allowMfa = false, allowMultipleUsernameAttributes = false) =>
  () =>
    checkSourcePool(
      'us-east-1_Source',
      { mfaConfiguration: 'OFF', usernameAttributes: [], ...settings },
      { allowMfa, allowMultipleUsernameAttributes },
    );

describe('checkSourcePool', () => {
  it('accepts MFA OFF with none or one username attribute', () => {
    expect(check({})).not.to.throw();
    expect(check({ usernameAttributes: ['email'] })).not.to.throw();
    expect(check({ usernameAttributes: ['phone_number'] })).not.to.throw();
  });

  for (const mfaConfiguration of ['ON', 'OPTIONAL'] as const) {
    it(`halts when MFA is ${mfaConfiguration}`, () => {
      expect(check({ mfaConfiguration }))
        .to.throw(`us-east-1_Source has multi-factor authentication ${mfaConfiguration}`)
        .with.property('name', 'MfaNotSupported');
    });

    it(`17.1: names the parameter that allows MFA ${mfaConfiguration}, and takes the pool with it`, () => {
      expect(check({ mfaConfiguration })).to.throw('Set AllowMfa to YES');
      expect(check({ mfaConfiguration }, true)).not.to.throw();
    });
  }

  it('17.2: names the parameter that allows two username attributes, and takes the pool with it', () => {
    const two = { usernameAttributes: ['email' as const, 'phone_number' as const] };
    expect(check(two))
      .to.throw('email or phone_number, and the parameter AllowMultipleUsernameAttributes is NO')
      .with.property('name', 'MultipleUsernameAttributes');
    expect(check(two, true), 'AllowMfa allows nothing else').to.throw('AllowMultipleUsernameAttributes');
    expect(check(two, false, true)).not.to.throw();
    expect(check({ mfaConfiguration: 'ON' }, false, true), 'nor does this').to.throw('AllowMfa');
  });
});
