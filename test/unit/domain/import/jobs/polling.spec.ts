import { expect } from 'chai';
import fc from 'fast-check';
import { MAX_POLL_MS, MIN_POLL_MS, pollDelay } from '../../../../../source/domain/import/jobs/polling.ts';

/** Looks that a job of this length costs, and by how much the last one comes late. */
function polls({
  rows,
  perSecond,
  showsProgress,
  speed,
}: {
  rows: number;
  perSecond: number;
  showsProgress: boolean;
  speed?: number;
}): { looks: number; lateMs: number } {
  const lengthMs = (rows / perSecond) * 1_000;
  let at = MIN_POLL_MS;
  let looks = 1;
  for (; at < lengthMs; looks += 1) {
    const processed = showsProgress ? Math.floor((at / 1_000) * perSecond) : 0;
    at += pollDelay({ elapsedMs: at, rows, processed, ...(speed === undefined ? {} : { speed }) });
  }
  return { looks, lateMs: at - lengthMs };
}

describe('When to look at a running job', () => {
  it('stays within its bounds', () => {
    expect(pollDelay({ elapsedMs: 0, rows: 10, processed: 0 })).to.equal(MIN_POLL_MS);
    expect(pollDelay({ elapsedMs: 1, rows: 50_000, processed: 0, speed: 0.001 })).to.equal(MAX_POLL_MS);
    expect(pollDelay({ elapsedMs: 1_000_000_000, rows: 10, processed: 0 })).to.equal(MAX_POLL_MS);
    expect(pollDelay({ elapsedMs: 5_000, rows: 10, processed: 0, speed: 0 })).to.equal(MIN_POLL_MS);
  });

  it('looks seldom and is not late when the job shows its progress', () => {
    const { looks, lateMs } = polls({ rows: 50_000, perSecond: 30, showsProgress: true });
    expect(looks).to.be.at.most(15);
    expect(lateMs).to.be.at.most(15_000);
  });

  it('looks seldom and is not late when it knows the speed of the last job', () => {
    const { looks, lateMs } = polls({ rows: 50_000, perSecond: 30, showsProgress: false, speed: 30 });
    expect(looks).to.be.at.most(15);
    expect(lateMs).to.be.at.most(15_000);
  });

  it('needs few looks also when it knows nothing', () => {
    const { looks, lateMs } = polls({ rows: 50_000, perSecond: 30, showsProgress: false });
    expect(looks).to.be.at.most(30);
    expect(lateMs).to.be.at.most(300_000);
  });

  it('looks at a job that hangs before its last rows no more than 1,100 times in two days, whatever it shows', () => {
    const twoDays = 48 * 3_600_000;
    const rows = 50_000;
    const looksAt = (processed: (look: number) => number, speed?: number): number => {
      let looks = 1;
      for (let at = MIN_POLL_MS; at < twoDays; looks += 1)
        at += pollDelay({
          elapsedMs: at,
          rows,
          processed: processed(looks),
          ...(speed === undefined ? {} : { speed }),
        });
      return looks;
    };
    expect(looksAt(() => rows - 1)).to.be.at.most(1_100);
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: rows }), { minLength: 1 }),
        fc.option(fc.double({ min: 0, max: 100, noNaN: true }), { nil: undefined }),
        (shown, speed) => {
          expect(looksAt((look) => shown[look % shown.length] as number, speed)).to.be.at.most(1_100);
        },
      ),
    );
  });

  it('is late by a hundredth of a steady job at most, or by five seconds', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1_000, max: 50_000 }),
        fc.double({ min: 0.5, max: 500, noNaN: true }),
        (rows, perSecond) => {
          const lengthMs = (rows / perSecond) * 1_000;
          expect(polls({ rows, perSecond, showsProgress: true }).lateMs).to.be.at.most(
            Math.max(MIN_POLL_MS, lengthMs / 100),
          );
          expect(polls({ rows, perSecond, showsProgress: false, speed: perSecond }).lateMs).to.be.at.most(
            Math.max(MIN_POLL_MS, lengthMs / 100),
          );
        },
      ),
    );
  });
});
