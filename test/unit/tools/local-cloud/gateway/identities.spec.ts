import { expect } from 'chai';
import { AwsError } from '../../../../../tools/local-cloud/gateway/aws-error.ts';
import { chainOf } from '../../../../../tools/local-cloud/gateway/chain.ts';
import { identitiesInterceptor } from '../../../../../tools/local-cloud/gateway/identities.ts';
import { anAnswer, aRequest } from '../../../../support/local-cloud/gateway-request.ts';

const HELD = JSON.stringify([{ providerName: 'Corp', userId: 'held' }]);
const ANSWERS: Readonly<Record<string, object>> = {
  ListIdentityProviders: { Providers: [{ ProviderName: 'Corp' }] },
  DescribeUserPool: { UserPool: { SchemaAttributes: [{ Name: 'custom:fixed', Mutable: false }] } },
};

/** What MiniStack is asked, behind the question whether the caller may; and what the caller gets. */
async function linked(
  source: object,
  attributes: readonly object[] | undefined = [],
  mayDo = true,
): Promise<{ readonly status: number; readonly code: string; readonly reached: number }> {
  let reached = 0;
  const interceptor = identitiesInterceptor({
    backend: {
      json: (_service, target) => {
        const operation = target?.split('.')[1] ?? '';
        if (operation !== 'AdminGetUser') return Promise.resolve((ANSWERS[operation] ?? {}) as never);
        return attributes === undefined
          ? Promise.reject(new AwsError('UserNotFoundException', 'no such user'))
          : Promise.resolve({ UserAttributes: attributes } as never);
      },
    },
  });
  const chain = chainOf([interceptor], (request) => {
    if (!('x-local-cloud-authorize-only' in request.headers)) reached += 1;
    return Promise.resolve(mayDo ? anAnswer() : { ...anAnswer(), status: 400 });
  });
  const answer = await chain(
    aRequest({
      service: 'cognito-idp',
      action: 'AdminLinkProviderForUser',
      params: {
        UserPoolId: 'us-east-1_AbCdEf123',
        DestinationUser: { ProviderName: 'Cognito', ProviderAttributeValue: 'lea' },
        SourceUser: source,
      },
    }),
  );
  const text = answer.body.toString();
  const code = text.startsWith('{') ? String((JSON.parse(text) as Record<string, unknown>)['__type'] ?? '') : '';
  return { status: answer.status, code, reached };
}

const identity = (ProviderName: string, ProviderAttributeValue: string): object => ({
  ProviderName,
  ProviderAttributeName: 'Cognito_Subject',
  ProviderAttributeValue,
});

describe('17.3: local cloud gateway: links to identity providers', () => {
  it('17.3: passes what Cognito takes', async () => {
    expect(await linked(identity('Corp', 'new'))).to.include({ status: 200, reached: 1 });
    expect(await linked(identity('Corp', 'new'), undefined), 'MiniStack says who is not there').to.include({
      reached: 1,
    });
  });

  it('17.3: refuses an unknown provider, a link that is there, and a profile with an immutable attribute', async () => {
    const invalid = { code: 'InvalidParameterException', reached: 0 };
    expect(await linked(identity('Other', 'new'))).to.include(invalid);
    expect(await linked(identity('Corp', 'held'), [{ Name: 'identities', Value: HELD }])).to.include(invalid);
    expect(await linked(identity('Corp', 'new'), [{ Name: 'custom:fixed', Value: 'x' }])).to.include(invalid);
  });

  it('17.3: lets MiniStack refuse first whom IAM refuses', async () => {
    expect(await linked(identity('Other', 'new'), [], false)).to.include({ status: 400, code: '', reached: 0 });
  });
});
