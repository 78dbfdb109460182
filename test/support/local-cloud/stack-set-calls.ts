import { expect } from 'chai';
import { stackSetInterceptor } from '../../../tools/local-cloud/gateway/stack-sets/index.ts';
import { elementText, elementTexts } from '../../../tools/local-cloud/gateway/xml.ts';
import { FakeStacks } from './fake-stacks.ts';
import { aRequest, anAnswer } from './gateway-request.ts';

/** Instances in both Regions, as parameters of a call. */
export const BOTH = {
  'Accounts.member.1': '111122223333',
  'Regions.member.1': 'us-east-1',
  'Regions.member.2': 'eu-west-1',
};
/** A StackSet of one parameter, as parameters of a call. */
export const DEFINITION = {
  TemplateBody: '{}',
  'Capabilities.member.1': 'CAPABILITY_IAM',
  'Parameters.member.1.ParameterKey': 'Rate',
  'Parameters.member.1.ParameterValue': '10',
};

interface CallOutcome {
  readonly status: number;
  readonly code: string | undefined;
  readonly xml: string;
}

/** Calls to the gateway's StackSets over simulated stacks. */
export class StackSetCalls {
  readonly world = new FakeStacks();
  readonly intercept = stackSetInterceptor(this.world.deps);

  readonly call = async (action: string, params: Record<string, string> = {}): Promise<CallOutcome> => {
    const request = aRequest({
      service: 'cloudformation',
      action,
      params: { Action: action, StackSetName: 'set', ...params },
    });
    const { status, body } = await this.intercept(request, () => Promise.resolve(anAnswer()));
    const xml = body.toString();
    return { status, code: elementText(xml, 'Code'), xml };
  };

  /** Starts an operation, waits for its end, and gives its status and each Region's result. */
  readonly operate = async (action: string, params: Record<string, string> = {}): Promise<string[]> => {
    const started = await this.call(action, params);
    const OperationId = elementText(started.xml, 'OperationId');
    expect(OperationId, started.xml).to.be.a('string');
    for (;;) {
      const status = elementText(
        (await this.call('DescribeStackSetOperation', { OperationId: OperationId ?? '' })).xml,
        'Status',
      );
      if (status === 'RUNNING' || status === 'STOPPING') {
        await new Promise(setImmediate);
        continue;
      }
      const results = (await this.call('ListStackSetOperationResults', { OperationId: OperationId ?? '' })).xml;
      return [status ?? '', ...elementTexts(results, 'Status')];
    }
  };

  /** Region, status and detailed status of each instance. */
  readonly instances = async (): Promise<string[]> => {
    const { xml } = await this.call('ListStackInstances');
    return elementTexts(xml, 'Region').map(
      (region, index) =>
        `${region} ${elementTexts(xml, 'Status')[index] ?? ''} ${elementTexts(xml, 'DetailedStatus')[index] ?? ''}`,
    );
  };
}
