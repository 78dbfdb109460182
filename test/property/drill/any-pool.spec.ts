import { expect } from 'chai';
import fc from 'fast-check';
import { differingSettings, throwAwayRequests } from '../../../source/domain/drill/throw-away-settings.ts';
import { missingAdditions } from '../../../source/domain/pool-settings/recreate/schema-request.ts';
import type { ApiObject } from '../../../source/domain/pool-settings/recreate/omissions.ts';
import type { KeptSettings } from '../../../source/domain/pool-settings/shape.ts';
import { SimulatedUserPools } from '../../../tools/simulation/cognito/configuration/user-pools.ts';
import { anySettings } from '../../support/pool-settings/any-settings.ts';
import { findingsFor } from '../../support/pool-settings/preflight-of.ts';
import { callSimulated } from '../../support/pool-settings/simulated-cognito.ts';

const REGION = 'us-east-1';
const NAME = 'CognitoUserProfilesExport-drill-0123456789ab-0123456789abcdef';
/** What leads out of a pool: to functions, senders and keys. */
const LEADS_OUT = ['LambdaConfig', 'EmailConfiguration', 'SmsConfiguration', 'KeyConfiguration'];

/** Makes the pool of a drill by its requests, each of which Cognito may refuse. */
function madeFrom(kept: KeptSettings) {
  const pools = new SimulatedUserPools(REGION);
  const call = (operation: string, input: ApiObject): ApiObject => callSimulated(pools, operation, input);
  const requests = throwAwayRequests(kept, NAME, { ours: 'yes' });
  const { Id } = call('CreateUserPool', requests.pool)['UserPool'] as { readonly Id: string };
  const described = (): ApiObject => call('DescribeUserPool', { UserPoolId: Id })['UserPool'] as ApiObject;
  for (const CustomAttributes of missingAdditions(requests, described()['SchemaAttributes']))
    call('AddCustomAttributes', { UserPoolId: Id, CustomAttributes });
  if (requests.mfa !== undefined) call('SetUserPoolMfaConfig', { ...requests.mfa, UserPoolId: Id });
  return { requests, pool: described(), mfa: call('GetUserPoolMfaConfig', { UserPoolId: Id }) };
}

describe('17.6: the pools of drills', () => {
  it('of 200 pools of any kind each gets one without a refusal, which leads nowhere and takes the same backup', function () {
    this.timeout(120_000);
    fc.assert(
      fc.property(anySettings(), (kept) => {
        const { requests, pool, mfa } = madeFrom(kept);
        for (const name of LEADS_OUT) expect(requests.pool, name).to.not.have.property(name);
        expect(requests.pool['DeletionProtection']).to.not.equal('ACTIVE');
        expect(JSON.stringify([requests.pool, requests.mfa])).to.not.match(/arn:aws/);
        expect(differingSettings(kept, { pool, mfa }, requests.omissions)).to.deep.equal([]);
        const made = { ...kept, poolId: pool['Id'], pool, mfa } as unknown as KeptSettings;
        expect(findingsFor(kept, made)).to.deep.equal([]);
      }),
      { numRuns: 200 },
    );
  });
});
