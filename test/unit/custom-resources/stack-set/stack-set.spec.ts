import { expect } from 'chai';
import { stackSet } from '../../../../source/custom-resources/stack-set/stack-set.ts';
import { FakeStackSets } from '../../../support/custom-resources/fake-stack-sets.ts';
import {
  createRequest,
  deleteRequest,
  Deployment,
  LAUNCH_ID,
  updateRequest,
} from '../../../support/custom-resources/requests.ts';
import { FakeClock } from '../../../../tools/simulation/fake-clock.ts';

const NAME = `CognitoUserProfilesExport-${LAUNCH_ID}`;
const PROPERTIES = {
  StackSetTemplateUrl: 'https://files-us-east-1.s3.us-east-1.amazonaws.com/template-1',
  AdministrationRoleArn: 'arn:aws:iam::123456789012:role/admin',
  ExecutionRoleName: 'execution',
  PrimaryRegion: 'us-east-1',
  SecondaryRegion: 'eu-west-1',
  AccountId: '123456789012',
  Parameters: { CognitoTPS: '10' },
};
const CHANGED = { ...PROPERTIES, StackSetTemplateUrl: 'https://files/template-2', Parameters: { CognitoTPS: '25' } };
const DATA = {
  StackSetName: NAME,
  ExportWorkflowArn: 'export-us-east-1',
  PrimaryImportWorkflowArn: 'import-us-east-1',
  SecondaryImportWorkflowArn: 'import-eu-west-1',
  PrimaryVerifyWorkflowArn: 'verify-us-east-1',
  SecondaryVerifyWorkflowArn: 'verify-eu-west-1',
  PrimaryTopicArn: 'topic-us-east-1',
  SecondaryTopicArn: 'topic-eu-west-1',
  PrimaryBucketName: 'bucket-us-east-1',
  SecondaryBucketName: 'bucket-eu-west-1',
};
const MINUTE = 60_000;
const ROLE_UNKNOWN = "Account 123456789012 should have 'execution' role with trust relationship to Role 'admin'.";

describe('StackSetCustomResource', () => {
  let clock: FakeClock;
  let sets: FakeStackSets;
  let started: string[];
  let told: object[];
  let refusal: Error | undefined;
  beforeEach(() => {
    clock = new FakeClock();
    sets = new FakeStackSets(clock);
    started = [];
    told = [];
    refusal = undefined;
  });
  const quiet = { info: () => {}, warn: () => {} };
  const deployment = (): Deployment<unknown> =>
    new Deployment(
      () =>
        stackSet({
          sets,
          clock,
          firstExport: {
            startExecution: async (arn, name, input) => {
              if (refusal !== undefined) throw refusal;
              started.push(`${arn} ${name} ${input}`);
            },
            tell: async (functionName, event) => {
              told.push({ functionName, ...event });
            },
            log: quiet,
          },
        }),
      clock,
    );
  const created = async (): Promise<void> => {
    expect((await deployment().request(createRequest(PROPERTIES))).Status).to.equal('SUCCESS');
    sets.log.length = 0;
  };

  describe('Create', () => {
    it('makes the StackSet with both instances, then starts the first export', async () => {
      expect(await deployment().request(createRequest(PROPERTIES))).to.deep.include({
        Status: 'SUCCESS',
        PhysicalResourceId: NAME,
        Data: DATA,
      });
      expect(sets.log).to.deep.equal(['create set', 'add us-east-1,eu-west-1']);
      expect(sets.sets.get(NAME)?.definition).to.deep.include({
        templateUrl: PROPERTIES.StackSetTemplateUrl,
        parameters: { CognitoTPS: '10' },
        administrationRoleArn: PROPERTIES.AdministrationRoleArn,
      });
      expect(started).to.deep.equal([`export-us-east-1 launch-${LAUNCH_ID} {"Trigger":"Launch"}`]);
      expect(told).to.be.empty;
    });

    it('answers only when the operation has ended, however many invocations that takes', async () => {
      sets.operationMs = 35 * MINUTE;
      const slow = deployment();
      expect((await slow.request(createRequest(PROPERTIES))).Status).to.equal('SUCCESS');
      expect(slow.invocations).to.equal(3);
      expect(sets.log).to.deep.equal(['create set', 'add us-east-1,eu-west-1']);
      expect(started).to.have.length(1);
    });

    it('does the work once when the request is delivered twice at the same time', async () => {
      const answers = await Promise.all([
        deployment().request(createRequest(PROPERTIES)),
        deployment().request(createRequest(PROPERTIES)),
      ]);
      expect(answers[0]).to.deep.equal(answers[1]);
      expect(sets.log).to.deep.equal(['create set', 'add us-east-1,eu-west-1']);
      expect(new Set(started).size).to.equal(1); // the same execution name: Step Functions starts one
    });

    it('completes what an invocation that died has left', async () => {
      await created();
      sets.sets.get(NAME)?.instances.delete('eu-west-1');
      expect((await deployment().request(createRequest(PROPERTIES, 'create-2'))).Status).to.equal('SUCCESS');
      expect(sets.log).to.deep.equal(['add eu-west-1']);
    });

    it('tries again while the new roles are not known', async () => {
      sets.operationMs = 1000;
      sets.createErrors.push(Object.assign(new Error(ROLE_UNKNOWN), { name: 'ValidationError' }));
      sets.nextFailures.push(new Error(ROLE_UNKNOWN), { 'us-east-1': ROLE_UNKNOWN });
      expect((await deployment().request(createRequest(PROPERTIES))).Status).to.equal('SUCCESS');
      expect(sets.log).to.deep.equal(['create set', 'add us-east-1,eu-west-1', 'add us-east-1,eu-west-1']);
    });

    it('reports a role that stays unknown after a few minutes', async () => {
      sets.createErrors.push(...Array.from({ length: 100 }, () => new Error(ROLE_UNKNOWN)));
      const answer = await deployment().request(createRequest(PROPERTIES));
      expect(answer.Reason).to.contain('role with trust relationship');
      expect(clock.elapsed).to.be.within(3 * MINUTE, 6 * MINUTE);
    });

    it('fails with the resource that failed first, and with what is retained', async () => {
      sets.nextFailures.push({
        'us-east-1': 'ResourceLogicalId: several',
        'eu-west-1': 'Cancelled since failure tolerance has exceeded',
      });
      sets.firstFailures = {
        'us-east-1': 'Subscription (AWS::SNS::Subscription) CREATE_FAILED: Invalid parameter: ops@example.com',
      };
      const adding = sets.startAdding;
      sets.startAdding = async (...args) => {
        const answer = await adding(...args);
        sets.sets.get(NAME)?.instances.set('us-east-1', {
          region: 'us-east-1',
          account: '123456789012',
          status: 'OUTDATED',
          stackId: 'stack-us-east-1',
        });
        return answer;
      };
      const answer = await deployment().request(createRequest(PROPERTIES));
      expect(answer).to.include({ Status: 'FAILED', PhysicalResourceId: NAME });
      expect(answer.Reason)
        .to.contain(`Operation "create" of StackSet ${NAME} ended FAILED`)
        .and.to.contain(
          'us-east-1: Subscription (AWS::SNS::Subscription) CREATE_FAILED: Invalid parameter: [e-mail address]',
        )
        .and.to.contain('eu-west-1: Cancelled since')
        .and.to.contain('are retained');
      expect(sets.log).to.deep.equal(['create set', 'add us-east-1,eu-west-1']); // not tried again, nothing deleted here
      expect(started).to.be.empty;
    });

    it('is cleaned up by the Delete of the rollback', async () => {
      sets.nextFailures.push({ 'eu-west-1': 'Bucket: quota reached' });
      await deployment().request(createRequest(PROPERTIES));
      expect((await deployment().request(deleteRequest(NAME))).Status).to.equal('SUCCESS');
      expect(sets.log.slice(2)).to.deep.equal(['forget eu-west-1', 'remove us-east-1', 'delete set']);
      expect(sets.sets.size).to.equal(0);
    });

    it('turns a refused first export into a message, not into a failed launch', async () => {
      refusal = Object.assign(new Error('no'), { name: 'ExecutionLimitExceeded' });
      expect((await deployment().request(createRequest(PROPERTIES))).Status).to.equal('SUCCESS');
      expect(told).to.deep.equal([
        {
          functionName: 'broker-us-east-1',
          event: 'launch-export-refused',
          workflow: 'ExportWorkflow',
          stateMachineArn: 'export-us-east-1',
          error: 'ExecutionLimitExceeded',
        },
      ]);
    });
  });

  describe('Update', () => {
    it('brings template and parameters to both instances, one Region after the other, and starts no export', async () => {
      await created();
      expect(await deployment().request(updateRequest(NAME, CHANGED, PROPERTIES))).to.deep.include({
        Status: 'SUCCESS',
        PhysicalResourceId: NAME,
        Data: DATA,
      });
      expect(sets.log).to.deep.equal(['update us-east-1,eu-west-1']);
      expect(sets.sets.get(NAME)?.definition).to.deep.include({
        templateUrl: 'https://files/template-2',
        parameters: { CognitoTPS: '25' },
        administrationRoleArn: PROPERTIES.AdministrationRoleArn,
      });
      expect(started).to.have.length(1);
    });

    it('fails with the reason and is undone by the rollback', async () => {
      await created();
      sets.nextFailures.push({ 'eu-west-1': 'Function: out of memory' });
      const refused = await deployment().request(updateRequest(NAME, CHANGED, PROPERTIES));
      expect(refused).to.include({ Status: 'FAILED', PhysicalResourceId: NAME });
      expect(refused.Reason).to.contain('eu-west-1: Function: out of memory').and.not.to.contain('retained');
      expect((await deployment().request(updateRequest(NAME, PROPERTIES, CHANGED, 'rollback-1'))).Status).to.equal(
        'SUCCESS',
      );
      expect(sets.sets.get(NAME)?.definition.templateUrl).to.equal(PROPERTIES.StackSetTemplateUrl);
      expect([...(sets.sets.get(NAME)?.instances.values() ?? [])].map(({ status }) => status)).to.deep.equal([
        'CURRENT',
        'CURRENT',
      ]);
    });

    it('waits for another operation of the StackSet', async () => {
      await created();
      await sets.startUpdate({ ...sets.sets.get(NAME)!.definition }, ['by', 'hand'], 'by-hand');
      expect((await deployment().request(updateRequest(NAME, CHANGED, PROPERTIES))).Status).to.equal('SUCCESS');
      expect(sets.log).to.deep.equal(['update by,hand', 'update us-east-1,eu-west-1']);
    });

    it('makes an instance, or the whole StackSet, that someone has removed', async () => {
      await created();
      sets.sets.get(NAME)?.instances.delete('eu-west-1');
      expect((await deployment().request(updateRequest(NAME, CHANGED, PROPERTIES))).Status).to.equal('SUCCESS');
      expect(sets.log).to.deep.equal(['update us-east-1,eu-west-1', 'add eu-west-1']);
      sets.sets.clear();
      expect((await deployment().request(updateRequest(NAME, PROPERTIES, CHANGED, 'update-2'))).Status).to.equal(
        'SUCCESS',
      );
      expect([...(sets.sets.get(NAME)?.instances.keys() ?? [])]).to.have.members(['us-east-1', 'eu-west-1']);
    });

    it('joins its operation again after a role delay and a re-invocation', async () => {
      await created();
      sets.operationMs = MINUTE;
      sets.nextFailures.push({ 'us-east-1': ROLE_UNKNOWN });
      const slow = deployment();
      const done = slow.request(updateRequest(NAME, CHANGED, PROPERTIES));
      await clock.sleep(65_000);
      sets.operationMs = 20 * MINUTE;
      expect((await done).Status).to.equal('SUCCESS');
      expect(slow.invocations).to.equal(2);
      expect(sets.log).to.deep.equal(['update us-east-1,eu-west-1', 'update us-east-1,eu-west-1']);
    });
  });

  describe('Delete', () => {
    it('deletes both instances, then the StackSet', async () => {
      await created();
      expect(await deployment().request(deleteRequest(NAME))).to.include({
        Status: 'SUCCESS',
        PhysicalResourceId: NAME,
      });
      expect(sets.log).to.deep.equal(['remove us-east-1,eu-west-1', 'delete set']);
      expect(sets.sets.size).to.equal(0);
    });

    it('succeeds where there is nothing, also the second time', async () => {
      expect((await deployment().request(deleteRequest(NAME))).Status).to.equal('SUCCESS');
      expect(sets.log).to.be.empty;
    });

    it('finds the StackSet of a Create that was never answered', async () => {
      await created();
      expect((await deployment().request(deleteRequest('Backup-StackSetCustomResource-1XYZ'))).Status).to.equal(
        'SUCCESS',
      );
      expect(sets.sets.size).to.equal(0);
    });

    it('waits for a create that still runs, and leaves no stack of it behind', async () => {
      sets.operationMs = 10 * MINUTE;
      const creating = deployment().request(createRequest(PROPERTIES));
      await clock.sleep(MINUTE);
      expect((await deployment().request(deleteRequest(NAME))).Status).to.equal('SUCCESS');
      await creating;
      expect(sets.log).to.deep.equal([
        'create set',
        'add us-east-1,eu-west-1',
        'remove us-east-1,eu-west-1',
        'delete set',
      ]);
    });

    it('waits half an hour for slow stacks', async () => {
      await created();
      sets.operationMs = 30 * MINUTE;
      const slow = deployment();
      expect((await slow.request(deleteRequest(NAME))).Status).to.equal('SUCCESS');
      expect(slow.invocations).to.equal(3);
      expect(sets.log).to.deep.equal(['remove us-east-1,eu-west-1', 'delete set']);
    });

    it('says what keeps a stack and what to do, and works when it is tried again', async () => {
      await created();
      sets.nextFailures.push({ 'eu-west-1': 'Stack has termination protection' });
      const refused = await deployment().request(deleteRequest(NAME));
      expect(refused.Status).to.equal('FAILED');
      expect(refused.Reason)
        .to.contain('eu-west-1: Stack has termination protection')
        .and.to.contain('delete the main stack again');
      expect((await deployment().request(deleteRequest(NAME, {}, 'delete-2'))).Status).to.equal('SUCCESS');
      expect(sets.sets.size).to.equal(0);
    });
  });
});
