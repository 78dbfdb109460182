import { heldIdentities, linkRefusal } from '../../simulation/cognito/identities.ts';
import { AwsError, errorResponse } from './aws-error.ts';
import { rootOf } from './import-jobs/deps.ts';
import { refusedByIam } from './refused-by-iam.ts';
import type { AwsRequest, Backend, Interceptor } from './types.ts';

interface Named {
  readonly ProviderName?: string;
  readonly ProviderAttributeValue?: string;
}
interface Attribute {
  readonly Name: string;
  readonly Value?: string;
}

/**
 * Refuses what Cognito refuses of AdminLinkProviderForUser and MiniStack does not: a provider that the pool lacks, a link
 * that is there already, and a profile with an immutable attribute; the rules are those of tools/simulation. Identities of
 * somebody else MiniStack knows itself.
 */
export function identitiesInterceptor({ backend }: { readonly backend: Pick<Backend, 'json'> }): Interceptor {
  return async (request, next) => {
    if (request.service !== 'cognito-idp' || request.action !== 'AdminLinkProviderForUser') return next(request);
    const refused = await refusedByIam(request, next);
    if (refused !== undefined) return refused;
    const code = await refusalOf(request, backend);
    return code === undefined
      ? next(request)
      : errorResponse(request, new AwsError(code, 'The identity cannot be linked to this user.'));
  };
}

async function refusalOf(
  { account, region, params }: AwsRequest,
  backend: Pick<Backend, 'json'>,
): Promise<string | undefined> {
  const { UserPoolId } = params;
  const source = (params['SourceUser'] ?? {}) as Named;
  const destination = (params['DestinationUser'] ?? {}) as Named;
  const ask = (operation: string, more: object): Promise<Record<string, unknown>> =>
    backend.json(
      'cognito-idp',
      `AWSCognitoIdentityProviderService.${operation}`,
      region,
      { UserPoolId, ...more },
      rootOf(account),
    );
  const { Providers = [] } = (await ask('ListIdentityProviders', { MaxResults: 60 })) as {
    readonly Providers?: readonly Named[];
  };
  const attributes = await attributesOf(() => ask('AdminGetUser', { Username: destination.ProviderAttributeValue }));
  if (attributes === undefined) return undefined;
  const { UserPool } = (await ask('DescribeUserPool', {})) as {
    readonly UserPool: { readonly SchemaAttributes?: readonly { readonly Name: string; readonly Mutable?: boolean }[] };
  };
  const immutable = new Set(
    (UserPool.SchemaAttributes ?? [])
      .filter(({ Name, Mutable }) => Mutable === false && Name !== 'sub')
      .map(({ Name }) => Name),
  );
  const held = heldIdentities(attributes.find(({ Name }) => Name === 'identities')?.Value);
  const identity = { providerName: source.ProviderName ?? '', userId: source.ProviderAttributeValue ?? '' };
  return linkRefusal({
    source: identity,
    providers: Providers.flatMap(({ ProviderName }) => ProviderName ?? []),
    held,
    hasImmutable: attributes.some(({ Name }) => immutable.has(Name)),
    holder: held.some(
      ({ providerName, userId }) => providerName === identity.providerName && userId === identity.userId,
    )
      ? 'same'
      : undefined,
  });
}

/** Undefined for a user who does not exist: MiniStack says so itself. */
async function attributesOf(ask: () => Promise<Record<string, unknown>>): Promise<readonly Attribute[] | undefined> {
  try {
    return (await ask())['UserAttributes'] as readonly Attribute[];
  } catch {
    return undefined;
  }
}
