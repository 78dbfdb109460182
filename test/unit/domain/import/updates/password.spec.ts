import { expect } from 'chai';
import { PASSWORD_BYTES, passwordFrom } from '../../../../../source/domain/import/updates/password.ts';

describe('Passwords that nobody knows', () => {
  it('meet every policy that a pool can have', () => {
    for (const fill of [0, 1, 127, 255]) {
      const password = passwordFrom(Buffer.alloc(PASSWORD_BYTES, fill));
      expect(password.length).to.be.within(99, 256);
      for (const kind of [/[a-z]/, /[A-Z]/, /\d/, /[\^$*.[\]{}()?"!@#%&/\\,><':;|_~`=+-]/])
        expect(password).to.match(kind);
      expect(password).to.match(/^\S+$/);
    }
  });

  it('carry all of the randomness', () => {
    const bytes = Buffer.from(Array.from({ length: PASSWORD_BYTES }, (_, index) => index));
    expect(passwordFrom(bytes)).to.contain(bytes.toString('base64'));
    expect(() => passwordFrom(Buffer.alloc(8))).to.throw(RangeError);
  });
});
