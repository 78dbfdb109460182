import { expect } from 'chai';
import { throwAwayPools } from '../../../../source/adapters/cognito/throw-away-pools.ts';
import { refusal } from '../../../support/aws-stub.ts';
import { adapterOptions, STUB_POOL, STUB_SECRET, stubOfSuite } from '../../../support/cognito-stub.ts';
import { rejection } from '../../../support/rejection.ts';

const NAME = 'CognitoUserProfilesExport-drill-0123456789ab-0123456789abcdef';

describe('Cognito adapters: pools of drills', () => {
  const stub = stubOfSuite();
  const pools = () => throwAwayPools(adapterOptions());

  it('17.6: a creation whose answer was lost is not made again by the client: the pool may exist', async () => {
    stub.answer = () => refusal('InternalErrorException', STUB_SECRET, 500);
    const error = await rejection(pools().create({ PoolName: NAME }));
    expect(error.name).to.equal('ServiceError');
    expect(stub.requests).to.have.length(1);
    stub.answer = () => refusal('InternalErrorException', '', 500);
    await rejection(pools().idsNamed(NAME));
    expect(stub.requests.length, 'a listing is asked for again').to.be.above(3);
  });

  it('17.6: a creation that was throttled, and so not done, is', async () => {
    let calls = 0;
    stub.answer = () =>
      (calls += 1) < 3 ? refusal('TooManyRequestsException', '') : { body: { UserPool: { Id: STUB_POOL } } };
    expect(await pools().create({ PoolName: NAME })).to.deep.equal({ poolId: STUB_POOL });
  });

  it('17.6: settings that Cognito refuses are an answer; rights and quotas are errors', async () => {
    for (const name of ['InvalidParameterException', 'FeatureUnavailableInTierException', 'UserPoolTaggingException']) {
      stub.answer = () => refusal(name, STUB_SECRET);
      expect(await pools().create({ PoolName: NAME }), name).to.deep.equal({ refused: name });
      expect(await pools().setMfa(STUB_POOL, { MfaConfiguration: 'ON' }), name).to.deep.equal({ refused: name });
    }
    for (const name of ['AccessDeniedException', 'NotAuthorizedException', 'LimitExceededException']) {
      stub.answer = () => refusal(name, STUB_SECRET);
      const error = await rejection(pools().create({ PoolName: NAME }));
      expect(error.name, name).to.be.oneOf(['AccessDenied', 'ServiceError']);
      expect(error.message).to.not.include(STUB_SECRET);
    }
  });

  it('17.6: a pool with an import job that has not stopped yet is not deleted, one that is gone is', async () => {
    stub.answer = () => refusal('UserImportInProgressException', '');
    expect(await pools().remove(STUB_POOL)).to.equal(false);
    stub.answer = () => refusal('ResourceNotFoundException', '');
    expect(await pools().remove(STUB_POOL)).to.equal(true);
  });

  it('17.6: a job that ended before it could be stopped keeps no pool from being deleted', async () => {
    const jobs = [
      { JobId: 'import-1', Status: 'InProgress' },
      { JobId: 'import-2', Status: 'Succeeded' },
    ];
    stub.answer = ({ action }) =>
      action.endsWith('ListUserImportJobs')
        ? { body: { UserImportJobs: jobs } }
        : refusal('PreconditionNotMetException', '');
    expect(await pools().stopJobs(STUB_POOL)).to.equal(1);
    expect(stub.requests).to.have.length(2);
  });

  it('17.6: all pools of a name are found, on whichever page they stand', async () => {
    const pages = [
      {
        UserPools: [
          { Id: 'a', Name: NAME },
          { Id: 'b', Name: 'another' },
        ],
        NextToken: 'more',
      },
      { UserPools: [{ Id: 'c', Name: NAME }] },
    ];
    stub.answer = () => ({ body: pages.shift() ?? {} });
    expect(await pools().idsNamed(NAME)).to.deep.equal(['a', 'c']);
  });
});
