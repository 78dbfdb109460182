import { expect } from 'chai';
import { Touched } from '../../../../tools/chaos/touched.ts';

const KEYS = [
  'USER#ann PROFILE',
  'USER#ann MEMBER_OF#staff',
  'USER#ann MEMBER_OF#two words',
  'USER#bob PROFILE',
  'USER#bob MEMBER_OF#staff',
  'GROUP#staff GROUP',
  'GROUP#two words GROUP',
];

describe('Chaos: what changes have touched', () => {
  const touchedBy = (change: (touched: Touched) => void): string[] => {
    const touched = new Touched();
    change(touched);
    return KEYS.filter((key) => touched.has(key));
  };

  it('is nothing without a change', () => {
    expect(touchedBy(() => undefined)).to.deep.equal([]);
  });

  it('is also the memberships of a user, or of a group, that came or went', () => {
    expect(touchedBy((touched) => touched.user('ann'))).to.deep.equal([
      'USER#ann PROFILE',
      'USER#ann MEMBER_OF#staff',
      'USER#ann MEMBER_OF#two words',
    ]);
    expect(touchedBy((touched) => touched.group('staff'))).to.deep.equal([
      'USER#ann MEMBER_OF#staff',
      'USER#bob MEMBER_OF#staff',
      'GROUP#staff GROUP',
    ]);
    expect(touchedBy((touched) => touched.group('two words'))).to.deep.equal([
      'USER#ann MEMBER_OF#two words',
      'GROUP#two words GROUP',
    ]);
  });

  it('is nothing else when one item changed', () => {
    expect(touchedBy((touched) => touched.profile('ann'))).to.deep.equal(['USER#ann PROFILE']);
    expect(touchedBy((touched) => touched.membership('ann', 'staff'))).to.deep.equal(['USER#ann MEMBER_OF#staff']);
    expect(touchedBy((touched) => touched.description('staff'))).to.deep.equal(['GROUP#staff GROUP']);
  });
});
