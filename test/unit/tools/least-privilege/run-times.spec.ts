import { expect } from 'chai';
import { inWords, RunTimes } from '../../../../tools/least-privilege/run-times.ts';

describe('Least privilege: time that is left', () => {
  it('comes from what the same scenario took, and from a guess before', () => {
    const progress = new RunTimes();
    expect(progress.left(['verify backup'])).to.be.above(0);
    progress.add('export', 4);
    progress.add('export', 6);
    expect(progress.left(['export', 'export', 'export'])).to.equal(15);
    expect([inWords(40.4), inWords(200)]).to.deep.equal(['40 s', '3 min']);
  });
});
