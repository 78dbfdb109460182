import { expect } from 'chai';
import type { PoolSettings } from '../../../../source/domain/model.ts';
import { checkSourcePool } from '../../../../source/domain/backup/source-pool.ts';

const check = (settings: Partial<PoolSettings>) => () =>
  checkSourcePool('us-east-1_Source', { mfaConfiguration: 'OFF', usernameAttributes: [], ...settings });

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
  }

  it('halts when there are two username attributes', () => {
    expect(check({ usernameAttributes: ['email', 'phone_number'] }))
      .to.throw('(email, phone_number)')
      .with.property('name', 'MultipleUsernameAttributes');
  });
});
