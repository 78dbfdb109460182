import { expect } from 'chai';
import { settingsReader } from '../../../../source/adapters/cognito/settings-reader.ts';
import type { SettingsReader } from '../../../../source/domain/ports.ts';
import { refusal } from '../../../support/aws-stub.ts';
import { adapterOptions, STUB_POOL, STUB_SECRET, stubOfSuite } from '../../../support/cognito-stub.ts';
import { rejection } from '../../../support/rejection.ts';

describe("Cognito adapters: a pool's configuration", () => {
  const stub = stubOfSuite();
  const ask: SettingsReader['ask'] = (operation, input) => settingsReader(adapterOptions()).ask(operation, input);
  const pool = { UserPoolId: STUB_POOL };

  it('17.5: gives answers as JSON: dates, bytes, documents', async () => {
    const logo = Buffer.from([1, 2, 250]).toString('base64');
    stub.answer = () => ({
      body: {
        ManagedLoginBranding: {
          ManagedLoginBrandingId: 'b',
          Settings: { components: { form: { borderRadius: 8 } } },
          Assets: [{ Category: 'FORM_LOGO', Bytes: logo }],
          LastModifiedDate: 1_700_000_000.25,
        },
      },
    });
    expect(await ask('DescribeManagedLoginBrandingByClient', { ...pool, ClientId: 'client' })).to.deep.equal({
      answer: {
        ManagedLoginBranding: {
          ManagedLoginBrandingId: 'b',
          Settings: { components: { form: { borderRadius: 8 } } },
          Assets: [{ Category: 'FORM_LOGO', Bytes: logo }],
          LastModifiedDate: '2023-11-14T22:13:20.250Z',
        },
      },
    });
    expect(stub.requests[0]?.json).to.deep.equal({ ...pool, ClientId: 'client' });
  });

  it('17.5: a refusal is its name, never its message', async () => {
    for (const name of [
      'AccessDeniedException',
      'NotAuthorizedException',
      'UnknownOperationException',
      'UserPoolAddOnNotEnabledException',
      'FeatureUnavailableInTierException',
      'InvalidParameterException',
    ]) {
      stub.answer = () => refusal(name, `about ${STUB_SECRET}`);
      expect(await ask('DescribeRiskConfiguration', pool), name).to.deep.equal({ refused: name });
    }
  });

  it('17.5: an operation that the Region does not have is a refusal, whatever it is called', async () => {
    stub.answer = () => refusal('InternalFailure', STUB_SECRET, 501);
    expect(await ask('ListTerms', pool)).to.deep.equal({ refused: 'UnsupportedOperation' });
  });

  it('17.5: a pool that is gone, a refused token and a service that fails are errors', async () => {
    stub.answer = () => refusal('ResourceNotFoundException', `about ${STUB_SECRET}`);
    expect((await rejection(ask('DescribeUserPool', pool))).name).to.equal('UserPoolNotFound');
    expect(await ask('DescribeUserPoolClient', { ...pool, ClientId: 'gone' })).to.have.property('refused');
    stub.answer = () => refusal('InvalidParameterException', `about ${STUB_SECRET}`);
    expect((await rejection(ask('ListTerms', { ...pool, NextToken: 't' }))).name).to.equal('InvalidPaginationToken');
    stub.answer = () => ({ status: 500 });
    const failed = await rejection(ask('ListTerms', pool));
    expect(failed.name).to.equal('ServiceError');
    expect(failed.message).to.not.include(STUB_SECRET);
  });

  it('17.5: each operation keeps below the five calls per second of a pool', async () => {
    stub.answer = () => ({ body: { UserPoolClient: {} } });
    const options = adapterOptions();
    const reader = settingsReader(options);
    const began = options.clock.now();
    await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        reader.ask('DescribeUserPoolClient', { ...pool, ClientId: `client${index}` }),
      ),
    );
    expect(options.clock.now() - began).to.be.at.least(9 * (1000 / 4.5) - 1);
  });
});
