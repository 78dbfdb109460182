import { expect } from 'chai';
import { ImportCloud } from '../../../../../support/local-cloud/import-cloud.ts';
import { rejection } from '../../../../../support/rejection.ts';

describe('import jobs: rights of the role and of the caller', () => {
  let cloud: ImportCloud;
  beforeEach(() => {
    cloud = new ImportCloud();
  });

  it('fails the job when the role is missing, does not trust Cognito or lacks permissions', async () => {
    const csv = await cloud.csv(['a']);
    cloud.allowedActions = 3;
    expect(await cloud.run(await cloud.job(csv))).to.include({
      Status: 'Failed',
      CompletionMessage: 'The CloudWatch Logs role lacks permissions to write the log of the import job.',
    });
    cloud.trust = {
      Statement: { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: ['lambda.amazonaws.com'] } },
    };
    expect(await cloud.run(await cloud.job(csv))).to.include({
      Status: 'Failed',
      CompletionMessage: 'Cognito cannot assume the CloudWatch Logs role.',
    });
    cloud.trust = undefined;
    expect(await cloud.run(await cloud.job(csv))).to.include({
      Status: 'Failed',
      CompletionMessage: 'The CloudWatch Logs role does not exist.',
    });
    expect(cloud.users.size).to.equal(0);
  });

  it('leaves the refusal of an unauthorized caller as it is', async () => {
    cloud.refusal = 'AccessDeniedException';
    expect(await rejection(cloud.call('GetCSVHeader'))).to.include({
      code: 'AccessDeniedException',
      message: 'from the emulator',
    });
  });

  it('asks whether the caller may pass the role to Cognito', async () => {
    await cloud.call('GetCSVHeader');
    expect(cloud.passedRoles).to.deep.equal([]);
    await cloud.job();
    expect(cloud.passedRoles).to.deep.equal(['arn:aws:iam::111122223333:role/import-log']);
  });
});
