import { expect } from 'chai';
import fc from 'fast-check';
import { Attempts } from '../../../source/cli/new-pool/attempts.ts';
import { createLikePool } from '../../../source/cli/new-pool/create-pool.ts';
import { makeMissingParts } from '../../../source/cli/new-pool/make-parts.ts';
import { compareSettings } from '../../../source/domain/pool-settings/recreate/compare-settings.ts';
import type { SettingDifference } from '../../../source/domain/pool-settings/recreate/compare-settings.ts';
import { knownOmissions } from '../../../source/domain/pool-settings/recreate/known-omissions.ts';
import type { Making } from '../../../source/domain/pool-settings/recreate/known-omissions.ts';
import { readSettings } from '../../../source/domain/pool-settings/read-settings.ts';
import type { KeptSettings } from '../../../source/domain/pool-settings/shape.ts';
import { SimulatedUserPools } from '../../../tools/simulation/cognito/configuration/user-pools.ts';
import { anySettings } from '../../support/pool-settings/any-settings.ts';
import { findingsFor, restoredInto } from '../../support/pool-settings/preflight-of.ts';
import { simulatedCalls, simulatedReader } from '../../support/pool-settings/simulated-cognito.ts';

const told = (differences: readonly SettingDifference[]): string[] =>
  differences.map(({ setting, kept, made }) => `${setting}: ${JSON.stringify(kept)}, ${JSON.stringify(made)}`);
const takenAt = '2026-03-02T00:00:00.000Z';

/** Makes a pool from the settings, in a Region of its own. */
async function madeFrom(settings: KeptSettings, over: Partial<Making['options']> = {}) {
  const options = { name: 'again', tags: { ours: 'yes' }, region: 'us-east-1', ...over };
  const making: Making = { settings, options, withClients: true };
  const pools = new SimulatedUserPools(options.region);
  const calls = simulatedCalls(pools);
  const poolId = await createLikePool(calls, making);
  const read = async (): Promise<KeptSettings> =>
    (await readSettings(simulatedReader(pools), { poolId, takenAt })) as KeptSettings;
  const attempts = new Attempts(calls, poolId);
  const work = { making, attempts, tell: () => undefined, randomHex: (bytes: number) => 'ab'.repeat(bytes) };
  const clientIds = await makeMissingParts({ ...work, made: await read() });
  const made = await read();
  const omissions = [...attempts.omissions, ...knownOmissions(making)];
  return { made, attempts, differences: compareSettings(settings, made, { omissions, clientIds }), pools, poolId };
}

describe('pools made from kept settings', () => {
  it('17.5: of 200 pools of any kind each is made again without a refusal, equal, and takes the same backup', async function () {
    this.timeout(120_000);
    await fc.assert(
      fc.asyncProperty(anySettings(), async (kept) => {
        const { made, attempts, differences } = await madeFrom(kept);
        expect(attempts.omissions.filter(({ expected }) => expected !== true)).to.deep.equal([]);
        expect(told(differences.filter(({ expected }) => !expected)).join('; ')).to.equal('');
        expect(findingsFor(kept, made)).to.deep.equal([]);
        const { autoVerifiedAttributes: verified, ...settings } = restoredInto(kept);
        expect(restoredInto(made)).to.deep.equal({
          ...settings,
          // No import job could be started without any.
          autoVerifiedAttributes: verified.length === 0 ? ['email'] : verified,
        });
      }),
      { numRuns: 200 },
    );
  });

  it('17.5: in another Region each is made without a refusal, and every difference has its reason', async function () {
    this.timeout(120_000);
    await fc.assert(
      fc.asyncProperty(anySettings(), async (kept) => {
        const { made, attempts, differences } = await madeFrom(kept, { region: 'eu-west-1' });
        expect(attempts.omissions.filter(({ why }) => why.includes('refused'))).to.deep.equal([]);
        expect(told(differences.filter(({ why }) => /Nobody knows|set this by itself/.test(why))).join('; ')).to.equal(
          '',
        );
        expect(findingsFor(kept, made)).to.deep.equal([]);
      }),
      { numRuns: 60 },
    );
  });

  it('17.5: a second look at a pool that is whole makes nothing and finds nothing', async () => {
    await fc.assert(
      fc.asyncProperty(anySettings(), async (kept) => {
        const { pools, poolId } = await madeFrom(kept);
        const before = JSON.stringify(pools.pools.get(poolId));
        const made = (await readSettings(simulatedReader(pools), { poolId, takenAt })) as KeptSettings;
        const making: Making = { settings: kept, options: { name: 'again', tags: { ours: 'yes' } }, withClients: true };
        const attempts = new Attempts(simulatedCalls(pools), poolId);
        const work = { making, attempts, tell: () => undefined, randomHex: () => 'ab' };
        await makeMissingParts({ ...work, made });
        expect(JSON.stringify(pools.pools.get(poolId))).to.equal(before);
      }),
      { numRuns: 25 },
    );
  });
});
