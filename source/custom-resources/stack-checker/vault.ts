/** Can the snapshots be copied to the vault, as far as that can be seen from the account of the launch? */

/** The three parameters of the vault, empty where they are not given. */
export interface VaultParameters {
  readonly bucketArn: string;
  readonly accountId: string;
  readonly keyArn: string;
}

/** Where the launch is, and whether what it stores has a key of the customer. */
export interface VaultLaunch {
  readonly partition: string;
  readonly account: string;
  readonly encrypted: boolean;
}

/** What S3 tells anybody about a bucket: not whose it is. */
export type BucketFacts = { readonly found: false } | { readonly found: true; readonly region?: string };

const GIVE_AGAIN = 'and launch or update again.';

/**
 * Looks at the parameters only, so that a rollback to earlier ones never fails.
 * @throws Error that names the parameter and what to give
 */
export function checkVaultParameters(
  { bucketArn, accountId, keyArn }: VaultParameters,
  { partition, account, encrypted }: VaultLaunch,
): void {
  const refuseIf = (wrong: boolean, text: string): void => {
    if (wrong) throw new Error(`${text} ${GIVE_AGAIN}`);
  };
  if (bucketArn === '') {
    refuseIf(
      accountId !== '' || keyArn !== '',
      `${accountId === '' ? 'VaultKmsKeyArn' : 'VaultAccountId'} is given and VaultBucketArn is empty, so nothing would be copied. Give VaultBucketArn, or leave all three empty,`,
    );
    return;
  }
  refuseIf(
    accountId === '',
    `VaultBucketArn ${bucketArn} does not say whose bucket it is, and nothing must be copied to the bucket of a stranger. Give the account that owns it as VaultAccountId,`,
  );
  refuseIf(
    bucketArn.split(':')[1] !== partition,
    `VaultBucketArn ${bucketArn} is a bucket of another partition than this stack (${partition}), to which Amazon S3 copies nothing. Give a bucket of ${partition},`,
  );
  refuseIf(
    keyArn === '' && encrypted && accountId !== account,
    `KmsKeyArn is given and VaultKmsKeyArn is empty: Amazon S3 copies an object that a key encrypts only under a key of the vault, and this stack's own key would be lost with this account. Give a key of account ${accountId} as VaultKmsKeyArn,`,
  );
  if (keyArn === '') return;
  const [, keyPartition = '', , , keyAccount = ''] = keyArn.split(':');
  refuseIf(
    keyAccount !== accountId || keyPartition !== partition,
    `VaultKmsKeyArn ${keyArn} is not a key of account ${accountId}, which owns the vault. Give a key of that account,`,
  );
}

/**
 * Looks for the bucket, too. Gives what a launch should be told: the rest cannot be seen from here.
 * @throws Error that names the parameter and what to give
 */
export async function checkVault(
  vault: VaultParameters,
  launch: VaultLaunch,
  lookForBucket: (name: string) => Promise<BucketFacts>,
): Promise<string | undefined> {
  checkVaultParameters(vault, launch);
  const { bucketArn, accountId, keyArn } = vault;
  if (bucketArn === '') return undefined;
  const bucket = bucketArn.split(':').at(-1) ?? '';
  const facts = await lookForBucket(bucket);
  if (!facts.found)
    throw new Error(
      `VaultBucketArn ${bucketArn} names a bucket that does not exist. Create it in account ${accountId} as docs/runbooks/account-lost.md says, ${GIVE_AGAIN}`,
    );
  const keyRegion = keyArn.split(':')[3];
  if (keyArn !== '' && facts.region !== undefined && facts.region !== keyRegion)
    throw new Error(
      `VaultKmsKeyArn ${keyArn} is a key of ${keyRegion}, but the vault ${bucket} lies in ${facts.region}. Give a key of ${facts.region}, ${GIVE_AGAIN}`,
    );
  return accountId === launch.account ? undefined : copiedText(bucket, accountId);
}

const copiedText = (bucket: string, accountId: string): string =>
  `Each snapshot of the primary Region is copied to the bucket ${bucket}, if account ${accountId} owns it and its policy and Object Lock are those of docs/runbooks/account-lost.md: only that account can see that. Look there after the first export.`;
