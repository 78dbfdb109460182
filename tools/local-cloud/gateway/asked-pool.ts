import { CognitoException } from '../../simulation/cognito/exception.ts';
import { rootOf } from './import-jobs/deps.ts';
import type { AwsRequest, Backend } from './types.ts';

/** The pool that a request of Cognito's API is about, across accounts and Regions. */
export const poolAskedFor = ({ account, region, params }: AwsRequest): string =>
  `${account}/${region}/${String(params['UserPoolId'])}`;

/** @throws CognitoException ResourceNotFoundException where there is no such pool */
export async function requirePool(
  request: AwsRequest,
  deps: { readonly backend: Pick<Backend, 'json'> },
): Promise<void> {
  const { UserPoolId } = request.params;
  await requireFound(
    request,
    deps,
    { action: 'DescribeUserPool', what: `User pool ${String(UserPoolId)}` },
    { UserPoolId },
  );
}

/** @throws CognitoException ResourceNotFoundException where the pool has no such client */
export async function requireClient(
  request: AwsRequest,
  deps: { readonly backend: Pick<Backend, 'json'> },
): Promise<void> {
  const { UserPoolId, ClientId } = request.params;
  await requireFound(
    request,
    deps,
    { action: 'DescribeUserPoolClient', what: `Client ${String(ClientId)}` },
    { UserPoolId, ClientId },
  );
}

async function requireFound(
  { account, region }: AwsRequest,
  { backend }: { readonly backend: Pick<Backend, 'json'> },
  { action, what }: { readonly action: string; readonly what: string },
  input: Readonly<Record<string, unknown>>,
): Promise<void> {
  try {
    await backend.json('cognito-idp', `AWSCognitoIdentityProviderService.${action}`, region, input, rootOf(account));
  } catch {
    throw new CognitoException('ResourceNotFoundException', `${what} does not exist.`);
  }
}
