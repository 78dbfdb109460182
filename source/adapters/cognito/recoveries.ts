import type { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { findInPages } from '../../domain/listing/page-chain.ts';
import type { PoolRecoveries, PoolRecovery } from '../../domain/model.ts';
import { errorNameOf, isDenied } from '../service-errors.ts';
import { cognitoError } from './errors.ts';
import { ListPointInTimeRecoveriesCommand } from './list-recoveries-command.ts';

/** How a Region, a feature plan or a kind of pool says that it has no recoveries (the operation's error list). */
const NOT_OFFERED = new Set([
  'UnknownOperationException',
  'UnknownOperation',
  'InvalidAction',
  'UnsupportedOperation',
  'UnsupportedOperationException',
  'FeatureUnavailableInTierException',
  'OperationNotEnabledException',
]);
const UNKNOWN_TARGET = /\b(unknown|unsupported|invalid) (operation|action|target)\b/i;

/** A page of 60 is the largest; a pool can begin ten recoveries in 30 days. */
const ENOUGH = 60;

/** The pool's newest recoveries; see UserPoolReader. */
export async function listRecoveries(client: CognitoIdentityProviderClient, poolId: string): Promise<PoolRecoveries> {
  try {
    const newest: PoolRecovery[] = [];
    await findInPages<PoolRecovery, true>(
      (token) => pageOf(client, poolId, token),
      (items) => newest.push(...items) >= ENOUGH || undefined,
    );
    return newest;
  } catch (error) {
    const name = errorNameOf(error);
    if (isDenied(error) || name === 'NotAuthorizedException') return 'unknown';
    if (NOT_OFFERED.has(name) || UNKNOWN_TARGET.test((error as Error).message)) return [];
    throw cognitoError('ListPointInTimeRecoveries', poolId, error);
  }
}

async function pageOf(
  client: CognitoIdentityProviderClient,
  poolId: string,
  token: string | undefined,
): Promise<{ readonly items: readonly PoolRecovery[]; readonly next?: string }> {
  const { Restorations = [], NextToken } = await client.send(
    new ListPointInTimeRecoveriesCommand({ UserPoolId: poolId, NextToken: token }),
  );
  const items = Restorations.map(({ RestoreId = '', RestoreStatus = '', RestoreTimestamp }) => ({
    id: RestoreId,
    status: RestoreStatus,
    ...(RestoreTimestamp === undefined ? {} : { point: RestoreTimestamp.toISOString() }),
  }));
  return { items, ...(NextToken === undefined || NextToken === '' ? {} : { next: NextToken }) };
}
