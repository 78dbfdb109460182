import { expect } from 'chai';
import fc from 'fast-check';
import { keyDigest } from '../../../source/domain/backup/hashing.ts';
import { userKey } from '../../../source/domain/backup/items.ts';
import { manifestItem, NO_COUNTS } from '../../../source/domain/backup/manifest.ts';
import { noContent } from '../../../source/domain/backup/tally.ts';
import { DigestSet } from '../../../source/domain/digests/digest-set.ts';
import { judgeRun } from '../../../source/domain/export/clean-up/judge-run.ts';
import type { ForeseenChange, RunJudgement } from '../../../source/domain/export/clean-up/judge-run.ts';
import { countedInLastDay } from '../../../source/domain/export/clean-up/last-day.ts';
import { PLAIN_SETTINGS } from '../../../tools/simulation/cognito/settings.ts';
import { World } from '../../support/world/world.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const [MAX_DELETE, MAX_CHANGE, FEW] = [20, 50, 10];

interface Step {
  /** Hours since the step before. */
  readonly after: number;
  /** Numbers of users who are deleted, given another name, and there (again). */
  readonly gone: readonly number[];
  readonly changed: readonly number[];
  readonly back: readonly number[];
  readonly allowMassDelete: boolean;
  readonly allowMassChange: boolean;
  /** The run is not sealed: it was killed behind the guard. */
  readonly killed: boolean;
}
interface Past {
  readonly at: number;
  readonly deleted: ReadonlySet<number>;
  readonly changed: ReadonlySet<number>;
}

const USERS = 120;
const numbers = (most: number) => fc.uniqueArray(fc.nat(USERS - 1), { maxLength: most });
const rarely = fc.nat(7).map((n) => n === 0);
const steps = fc.array(
  fc.record<Step>({
    after: fc.constantFrom(1, 1, 1, 5, 23, 24, 25),
    gone: numbers(16),
    changed: numbers(40),
    back: numbers(12),
    allowMassDelete: rarely,
    allowMassChange: rarely,
    killed: rarely,
  }),
  { minLength: 2, maxLength: 14 },
);

/** The backup before a run, and the pool as the run finds it after the step. */
interface Sight {
  readonly before: ReadonlyMap<number, number>;
  readonly pool: ReadonlyMap<number, number>;
  readonly step: Step;
}

/** What the guards should say, from what really happened and not from what they remember. */
function expected(past: readonly Past[], now: number, own: Past, { before, pool, step }: Sight) {
  const recent = past.filter(({ at }) => at > now - DAY);
  const lost = new Set(recent.flatMap(({ deleted }) => [...deleted]).filter((user) => !pool.has(user)));
  const others = [...lost].filter((user) => !own.deleted.has(user)).length;
  const of = before.size + others;
  const deleted = others + own.deleted.size;
  const changed = new Set([...recent.flatMap((run) => [...run.changed]), ...own.changed]).size;
  const all = deleted >= of;
  return {
    refuseDelete:
      !step.allowMassDelete && own.deleted.size > 0 && (deleted > FEW || all) && deleted * 100 > MAX_DELETE * of,
    refuseChange: !step.allowMassChange && own.changed.size > 0 && changed > FEW && changed * 100 > MAX_CHANGE * of,
  };
}

class Guarded {
  readonly world = new World();
  /** Number of a user to the version of its values. */
  backup = new Map<number, number>(Array.from({ length: 100 }, (_, user) => [user, 0]));
  readonly past: Past[] = [];
  #runs = 0;

  /** One export of the pool as it is after the step. */
  async run(step: Step): Promise<void> {
    const { world } = this;
    world.clock.advance(step.after * HOUR);
    this.#runs += 1;
    const [runId, now] = [`run-${this.#runs}`, world.clock.now()];
    const pool = new Map(this.backup);
    for (const user of step.gone) pool.delete(user);
    for (const user of step.back) if (!pool.has(user)) pool.set(user, 0);
    for (const user of step.changed) if (pool.has(user)) pool.set(user, this.#runs);
    const own: Past = {
      at: now,
      deleted: new Set([...this.backup.keys()].filter((user) => !pool.has(user))),
      changed: new Set(
        [...pool.keys()].filter((user) => this.backup.has(user) && this.backup.get(user) !== pool.get(user)),
      ),
    };
    const { counted, refused } = await this.#judge(runId, own, pool, step);
    const should = expected(this.past, now, own, { before: this.backup, pool, step });
    expect(
      {
        delete: refused?.input.includes('AllowMassDelete') ?? false,
        change: refused?.input.includes('AllowMassChange') ?? false,
      },
      JSON.stringify(step),
    ).to.deep.equal({ delete: should.refuseDelete, change: should.refuseChange });
    if (refused !== undefined) return;
    await counted.remember(world.objects, runId);
    if (step.killed) return;
    await this.#seal(runId, now);
    this.backup = pool;
    this.past.push({
      at: now,
      deleted: step.allowMassDelete ? new Set() : own.deleted,
      changed: step.allowMassChange ? new Set() : own.changed,
    });
  }

  #judge(runId: string, own: Past, pool: ReadonlyMap<number, number>, step: Step): Promise<RunJudgement> {
    const { world, backup } = this;
    const staying = new DigestSet();
    for (const user of pool.keys()) staying.add(keyDigest(userKey(String(user))));
    return judgeRun(
      {
        changes: each<ForeseenChange>([
          ...[...own.deleted].map((user) => ({ how: 'deleted' as const, key: userKey(String(user)) })),
          ...[...own.changed].map((user) => ({
            how: 'changed' as const,
            key: userKey(String(user)),
            differs: ['name'],
          })),
        ]),
        lastDay: countedInLastDay(world, { runId, now: world.clock.now() }),
        interrupted: each([]),
        staying: () => Promise.resolve(staying),
        atLeast: { deleted: NO_COUNTS, changed: NO_COUNTS },
        held: { ...NO_COUNTS, users: backup.size },
      },
      { ...step, maxDeletePercent: MAX_DELETE, maxChangePercent: MAX_CHANGE, uncountedAttributes: [] },
    );
  }

  async #seal(runId: string, now: number): Promise<void> {
    const time = new Date(now).toISOString();
    const manifest = manifestItem({
      runId,
      userPoolId: 'eu-west-1_Source',
      poolSettings: PLAIN_SETTINGS,
      ...noContent(),
      added: NO_COUNTS,
      changed: NO_COUNTS,
      deleted: NO_COUNTS,
      skipped: { federatedUsers: 0, federatedMemberships: 0 },
      startedAt: time,
      endedAt: time,
      softwareVersion: 'v2.1.0',
      schemaVersion: 1,
    });
    await this.world.table.putItems([manifest]);
  }
}

async function* each<T>(list: readonly T[]): AsyncGenerator<T, void, undefined> {
  yield* list;
}

describe('guards over any sequence of exports', () => {
  it('A: let pass what all exports of 24 hours together may do, each user counted once, and nothing more', async function () {
    this.timeout(60_000);
    await fc.assert(
      fc.asyncProperty(steps, async (sequence) => {
        const guarded = new Guarded();
        for (const step of sequence) await guarded.run(step);
      }),
      { numRuns: 60 },
    );
  });

  it('A: let no run of steps without an Allow input take more than a fifth of what was there before', async function () {
    this.timeout(60_000);
    await fc.assert(
      fc.asyncProperty(steps, async (sequence) => {
        const guarded = new Guarded();
        const before = new Set(guarded.backup.keys());
        let hours = 0;
        for (const step of sequence) {
          hours += step.after;
          if (hours >= 24) break;
          await guarded.run({ ...step, back: [], allowMassDelete: false, allowMassChange: false });
          const lost = [...before].filter((user) => !guarded.backup.has(user)).length;
          const changed = [...guarded.backup.values()].filter((version) => version > 0).length;
          expect(lost).to.be.at.most((before.size * MAX_DELETE) / 100);
          expect(changed).to.be.at.most((before.size * MAX_CHANGE) / 100);
        }
      }),
      { numRuns: 60 },
    );
  });
});
