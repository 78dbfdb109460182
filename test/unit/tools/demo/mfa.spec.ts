import { expect } from 'chai';
import type { PoolSnapshot } from '../../../../tools/demo/compare/read-pool.ts';
import { mfaProblems } from '../../../../tools/demo/mfa/sign-ins.ts';
import { DEMO_USAGE, demoOptions } from '../../../../tools/demo/options.ts';

const user = (sub: string, attributes: Readonly<Record<string, string>>, status = 'CONFIRMED') => ({
  sub,
  status,
  enabled: true,
  attributes: new Map(Object.entries(attributes)),
});
const OLD: PoolSnapshot = {
  users: new Map([
    ['ana', user('a', { email: 'a@example.test' })],
    ['bob', user('b', { phone_number: '+34600000001' })],
    ['una', user('u', {}, 'UNCONFIRMED')],
  ]),
  groups: new Map(),
};
const row = (sub: string, at_sign_in = 'must enrol') => ({ sub, at_sign_in });

describe('Demo of a pool that requires MFA', () => {
  it('17.1: finds everything that may be wrong with mfa.csv', () => {
    const problems = (...rows: ReturnType<typeof row>[]): readonly string[] => mfaProblems(OLD, rows, 'must enrol');
    expect(problems(row('a'))).to.deep.equal([]);
    expect(problems()).to.deep.equal(['mfa.csv lacks 1 user without a phone number']);
    expect(problems(row('a'), row('a'))).to.deep.equal(['mfa.csv names somebody twice']);
    expect(problems(row('a'), row('b'))[0]).to.include('1 user who has one');
    expect(problems(row('a'), row('u'))[0]).to.include('is not to come back');
    expect(problems(row('a', 'cannot sign in'))[0]).to.include('something else than "must enrol"');
    expect(mfaProblems({ ...OLD, users: new Map() }, [], 'must enrol')).to.deep.equal([
      'no user of the demo lacks a phone number',
    ]);
  });

  it('17.1: is asked for by an option that the usage explains', () => {
    expect(demoOptions(['--pool', 'mfa'])).to.include({ pool: 'mfa' });
    expect(demoOptions([])).to.include({ pool: 'usual' });
    expect(() => demoOptions(['--pool', 'x'])).to.throw(/--pool must be one of usual, mfa, .*found "x"/);
    expect(DEMO_USAGE).to.include('--pool mfa');
  });
});
