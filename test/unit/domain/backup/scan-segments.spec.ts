import { expect } from 'chai';
import { newScan, scanEnded, scanSegments } from '../../../../source/domain/backup/scan-segments.ts';
import type { ScanRequest, ScanSource } from '../../../../source/domain/backup/scan-segments.ts';
import { FakeClock } from '../../../../tools/simulation/fake-clock.ts';
import { rejection } from '../../../support/rejection.ts';

const PAGES = 3;
const keyOf = (page: number) => ({ id: String(page), type: '' });

/** A table of `PAGES` pages per segment, each a text that names its segment and page. */
const source = (onRead: (request: ScanRequest) => Promise<void> = () => Promise.resolve()): ScanSource<string> => ({
  scanPage: async (request) => {
    await onRead(request);
    const page = Number(request.start?.id ?? 0);
    return {
      items: [`${request.segment}/${page}`],
      ...(page + 1 < PAGES ? { next: keyOf(page + 1) } : {}),
    };
  },
});
const ALL = newScan().flatMap((_, segment) => [0, 1, 2].map((page) => `${segment}/${page}`));
const never = () => false;

describe('scanSegments', () => {
  it('takes every page of every segment once, in the order of its segment, strongly consistent', async () => {
    const segments = newScan();
    const taken: string[] = [];
    const requests: ScanRequest[] = [];
    await scanSegments(
      source((request) => Promise.resolve(void requests.push(request))),
      segments,
      { take: (items) => taken.push(...items), afterPage: () => undefined, stop: never },
    );
    expect([...taken].sort()).to.deep.equal(ALL);
    for (const { segment } of requests)
      expect(taken.filter((text) => text.startsWith(`${segment}/`))).to.deep.equal(
        [0, 1, 2].map((page) => `${segment}/${page}`),
      );
    expect(requests.every(({ consistent, totalSegments }) => consistent && totalSegments === 8)).to.equal(true);
    expect(scanEnded(segments)).to.equal(true);
  });

  it('reads all segments at once, or so many', async () => {
    for (const atOnce of [undefined, 3]) {
      const clock = new FakeClock();
      let now = 0;
      let most = 0;
      await scanSegments(
        source(async () => {
          most = Math.max(most, (now += 1));
          await clock.sleep(10);
          now -= 1;
        }),
        newScan(),
        { take: () => undefined, afterPage: () => undefined, stop: never, ...(atOnce === undefined ? {} : { atOnce }) },
      );
      expect(most).to.equal(atOnce ?? 8);
    }
  });

  it('goes on where it stopped, and each state between two pages holds just what was taken', async () => {
    let stored = newScan();
    const taken: string[] = [];
    for (let round = 0; !scanEnded(stored); round += 1) {
      let pages = 0;
      const segments = structuredClone(stored);
      await scanSegments(source(), segments, {
        take: (items) => taken.push(...items),
        afterPage: () => {
          pages += 1;
          const behind = segments.reduce((sum, { start, done }) => sum + (done ? PAGES : Number(start?.id ?? 0)), 0);
          expect(behind).to.equal(taken.length);
        },
        stop: () => pages >= 5,
      });
      stored = structuredClone(segments);
      expect(round).to.be.below(PAGES * 8);
    }
    expect([...taken].sort()).to.deep.equal(ALL);
  });

  it('reads a page of a segment only when the work after the one before has ended', async () => {
    const clock = new FakeClock();
    const busy = new Set<number>();
    await scanSegments(
      source(({ segment }) => {
        expect(busy.has(segment)).to.equal(false);
        return Promise.resolve();
      }),
      newScan(),
      {
        take: () => undefined,
        afterPage: async (segment) => {
          busy.add(segment);
          await clock.sleep(10 + segment);
          busy.delete(segment);
        },
        stop: never,
      },
    );
    expect(clock.elapsed).to.equal(17 * PAGES);
  });

  it('stops all segments at a failure; what was taken counts, the page that failed does not', async () => {
    const clock = new FakeClock();
    const segments = newScan();
    const taken: string[] = [];
    const error = await rejection(
      scanSegments(
        source(async ({ segment, start }) => {
          await clock.sleep(10);
          if (segment === 2 && start !== undefined) throw new Error('refused');
        }),
        segments,
        { take: (items) => taken.push(...items), afterPage: () => undefined, stop: never },
      ),
    );
    expect(error.message).to.equal('refused');
    expect(segments[2]).to.deep.equal({ done: false, start: keyOf(1) });
    expect(taken.filter((text) => text.startsWith('2/'))).to.deep.equal(['2/0']);
    // Those before it had begun their third page, those after it their second.
    expect(taken).to.have.lengthOf(2 * 3 + 1 + 5 * 2);
  });
});
