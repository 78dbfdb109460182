import { expect } from 'chai';
import { saveIntervalMs } from '../../../../source/domain/state/save-interval.ts';

describe('Interval between two saves', () => {
  it('is a fiftieth of what has been done, at least a second and at most 20', () => {
    const seconds = [0, 10, 50, 100, 1_000, 1e6];
    expect(seconds.map((elapsed) => saveIntervalMs(elapsed * 1000))).to.deep.equal([1_000, 1_000, 1_000, 2_000, 20_000, 20_000]);
  });
});
