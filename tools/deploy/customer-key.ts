/** A key as a customer makes it for KmsKeyArn. */
import { CreateKeyCommand, KMSClient, ReplicateKeyCommand } from '@aws-sdk/client-kms';
import { keyPolicy } from '../../source/domain/operator/permissions/key-policy.ts';
import type { SolutionOptions } from './solution.ts';

type Scope = Pick<SolutionOptions, 'clientConfig' | 'primaryRegion' | 'secondaryRegion' | 'stackName' | 'tags'>;

/** A multi-Region key and its replica in the backup Region, both with the documented policy; gives the key's ARN. */
export async function createCustomerKey(scope: Scope, account: string): Promise<string> {
  const { clientConfig, primaryRegion, secondaryRegion, tags = {} } = scope;
  const common = {
    Policy: JSON.stringify(keyPolicy({ ...scope, partition: 'aws', account })),
    Tags: Object.entries(tags).map(([TagKey, TagValue]) => ({ TagKey, TagValue })),
  };
  const kms = new KMSClient(clientConfig(primaryRegion));
  const { KeyMetadata: { Arn: KeyId = '' } = {} } = await kms.send(
    new CreateKeyCommand({ MultiRegion: true, ...common }),
  );
  await kms.send(new ReplicateKeyCommand({ KeyId, ReplicaRegion: secondaryRegion, ...common }));
  return KeyId;
}
