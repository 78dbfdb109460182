import { expect } from 'chai';
import { saveIntervalMs } from '../../../../source/domain/state/save-interval.ts';

describe('Interval between two saves', () => {
  it('is a hundredth of what has been done, at least a fifth of a second and at most 20', () => {
    const seconds = [0, 10, 50, 100, 1_000, 1e6];
    expect(seconds.map((elapsed) => saveIntervalMs(elapsed * 1000))).to.deep.equal([
      200, 200, 500, 1_000, 10_000, 20_000,
    ]);
  });
});
