import { expect } from 'chai';
import { AwsError } from '../../../../../tools/local-cloud/gateway/aws-error.ts';
import { chainOf } from '../../../../../tools/local-cloud/gateway/chain.ts';
import { poolExtrasInterceptor } from '../../../../../tools/local-cloud/gateway/pool-extras.ts';
import type { AwsResponse } from '../../../../../tools/local-cloud/gateway/types.ts';
import { anAnswer, aRequest } from '../../../../support/local-cloud/gateway-request.ts';

const POOL = 'us-east-1_AbCdEf123';
const CLIENT = 'client1';
const NOW = Date.parse('2026-12-01T00:00:00Z');

describe('local cloud gateway: branding, threat protection, log delivery and terms of a pool', () => {
  let mayDo: boolean;
  let ask: (action: string, params?: Record<string, unknown>) => Promise<AwsResponse>;
  beforeEach(() => {
    mayDo = true;
    let ids = 0;
    const interceptor = poolExtrasInterceptor({
      backend: {
        json: (_service, _target, _region, params) => {
          const { UserPoolId, ClientId = CLIENT } = params as { UserPoolId: string; ClientId?: string };
          return UserPoolId === POOL && ClientId === CLIENT
            ? Promise.resolve({})
            : Promise.reject(new AwsError('ResourceNotFoundException', 'nothing there'));
        },
      },
      now: () => NOW,
      newId: () => `id-${(ids += 1)}`,
    });
    const chain = chainOf([interceptor], () => Promise.resolve(mayDo ? anAnswer() : { ...anAnswer(), status: 400 }));
    ask = (action, params = {}) =>
      chain(aRequest({ service: 'cognito-idp', action, params: { UserPoolId: POOL, ...params } }));
  });
  const body = (response: AwsResponse) => JSON.parse(response.body.toString()) as Record<string, unknown>;
  const errorOf = async (answer: Promise<AwsResponse>): Promise<unknown> => body(await answer)['__type'];

  it('17.5: a style is of one client, made once, and shown without saying whose it is', async () => {
    expect(await errorOf(ask('DescribeManagedLoginBrandingByClient', { ClientId: CLIENT }))).to.equal(
      'ResourceNotFoundException',
    );
    const made = body(await ask('CreateManagedLoginBranding', { ClientId: CLIENT, Settings: { a: 1 } }));
    const shown = {
      UserPoolId: POOL,
      Settings: { a: 1 },
      ManagedLoginBrandingId: 'id-1',
      UseCognitoProvidedValues: false,
      CreationDate: NOW / 1000,
      LastModifiedDate: NOW / 1000,
    };
    expect(made['ManagedLoginBranding']).to.deep.equal(shown);
    const asked = await ask('DescribeManagedLoginBrandingByClient', { ClientId: CLIENT, ReturnMergedResources: false });
    expect(body(asked)['ManagedLoginBranding']).to.deep.equal(shown);
    expect(await errorOf(ask('CreateManagedLoginBranding', { ClientId: CLIENT }))).to.equal(
      'ManagedLoginBrandingExistsException',
    );
    expect(await errorOf(ask('CreateManagedLoginBranding', { ClientId: 'nobody' }))).to.equal(
      'ResourceNotFoundException',
    );
    const both = { ManagedLoginBrandingId: 'id-1', UseCognitoProvidedValues: true, Settings: {} };
    expect(await errorOf(ask('UpdateManagedLoginBranding', both))).to.equal('InvalidParameterException');
    await ask('DeleteManagedLoginBranding', { ManagedLoginBrandingId: 'id-1' });
    expect(await errorOf(ask('DescribeManagedLoginBranding', { ManagedLoginBrandingId: 'id-1' }))).to.equal(
      'ResourceNotFoundException',
    );
  });

  it('17.5: threat protection and log delivery are set as a whole', async () => {
    expect(body(await ask('DescribeRiskConfiguration'))).to.deep.equal({ RiskConfiguration: { UserPoolId: POOL } });
    const block = { CompromisedCredentialsRiskConfiguration: { Actions: { EventAction: 'BLOCK' } } };
    await ask('SetRiskConfiguration', block);
    expect(body(await ask('DescribeRiskConfiguration', { ClientId: CLIENT }))['RiskConfiguration']).to.deep.equal({
      UserPoolId: POOL,
      ...block,
      LastModifiedDate: NOW / 1000,
    });
    const logs = [{ LogLevel: 'ERROR', EventSource: 'userNotification' }];
    await ask('SetLogDeliveryConfiguration', { LogConfigurations: logs });
    expect(body(await ask('GetLogDeliveryConfiguration'))).to.deep.equal({
      LogDeliveryConfiguration: { UserPoolId: POOL, LogConfigurations: logs },
    });
  });

  it('17.5: terms have a name that Cognito knows and a default link, and are listed with their dates', async () => {
    const terms = { ClientId: CLIENT, TermsName: 'terms-of-use', TermsSource: 'LINK', Enforcement: 'NONE' };
    const Links = { 'cognito:default': 'https://example.com/terms' };
    expect(await errorOf(ask('CreateTerms', terms))).to.equal('InvalidParameterException');
    expect(await errorOf(ask('CreateTerms', { ...terms, Links, TermsName: 'other' }))).to.equal(
      'InvalidParameterException',
    );
    await ask('CreateTerms', { ...terms, Links });
    expect(await errorOf(ask('CreateTerms', { ...terms, Links }))).to.equal('TermsExistsException');
    const dates = { CreationDate: NOW / 1000, LastModifiedDate: NOW / 1000 };
    expect(body(await ask('ListTerms'))).to.deep.equal({
      Terms: [{ TermsId: 'id-1', TermsName: 'terms-of-use', Enforcement: 'NONE', ...dates }],
    });
    expect(body(await ask('DescribeTerms', { TermsId: 'id-1' }))['Terms']).to.deep.include({ ...terms, Links });
    await ask('UpdateTerms', { TermsId: 'id-1', Links: { 'cognito:default': 'https://example.com/new' } });
    await ask('DeleteTerms', { TermsId: 'id-1' });
    expect(body(await ask('ListTerms'))).to.deep.equal({ Terms: [] });
  });

  it('17.5: who may not, and a pool that is not there, get nothing', async () => {
    expect(await errorOf(ask('ListTerms', { UserPoolId: 'us-east-1_Nowhere12' }))).to.equal(
      'ResourceNotFoundException',
    );
    mayDo = false;
    expect((await ask('SetRiskConfiguration')).status).to.equal(400);
    mayDo = true;
    expect(body(await ask('DescribeRiskConfiguration'))).to.deep.equal({ RiskConfiguration: { UserPoolId: POOL } });
  });
});
