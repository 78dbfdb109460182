import { expect } from 'chai';
import { SaveQueue } from '../../../../source/domain/state/save-queue.ts';
import { rejection } from '../../../support/rejection.ts';

describe('Queue of saves', () => {
  let now = 0;
  const saved: number[] = [];
  let fail: Error | undefined;
  /** Ends the save that runs. */
  let end: () => void = () => undefined;
  const slow = (): Promise<void> =>
    new Promise((resolve, reject) => {
      saved.push(now);
      end = () => (fail === undefined ? resolve() : reject(fail));
    });
  const queue = (): SaveQueue => new SaveQueue(() => now, 0, slow);
  const turn = (): Promise<void> =>
    new Promise((resolve) => {
      setImmediate(resolve);
    });
  beforeEach(() => {
    now = 0;
    saved.length = 0;
    fail = undefined;
  });

  it('begins a save when one is due, and none while it runs', async () => {
    const saves = queue();
    for (now of [100, 250, 600, 1_000]) {
      saves.saveIfDue();
      await turn();
    }
    expect(saved).to.deep.equal([250]);
    end();
    await turn();
    saves.saveIfDue();
    await turn();
    expect(saved).to.deep.equal([250, 1_000]);
  });

  it('begins one early when that is asked for', async () => {
    const saves = queue();
    saves.saveIfDue(true);
    await turn();
    expect(saved).to.deep.equal([0]);
  });

  it('tells of a save that failed, and lets the last one try all the same', async () => {
    const saves = queue();
    fail = new Error('refused');
    saves.saveIfDue(true);
    await turn();
    end();
    await turn();
    expect(() => saves.saveIfDue()).to.throw('refused');
    fail = undefined;
    const last = saves.save();
    await turn();
    end();
    await last;
    expect(saved).to.have.length(2);
  });

  it('saves after the saves before, one at a time', async () => {
    const saves = queue();
    saves.saveIfDue(true);
    const last = saves.save();
    await turn();
    expect(saved).to.have.length(1);
    end();
    await turn();
    expect(saved).to.have.length(2);
    fail = new Error('refused');
    end();
    expect((await rejection(last)).message).to.equal('refused');
  });
});
