import { expect } from 'chai';
import fc from 'fast-check';
import { CHUNK_LIMITS, chunkSize } from '../../../source/domain/import/planning/chunk-size.ts';

interface Speeds {
  readonly jobUsersPerSecond: number;
  readonly updatesPerSecond: number;
}

/** Users of each chunk of a pool whose users have so many memberships each. */
function chunksOf(users: number, memberships: number): number[] {
  const sizes: number[] = [];
  for (let planned = 0; planned < users;) {
    const size = Math.min(
      chunkSize(
        { ...CHUNK_LIMITS, counts: { byCsv: users, memberships: users * memberships, disabled: 0 } },
        sizes.length,
      ),
      users - planned,
    );
    sizes.push(size);
    planned += size;
  }
  return sizes;
}

/** Seconds until the last update, with one job at a time and each chunk's updates after its job. */
function secondsOf(
  chunks: readonly number[],
  memberships: number,
  { jobUsersPerSecond, updatesPerSecond }: Speeds,
): number {
  let [jobs, updates] = [0, 0];
  for (const users of chunks) {
    jobs += users / jobUsersPerSecond;
    updates = Math.max(jobs, updates) + (users * memberships) / updatesPerSecond;
  }
  return updates;
}

describe('sizes of import jobs', () => {
  const pool = {
    users: fc.integer({ min: 1, max: 2_000_000 }),
    memberships: fc.double({ min: 0, max: 5, noNaN: true }),
  };

  it('place every user, within the limits of a job, in few jobs', () => {
    fc.assert(
      fc.property(pool.users, pool.memberships, (users, memberships) => {
        const chunks = chunksOf(users, memberships);
        expect(chunks.reduce((sum, size) => sum + size, 0)).to.equal(users);
        expect(Math.max(...chunks)).to.be.at.most(CHUNK_LIMITS.chunkUsers);
        expect(chunks[0]).to.be.at.most(CHUNK_LIMITS.firstChunkUsers);
        expect(Math.min(...chunks)).to.be.at.least(1);
        expect(chunks.length).to.be.at.most(20 + users / CHUNK_LIMITS.chunkUsers);
      }),
    );
  });

  it('lose little against jobs and updates that never wait for each other, whatever the pool and CognitoTPS', () => {
    const speeds = {
      jobUsersPerSecond: fc.double({ min: 5, max: 300, noNaN: true }),
      updatesPerSecond: fc.constantFrom(0.9, 4.6, 9.2, 13.8, 18.4, 23),
    };
    fc.assert(
      fc.property(
        pool.users,
        fc.double({ min: 0.1, max: 5, noNaN: true }),
        fc.record(speeds),
        (users, memberships, at) => {
          const first = Math.min(users, CHUNK_LIMITS.firstChunkUsers);
          const jobs = users / at.jobUsersPerSecond;
          const updates = (users * memberships) / at.updatesPerSecond;
          const seconds = secondsOf(chunksOf(users, memberships), memberships, at);
          // Up to twice the first chunk's users the chunks are not small against the pool.
          const smallest = (2 * first * memberships) / at.updatesPerSecond;
          expect(seconds).to.be.at.most(1.09 * (first / at.jobUsersPerSecond + Math.max(jobs, updates)) + smallest);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('are as large as may be where hardly anything follows a job', () => {
    expect(chunksOf(100_000, 0.05)).to.deep.equal([1000, 2000, 4000, 8000, 16_000, 32_000, 37_000]);
  });
});
