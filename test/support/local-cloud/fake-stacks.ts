import { AwsError } from '../../../tools/local-cloud/gateway/aws-error.ts';
import type { StackSetServices } from '../../../tools/local-cloud/gateway/stack-sets/deps.ts';
import type { AwsResponse } from '../../../tools/local-cloud/gateway/types.ts';
import { anAnswer } from './gateway-request.ts';

/** A CloudFormation, IAM and STS that StackSets can work on, with failures to order. */
export class FakeStacks {
  /** StackId -> status. */
  readonly stacks = new Map<string, string>();
  /** `CreateStack us-east-1`, in the order of the calls. */
  readonly calls: string[] = [];
  /** Region -> status in which its next stack operation ends. */
  readonly endings = new Map<string, string>();
  /** Region -> parameters of its last CreateStack or UpdateStack. */
  readonly parameters = new Map<string, Record<string, string>>();
  administrationRole: { refused?: string } = {};
  executionRoleCreated: string | undefined = '2020-01-01T00:00:00Z';
  newRoleUnknownMs = 0;
  private ids = 0;

  readonly deps: StackSetServices = {
    now: () => new Date('2026-11-23T00:00:00Z'),
    sleep: () => Promise.resolve(),
    newId: () => `id-${(this.ids += 1)}`,
    rootOf: (account) => ({ accessKeyId: account, secretAccessKey: 'root' }),
    newRoleUnknownMs: () => this.newRoleUnknownMs,
    backend: {
      json: () => Promise.reject(new Error('StackSets makes no such call')),
      raw: (_service, _region, _method, path) => Promise.resolve(this.raw(path)),
      query: (_service, action, region, params) =>
        new Promise((resolve) => {
          resolve(this.query(action, region, params));
        }),
    },
  };

  private raw(path: string): AwsResponse {
    if (path === '/_local/template') return anAnswer({ url: 'https://templates/t' });
    if (path === '/_local/service-session')
      return anAnswer(
        this.administrationRole.refused === undefined
          ? { accessKeyId: 'ASIA', secretAccessKey: 's', sessionToken: 't' }
          : this.administrationRole,
      );
    return anAnswer({}, 404);
  }

  private query(action: string, region: string, params: Record<string, string>): string {
    switch (action) {
      case 'ValidateTemplate':
        return '<Parameters><member><ParameterKey>Rate</ParameterKey></member></Parameters><Capabilities><member>CAPABILITY_IAM</member></Capabilities>';
      case 'GetRole':
        if (this.executionRoleCreated === undefined) throw new AwsError('NoSuchEntity', 'no role', 404);
        return `<CreateDate>${this.executionRoleCreated}</CreateDate>`;
      case 'AssumeRole':
        return '<AccessKeyId>ASIA</AccessKeyId>';
      default:
        return this.stackCall(action, region, params);
    }
  }

  private stackCall(action: string, region: string, params: Record<string, string>): string {
    const id = action === 'CreateStack' ? `arn:${region}/${params['StackName'] ?? ''}` : (params['StackName'] ?? '');
    if (action === 'DescribeStacks') return `<StackStatus>${this.stacks.get(id) ?? 'DELETE_COMPLETE'}</StackStatus>`;
    if (action === 'DescribeStackEvents') {
      return `<member><ResourceType>AWS::SQS::Queue</ResourceType><LogicalResourceId>Queue</LogicalResourceId><ResourceStatus>CREATE_FAILED</ResourceStatus><ResourceStatusReason>no &amp; no</ResourceStatusReason></member>`;
    }
    this.calls.push(`${action} ${region}`);
    const values = Object.entries(params)
      .filter(([name]) => name.endsWith('ParameterKey'))
      .map(([name, key]) => [key, params[name.replace('Key', 'Value')] ?? '']);
    if (action !== 'DeleteStack') this.parameters.set(region, Object.fromEntries(values) as Record<string, string>);
    this.stacks.set(
      id,
      this.endings.get(region) ??
        { CreateStack: 'CREATE_COMPLETE', UpdateStack: 'UPDATE_COMPLETE', DeleteStack: 'DELETE_COMPLETE' }[action] ??
        '',
    );
    this.endings.delete(region);
    return `<StackId>${id}</StackId>`;
  }
}
