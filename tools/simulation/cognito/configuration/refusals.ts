/**
 * What Cognito refuses of a pool's configuration beyond the constraints of its service model: documented with the members of
 * CreateUserPool, SetUserPoolMfaConfig, CreateUserPoolClient and CreateIdentityProvider, or told in public issues of AWS's
 * tools (see decision 0016).
 */
import { CognitoException } from '../exception.ts';
import { DESCRIBED_ATTRIBUTES } from './standard-attributes.ts';

/** Any object of Cognito's API. */
export type Configuration = Readonly<Record<string, unknown>>;

export const part = (value: unknown): Configuration =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Configuration) : {};
export const entries = (value: unknown): readonly Configuration[] => (Array.isArray(value) ? value.map(part) : []);
export const textsIn = (value: unknown): readonly string[] => (Array.isArray(value) ? (value as string[]) : []);

/** Refuses with InvalidParameterException. */
export function refuseIf(condition: boolean, message: string): void {
  if (condition) throw new CognitoException('InvalidParameterException', message);
}

/** What CreateUserPool refuses. */
export function assertCreatable(request: Configuration, region: string): void {
  assertSchema(request);
  assertMessages(request);
  assertOfRegion(request, region);
  const { AliasAttributes, UsernameAttributes, MfaConfiguration = 'OFF', SmsConfiguration, UserPoolTags } = request;
  refuseIf(
    textsIn(AliasAttributes).length > 0 && textsIn(UsernameAttributes).length > 0,
    'Only one of the aliasAttributes or usernameAttributes can be set in a user pool.',
  );
  refuseIf(
    MfaConfiguration !== 'OFF' && SmsConfiguration === undefined,
    'SMS configuration and Auto verification for phone_number are required when MFA is required/optional',
  );
  const tags = Object.keys(part(UserPoolTags));
  refuseIf(
    tags.some((tag) => tag.startsWith('aws:')),
    'aws: prefixed tag key names are not allowed for external use.',
  );
  refuseIf(tags.length > 50, 'Too many tags.');
  const policy = part(part(request['Policies'])['PasswordPolicy']);
  refuseIf(
    part(request['AdminCreateUserConfig'])['UnusedAccountValidityDays'] !== undefined &&
      policy['TemporaryPasswordValidityDays'] !== undefined,
    'Please use TemporaryPasswordValidityDays in PasswordPolicy instead of UnusedAccountValidityDays',
  );
  const verified = textsIn(request['AutoVerifiedAttributes']);
  refuseIf(
    textsIn(part(request['UserAttributeUpdateSettings'])['AttributesRequireVerificationBeforeUpdate']).some(
      (name) => !verified.includes(name),
    ),
    'All attributes in AttributesRequireVerificationBeforeUpdate must exist in AutoVerifiedAttributes',
  );
  refuseIf(
    verified.includes('phone_number') && SmsConfiguration === undefined,
    'SMS configuration is required when phone_number is selected for auto verification',
  );
  const factors = textsIn(part(part(request['Policies'])['SignInPolicy'])['AllowedFirstAuthFactors']);
  refuseIf(factors.length > 0 && !factors.includes('PASSWORD'), 'AllowedFirstAuthFactors must include PASSWORD.');
  refuseIf(factors.includes('SMS_OTP') && SmsConfiguration === undefined, 'SMS configuration is required for SMS_OTP.');
}

function assertSchema({ Schema, AliasAttributes }: Configuration): void {
  const seen = new Set<unknown>();
  for (const { Name, AttributeDataType, Required, DeveloperOnlyAttribute } of entries(Schema)) {
    refuseIf(seen.has(Name), `Duplicate attribute ${String(Name)}.`);
    seen.add(Name);
    refuseIf(/^(custom|dev):/.test(String(Name)), `${String(Name)}: the prefix is set by Cognito.`);
    const standard = DESCRIBED_ATTRIBUTES.find((one) => one.Name === Name);
    refuseIf(Name === 'sub' || Name === 'identities', `${Name as string}: Cognito makes the attribute itself.`);
    refuseIf(standard === undefined && Required === true, 'Required custom attributes are not supported currently.');
    refuseIf(
      standard !== undefined && (standard.AttributeDataType !== AttributeDataType || DeveloperOnlyAttribute === true),
      `You can not change AttributeDataType or set developerOnlyAttribute for standard schema attribute ${String(Name)}`,
    );
    refuseIf(
      Name === 'preferred_username' && Required === true && textsIn(AliasAttributes).includes('preferred_username'),
      'preferred_username can not be required and an alias.',
    );
  }
}

function assertMessages(request: Configuration): void {
  const template = part(request['VerificationMessageTemplate']);
  for (const [older, newer] of [
    ['SmsVerificationMessage', 'SmsMessage'],
    ['EmailVerificationMessage', 'EmailMessage'],
    ['EmailVerificationSubject', 'EmailSubject'],
  ] as const)
    refuseIf(
      request[older] !== undefined && template[newer] !== undefined && request[older] !== template[newer],
      `${older} conflicts with verification message template`,
    );
  refuseIf(
    template['EmailMessage'] !== undefined && template['EmailMessageByLink'] !== undefined,
    'EmailMessage and EmailMessageByLink can not both be set.',
  );
}

function assertOfRegion(request: Configuration, region: string): void {
  const triggers = part(request['LambdaConfig']);
  const newer = part(triggers['PreTokenGenerationConfig'])['LambdaArn'];
  refuseIf(
    newer !== undefined && triggers['PreTokenGeneration'] !== undefined && triggers['PreTokenGeneration'] !== newer,
    'PreTokenGeneration and PreTokenGenerationConfig have to name the same function.',
  );
  refuseIf(
    ['CustomSMSSender', 'CustomEmailSender'].some((name) => triggers[name] !== undefined) &&
      triggers['KMSKeyID'] === undefined,
    'A custom sender needs KMSKeyID.',
  );
  const key = part(request['KeyConfiguration'])['KmsKeyArn'];
  for (const arn of [...Object.values(triggers).map((one) => part(one)['LambdaArn'] ?? one), key])
    refuseIf(typeof arn === 'string' && arn.split(':')[3] !== region, 'The resource is not in the Region of the pool.');
  const mail = part(request['EmailConfiguration']);
  refuseIf(mail['EmailSendingAccount'] === 'DEVELOPER' && mail['SourceArn'] === undefined, 'SourceArn is required.');
  const mailArn = mail['SourceArn'];
  refuseIf(typeof mailArn === 'string' && mailArn.split(':')[3] !== region, 'Email address is not verified.');
}

/** What SetUserPoolMfaConfig refuses, for a pool with these settings. */
export function assertMfa(request: Configuration, pool: Configuration): void {
  const {
    MfaConfiguration = 'OFF',
    SmsMfaConfiguration,
    SoftwareTokenMfaConfiguration,
    EmailMfaConfiguration,
  } = request;
  const token = part(SoftwareTokenMfaConfiguration)['Enabled'] === true;
  const factors = [SmsMfaConfiguration, EmailMfaConfiguration].some((one) => one !== undefined) || token;
  refuseIf(
    MfaConfiguration === 'OFF' && factors,
    "Invalid MFA configuration given, can't turn off MFA and configure an MFA together.",
  );
  refuseIf(MfaConfiguration !== 'OFF' && !factors, 'Invalid MFA configuration given, must turn on at least one MFA.');
  refuseIf(
    EmailMfaConfiguration !== undefined && part(pool['EmailConfiguration'])['EmailSendingAccount'] !== 'DEVELOPER',
    'Email MFA needs the SES identity of the account.',
  );
  refuseIf(
    SmsMfaConfiguration !== undefined && part(SmsMfaConfiguration)['SmsConfiguration'] === undefined,
    'SMS configuration is missing.',
  );
  const passwordless = textsIn(part(part(pool['Policies'])['SignInPolicy'])['AllowedFirstAuthFactors']);
  refuseIf(
    MfaConfiguration === 'ON' && passwordless.some((factor) => factor !== 'PASSWORD'),
    'MFA can not be required in a pool with passwordless sign-in.',
  );
}

const SOCIAL_SECRETS: Readonly<Record<string, readonly string[]>> = {
  Google: ['client_id', 'client_secret', 'authorize_scopes'],
  Facebook: ['client_id', 'client_secret', 'authorize_scopes'],
  LoginWithAmazon: ['client_id', 'client_secret', 'authorize_scopes'],
  SignInWithApple: ['client_id', 'team_id', 'key_id', 'private_key', 'authorize_scopes'],
  OIDC: ['client_id', 'client_secret', 'authorize_scopes', 'oidc_issuer'],
};
const SHOWN_ONLY = ['attributes_url_add_attributes', 'token_request_method', 'ActiveEncryptionCertificate'];

/** What CreateIdentityProvider refuses. */
export function assertProvider({ ProviderType, ProviderDetails }: Configuration): void {
  const details = part(ProviderDetails);
  for (const name of SOCIAL_SECRETS[String(ProviderType)] ?? [])
    refuseIf(details[name] === undefined, `Invalid ProviderDetails: ${name} is required.`);
  refuseIf(
    ProviderType === 'SAML' && (details['MetadataURL'] === undefined) === (details['MetadataFile'] === undefined),
    'Invalid ProviderDetails: either MetadataURL or MetadataFile is required.',
  );
  for (const name of SHOWN_ONLY) refuseIf(details[name] !== undefined, `Invalid ProviderDetails: ${name}.`);
}

/** What there is in a pool that a client names. */
export interface NamedByClients {
  readonly providers: readonly string[];
  readonly scopes: readonly string[];
  readonly attributes: readonly string[];
}

/** What CreateUserPoolClient refuses. */
export function assertClient(request: Configuration, there: NamedByClients): void {
  const standard = ['phone', 'email', 'openid', 'profile', 'aws.cognito.signin.user.admin'];
  const missing = textsIn(request['SupportedIdentityProviders']).find(
    (name) => name !== 'COGNITO' && !there.providers.includes(name),
  );
  refuseIf(missing !== undefined, `The provider ${missing ?? ''} does not exist for User Pool.`);
  refuseIf(
    textsIn(request['AllowedOAuthScopes']).some((name) => !standard.includes(name) && !there.scopes.includes(name)),
    'Invalid scope requested.',
  );
  refuseIf(
    [...textsIn(request['ReadAttributes']), ...textsIn(request['WriteAttributes'])].some(
      (name) => !there.attributes.includes(name),
    ),
    'Invalid read or write attributes specified while creating a client.',
  );
  const uris = textsIn(request['CallbackURLs']);
  const uri = request['DefaultRedirectURI'];
  refuseIf(uri !== undefined && !uris.includes(uri as string), 'DefaultRedirectURI has to be in CallbackURLs.');
  refuseIf(
    request['EnablePropagateAdditionalUserContextData'] === true && request['GenerateSecret'] !== true,
    'EnablePropagateAdditionalUserContextData needs a client secret.',
  );
}
