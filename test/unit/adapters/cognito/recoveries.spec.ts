import { expect } from 'chai';
import { importJobs } from '../../../../source/adapters/cognito/import-jobs.ts';
import { userPoolReader } from '../../../../source/adapters/cognito/pool-reader.ts';
import { userPoolWriter } from '../../../../source/adapters/cognito/pool-writer.ts';
import { refusal } from '../../../support/aws-stub.ts';
import type { StubAnswer } from '../../../support/aws-stub.ts';
import { adapterOptions, STUB_POOL, STUB_SECRET, stubOfSuite } from '../../../support/cognito-stub.ts';
import { rejection } from '../../../support/rejection.ts';

const LIST = 'ListPointInTimeRecoveries';
const entry = (RestoreId: string, RestoreStatus: string) => ({ RestoreId, RestoreStatus });

describe("Cognito adapters: AWS's own recoveries", () => {
  const stub = stubOfSuite();
  const list = () => userPoolReader(adapterOptions()).recoveries(STUB_POOL);

  it('C17: lists recoveries with the client of every other call: target, signature, user agent, retries, pace', async () => {
    let failures = 1;
    stub.answer = () =>
      failures-- > 0
        ? { status: 500 }
        : { body: { Restorations: [{ ...entry('r-1', 'RESTORING'), RestoreTimestamp: 1_700_000_000.25 }] } };
    const options = adapterOptions();
    expect(await userPoolReader(options).recoveries(STUB_POOL)).to.deep.equal([
      { id: 'r-1', status: 'RESTORING', point: '2023-11-14T22:13:20.250Z' },
    ]);
    expect(stub.requests).to.have.length(2);
    const [, request] = stub.requests;
    expect(request?.headers['x-amz-target']).to.equal(`AWSCognitoIdentityProviderService.${LIST}`);
    expect(request?.headers['content-type']).to.equal('application/x-amz-json-1.1');
    expect(request?.headers.authorization).to.match(
      /^AWS4-HMAC-SHA256 Credential=test\/\d{8}\/eu-west-1\/cognito-idp\//,
    );
    expect(request?.headers['user-agent']).to.include('solution/v1');
    expect(request?.json).to.deep.equal({ UserPoolId: STUB_POOL });
    expect(options.clock.now(), 'two turns at 10 calls per second').to.be.at.least(100);
  });

  it('C17: follows short pages until it has a page full of the newest', async () => {
    const pages: Record<string, StubAnswer> = {
      first: { body: { Restorations: [], NextToken: 'second' } },
      second: { body: { Restorations: [entry('r-3', 'PREVIEW_GENERATED')], NextToken: 'third' } },
      third: {
        body: {
          Restorations: Array.from({ length: 60 }, (_, at) => entry(`old-${at}`, 'RESTORE_COMPLETED')),
          NextToken: 'more',
        },
      },
    };
    stub.answer = ({ json }) => pages[(json.NextToken ?? 'first') as string] as StubAnswer;
    const found = await list();
    expect(found).to.have.length(61);
    expect(found[0]).to.deep.equal({ id: 'r-3', status: 'PREVIEW_GENERATED' });
    expect(stub.requests.map(({ json }) => json.NextToken)).to.deep.equal([undefined, 'second', 'third']);
  });

  for (const [name, message] of [
    ['UnknownOperationException', ''],
    ['InvalidAction', ''],
    ['FeatureUnavailableInTierException', ''],
    ['OperationNotEnabledException', ''],
    ['InvalidParameterException', 'Unknown operation'],
  ] as const)
    it(`C17: takes ${name} ${message}for an operation that is not offered: there are no recoveries`, async () => {
      stub.answer = () => refusal(name, message);
      expect(await list()).to.deep.equal([]);
    });

  it('C17: takes a refused look for unknown, and reports other errors as its own', async () => {
    for (const name of ['AccessDeniedException', 'NotAuthorizedException']) {
      stub.answer = () => refusal(name, STUB_SECRET);
      expect(await list(), name).to.equal('unknown');
    }
    stub.answer = () => refusal('ResourceNotFoundException', 'User pool does not exist.');
    expect((await rejection(list())).name).to.equal('UserPoolNotFound');
    stub.answer = () => refusal('InvalidParameterException', STUB_SECRET);
    const error = await rejection(list());
    expect(error.name).to.equal('ServiceError');
    expect(error.message).not.to.include(STUB_SECRET);
  });

  describe('while one pauses the writes', () => {
    const writes = {
      CreateGroup: () => userPoolWriter(adapterOptions()).createGroup(STUB_POOL, { name: 'g' }),
      AdminCreateUser: () =>
        userPoolWriter(adapterOptions()).createUser(STUB_POOL, {
          username: 'u',
          attributes: {},
          temporaryPassword: 'p',
        }),
      AdminSetUserPassword: () => userPoolWriter(adapterOptions()).setPassword(STUB_POOL, 'u', 'p'),
      AdminDisableUser: () => userPoolWriter(adapterOptions()).disableUser(STUB_POOL, 'u'),
      AdminEnableUser: () => userPoolWriter(adapterOptions()).enableUser(STUB_POOL, 'u'),
      AdminAddUserToGroup: () => userPoolWriter(adapterOptions()).addUserToGroup(STUB_POOL, 'u', 'g'),
      AdminRemoveUserFromGroup: () => userPoolWriter(adapterOptions()).removeUserFromGroup(STUB_POOL, 'u', 'g'),
      AdminLinkProviderForUser: () =>
        userPoolWriter(adapterOptions()).linkIdentity(STUB_POOL, 'u', { provider: 'P', id: 'i' }),
      AdminUpdateUserAttributes: () => userPoolWriter(adapterOptions()).updateAttributes(STUB_POOL, 'u', { name: 'n' }),
      CreateUserImportJob: () => importJobs({ ...adapterOptions(), logRoleArn: 'role' }).createJob(STUB_POOL, 'n'),
      StartUserImportJob: () => importJobs({ ...adapterOptions(), logRoleArn: 'role' }).startJob(STUB_POOL, 'j'),
    };
    const CANDIDATES = [
      'OperationNotEnabledException',
      'ConcurrentModificationException',
      'NotAuthorizedException',
      'PreconditionNotMetException',
      'UnsupportedUserStateException',
      'SomethingNewException',
    ];
    const answering = (refused: string, recoveries: StubAnswer): void => {
      stub.answer = ({ action }) => (action === LIST ? recoveries : refusal(refused, STUB_SECRET));
    };

    for (const [action, write] of Object.entries(writes))
      it(`C17: never takes for a refusal what ${action} answers while its outcome may be a pause`, async () => {
        for (const refused of CANDIDATES) {
          stub.requests.length = 0;
          answering(refused, { body: { Restorations: [entry('r', 'PREVIEW_GENERATED')] } });
          const error = await rejection(write());
          expect(error.name, refused).to.equal('WritesPaused');
          expect(error.message).to.include(STUB_POOL).and.include('PREVIEW_GENERATED').and.not.include(STUB_SECRET);
          expect(stub.requests.map((request) => request.action)).to.deep.equal([action, LIST]);
        }
      });

    it('C17: reports refusals as before where no recovery is active', async () => {
      answering('NotAuthorizedException', { body: { Restorations: [entry('r', 'RESTORE_COMPLETED')] } });
      expect(await writes.AdminAddUserToGroup()).to.deep.equal({ refused: 'NotAuthorizedException' });
      answering('NotAuthorizedException', refusal('UnknownOperationException'));
      expect(await writes.AdminAddUserToGroup()).to.deep.equal({ refused: 'NotAuthorizedException' });
      answering('OperationNotEnabledException', { body: {} });
      expect((await rejection(writes.AdminAddUserToGroup())).name).to.equal('AccessDenied');
    });

    it('C17: does not look where a refusal says for certain what it is about', async () => {
      for (const refused of ['UserNotFoundException', 'AliasExistsException', 'InvalidParameterException']) {
        stub.requests.length = 0;
        answering(refused, { body: { Restorations: [entry('r', 'RESTORING')] } });
        expect(await writes.AdminUpdateUserAttributes()).to.deep.equal({ refused });
        expect(stub.requests).to.have.length(1);
      }
    });

    it('C17: where nobody may look, a refusal that may be a pause stops the restore and names the permission', async () => {
      answering('NotAuthorizedException', refusal('AccessDeniedException'));
      const error = await rejection(writes.AdminAddUserToGroup());
      expect(error.name).to.equal('AccessDenied');
      expect(error.message).to.include('cognito-idp:ListPointInTimeRecoveries').and.include('NotAuthorizedException');
    });

    it('C17: where the look fails, the write has failed, and is not refused', async () => {
      answering('NotAuthorizedException', { status: 500 });
      expect((await rejection(writes.AdminAddUserToGroup())).name).to.equal('ServiceError');
    });
  });
});
