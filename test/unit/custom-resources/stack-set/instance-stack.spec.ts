import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { StackEvent } from '@aws-sdk/client-cloudformation';
import { expect } from 'chai';
import { firstFailure, outputs } from '../../../../source/custom-resources/stack-set/instance-stack.ts';

const STACK = 'arn:stack';
const event = (
  LogicalResourceId: string,
  ResourceStatus: StackEvent['ResourceStatus'],
  ResourceStatusReason?: string,
): StackEvent => ({
  EventId: LogicalResourceId,
  StackId: STACK,
  StackName: 'stack',
  Timestamp: new Date(0),
  LogicalResourceId,
  PhysicalResourceId: LogicalResourceId === 'stack' ? STACK : `id-${LogicalResourceId}`,
  ResourceType: 'AWS::Some::Type',
  ResourceStatus,
  ...(ResourceStatusReason === undefined ? {} : { ResourceStatusReason }),
});

/** A client that gives these answers in turn. */
function clientGiving(...answers: readonly object[]): CloudFormationClient {
  const left = [...answers];
  const client = new CloudFormationClient({ region: 'us-east-1' });
  client.send = () => Promise.resolve(left.shift() ?? Promise.reject(new Error('no more answers')));
  return client;
}

describe('stack of an instance', () => {
  it('names the first resource that failed by itself in the latest operation', async () => {
    const newestFirst = [
      event('stack', 'ROLLBACK_COMPLETE'),
      event('Queue', 'CREATE_FAILED', 'Resource creation cancelled'),
      event('Later', 'CREATE_FAILED', 'later'),
    ];
    const older = [
      event('Topic', 'CREATE_FAILED', 'Invalid parameter'),
      event('stack', 'CREATE_IN_PROGRESS', 'User Initiated'),
      event('Old', 'CREATE_FAILED', 'of an operation before'),
    ];
    const client = clientGiving({ StackEvents: newestFirst, NextToken: 'more' }, { StackEvents: older });
    expect(await firstFailure(client, STACK)).to.equal('Topic (AWS::Some::Type) CREATE_FAILED: Invalid parameter');
  });

  it('knows none where nothing failed or the events cannot be read', async () => {
    expect(
      await firstFailure(
        clientGiving({ StackEvents: [event('Topic', 'CREATE_COMPLETE'), event('stack', 'CREATE_IN_PROGRESS')] }),
        STACK,
      ),
    ).to.equal(undefined);
    expect(await firstFailure(clientGiving(), STACK)).to.equal(undefined);
  });

  it('gives its outputs', async () => {
    expect(
      await outputs(clientGiving({ Stacks: [{ Outputs: [{ OutputKey: 'TopicArn', OutputValue: 'arn' }] }] }), STACK),
    ).to.deep.equal({ TopicArn: 'arn' });
  });
});
