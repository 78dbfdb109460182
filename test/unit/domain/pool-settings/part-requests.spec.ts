import { expect } from 'chai';
import { clientRequest, whyNoClient } from '../../../../source/domain/pool-settings/recreate/client-request.ts';
import { providerRequest } from '../../../../source/domain/pool-settings/recreate/provider-request.ts';

const PLACEHOLDERS = { clientSecret: 'placeholder', privateKey: 'key' };
const provider = (ProviderType: string, ProviderDetails: object) =>
  providerRequest(
    { ProviderName: 'P', ProviderType, ProviderDetails, AttributeMapping: { email: 'email' } },
    PLACEHOLDERS,
  );

describe('requests for the parts of a pool like the kept one', () => {
  it('17.5: identity providers lose what Cognito only shows, and get a placeholder for their secret', () => {
    const shown = {
      attributes_url_add_attributes: 'false',
      token_request_method: 'POST',
      token_url: 'https://x',
      authorize_scopes: 's',
    };
    expect(provider('Google', { ...shown, client_id: 'c' }).request).to.deep.equal({
      ProviderName: 'P',
      ProviderType: 'Google',
      ProviderDetails: { client_id: 'c', authorize_scopes: 's', client_secret: 'placeholder' },
      AttributeMapping: { email: 'email' },
    });
    expect(provider('OIDC', { ...shown, client_id: 'c' }).request['ProviderDetails']).to.deep.equal({
      client_id: 'c',
      authorize_scopes: 's',
      token_url: 'https://x',
      client_secret: 'placeholder',
    });
    expect(
      provider('SignInWithApple', { client_id: 'c', team_id: 't', key_id: 'k', ...shown }).request['ProviderDetails'],
    ).to.deep.equal({ client_id: 'c', team_id: 't', key_id: 'k', authorize_scopes: 's', private_key: 'key' });
    const saml = provider('SAML', {
      MetadataURL: 'https://idp/metadata',
      MetadataFile: '<xml/>',
      ActiveEncryptionCertificate: 'x',
      SSORedirectBindingURI: 'x',
      SLORedirectBindingURI: 'x',
      IDPSignout: 'true',
    });
    expect(saml.request['ProviderDetails']).to.deep.equal({ MetadataURL: 'https://idp/metadata', IDPSignout: 'true' });
    expect(saml.omissions.every(({ expected }) => expected === true)).to.equal(true);
    expect(provider('SAML', { MetadataFile: '<xml/>' }).request['ProviderDetails']).to.deep.equal({
      MetadataFile: '<xml/>',
    });
  });

  it('17.5: clients name only providers and scopes that are there, keep what is absent absent, and get a new secret', () => {
    const kept = {
      ClientId: 'c1',
      ClientName: 'web',
      UserPoolId: 'old',
      GeneratedSecret: true,
      SupportedIdentityProviders: ['COGNITO', 'Google', 'Gone'],
      AllowedOAuthScopes: ['openid', 'orders/read', 'gone/read'],
      AnalyticsConfiguration: { ApplicationId: 'a' },
      CallbackURLs: ['https://app.example.com'],
      NewThing: 1,
    };
    const there = { providers: ['Google'], scopes: ['orders/read'] };
    const made = (region?: string) =>
      clientRequest(kept, {
        settings: { region: 'us-east-1' },
        options: region === undefined ? {} : { region },
        there,
      });
    expect(made().request).to.deep.equal({
      ClientName: 'web',
      GenerateSecret: true,
      SupportedIdentityProviders: ['COGNITO', 'Google'],
      AllowedOAuthScopes: ['openid', 'orders/read'],
      AnalyticsConfiguration: { ApplicationId: 'a' },
      CallbackURLs: ['https://app.example.com'],
    });
    expect(made('eu-west-1').request).to.not.have.property('AnalyticsConfiguration');
    expect(made('eu-west-1').omissions.map(({ setting }) => setting)).to.deep.equal([
      'clients[c1].SupportedIdentityProviders',
      'clients[c1].AllowedOAuthScopes',
      'clients[c1].AnalyticsConfiguration',
      'clients[c1].NewThing',
    ]);
  });

  it('17.5: a client that its application registered by itself cannot be made', () => {
    expect(whyNoClient({ ClientId: 'c', ClientType: 'DCR' })).to.match(/registered/);
    expect(whyNoClient({ ClientId: 'c' })).to.equal(undefined);
  });
});
