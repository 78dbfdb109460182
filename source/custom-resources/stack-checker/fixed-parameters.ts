/**
 * The parameters that hold for a stack's whole life. They are kept in the physical id: a refused update is rolled
 * back by another Update with the properties swapped back, so comparing with OldResourceProperties would refuse both.
 */

export interface FixedParameters {
  readonly PrimaryUserPoolId: string;
  readonly SecondaryRegion: string;
  /** Empty: none. */
  readonly KmsKeyArn: string;
}
const SEPARATOR = '|';

/** No part can contain the separator once it is escaped; the key's is missing where there is none, as in every older stack. */
export const physicalIdFor = ({ PrimaryUserPoolId, SecondaryRegion, KmsKeyArn }: FixedParameters): string =>
  [PrimaryUserPoolId, SecondaryRegion, ...(KmsKeyArn === '' ? [] : [KmsKeyArn])]
    .map(encodeURIComponent)
    .join(SEPARATOR);

/** Throws an Error that names the changed parameter, what is stored, what was given and what to do. */
export function refuseChanges(physicalId: string, given: FixedParameters): void {
  const [PrimaryUserPoolId, SecondaryRegion, KmsKeyArn = ''] = physicalId.split(SEPARATOR).map(decodeURIComponent);
  refuse(
    'PrimaryUserPoolId',
    PrimaryUserPoolId,
    given.PrimaryUserPoolId,
    'to back up another pool, launch another stack',
  );
  refuse(
    'SecondaryRegion',
    SecondaryRegion,
    given.SecondaryRegion,
    'to back up into another Region, launch another stack',
  );
  // Each service would take another key, but for new data only, and DynamoDB for one replica at a time.
  refuse(
    'KmsKeyArn',
    KmsKeyArn,
    given.KmsKeyArn,
    'what is stored stays encrypted by what the launch gave, and would need both; for another key launch another stack',
  );
}

function refuse(name: string, stored: string | undefined, given: string, advice: string): void {
  if (stored === given) return;
  throw new Error(
    `${name} cannot be changed after the launch: this stack has "${stored ?? ''}", the update gives "${given}". Update again with the old value; ${advice}.`,
  );
}
