import type { SettingsQuestion } from './questions.ts';

/** Members that differ between two looks at the same settings, wherever they stand at the uppermost level of a part. */
const VOLATILE = ['CreationDate', 'LastModifiedDate', 'UserPoolId'];
const VOLATILE_OF: Readonly<Record<string, readonly string[]>> = {
  pool: ['Arn', 'Status', 'EstimatedNumberOfUsers', 'SmsConfigurationFailure', 'EmailConfigurationFailure'],
  domain: ['AWSAccountId', 'CloudFrontDistribution', 'S3Bucket', 'Status', 'Version'],
  customDomain: ['AWSAccountId', 'CloudFrontDistribution', 'S3Bucket', 'Status', 'Version'],
  uiCustomization: ['CSSVersion'],
};

/**
 * What an identity provider is told, and keys: OAuth client secrets, the private key of "Sign in with Apple". By their names,
 * so that one which AWS adds is not kept either.
 */
const SECRET_DETAIL = /secret|private_?key|password/i;
/** Describe-only: which certificate is in force changes by itself, and no operation takes it. */
const DESCRIBED_ONLY = /^ActiveEncryptionCertificate$/;

/** What is kept of an answer: no secrets, and nothing that changes by itself. */
export function cleaned(
  { id, part, member }: Pick<SettingsQuestion, 'id' | 'part' | 'member'>,
  answer: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const found = (member === undefined ? answer : (answer[member] ?? {})) as Readonly<Record<string, unknown>>;
  const dropped = new Set([...VOLATILE, ...(VOLATILE_OF[part] ?? [])]);
  const kept = Object.fromEntries(Object.entries(found).filter(([name]) => !dropped.has(name)));
  if (part === 'clients') return withoutClientSecret(kept);
  if (part === 'identityProviders' && id !== part) return withoutProviderSecrets(kept);
  return kept;
}

function withoutClientSecret(client: Record<string, unknown>): Record<string, unknown> {
  const rest = Object.fromEntries(Object.entries(client).filter(([name]) => !/^ClientSecret/.test(name)));
  return 'ClientSecret' in client || 'ClientSecretArn' in client ? { ...rest, GeneratedSecret: true } : rest;
}

function withoutProviderSecrets(provider: Record<string, unknown>): Record<string, unknown> {
  const details = Object.entries((provider.ProviderDetails ?? {}) as Record<string, unknown>);
  return {
    ...provider,
    ProviderDetails: Object.fromEntries(
      details.filter(([name]) => !SECRET_DETAIL.test(name) && !DESCRIBED_ONLY.test(name)),
    ),
  };
}
