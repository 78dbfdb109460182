/** Can the customer's key encrypt everything that a launch makes, in both Regions? */
import { isDenied } from '../../adapters/service-errors.ts';
import { keyArnIn, placeOfKey } from '../framework/multi-region-key.ts';

/** What KMS says about a key in one Region (KeyMetadata of DescribeKey). */
export interface KeyFacts {
  readonly state: string;
  readonly usage: string;
  readonly spec: string;
  readonly multiRegion: boolean;
  /** `CUSTOMER` or `AWS`. */
  readonly manager: string;
}

/** KMS in the Region that each function names. */
export interface Keys {
  /** Absent when there is no such key in that Region. */
  readonly describe: (region: string, arn: string) => Promise<KeyFacts | undefined>;
  /** The key policy as JSON. */
  readonly policy: (region: string, arn: string) => Promise<string>;
}

/** Services that use the key as themselves, so that no role's policy can let them: without these the launch fails, or events are lost. */
const SERVICES: readonly { readonly name: string; readonly principal: (region: string) => RegExp }[] = [
  { name: 'CloudWatch Logs (logs.<Region>)', principal: (region) => new RegExp(`^logs(\\.${region})?\\.amazonaws\\.`) },
  { name: 'EventBridge (events)', principal: () => /^events\.amazonaws\./ },
];

/** Where a key must be, and whose it must be. */
export interface KeyPlace {
  readonly thisRegion: string;
  readonly secondaryRegion: string;
  readonly account: string;
}

/** Throws an Error that names the key, the Region, what is wrong with the key there and what to do. */
export async function checkCustomerKey(arn: string, place: KeyPlace, keys: Keys): Promise<void> {
  const found = placeOfKey(arn);
  if (found === undefined)
    throw new Error(
      `KmsKeyArn ${arn} is not the ARN of a multi-Region key, which ends with key/mrk- and hex digits. A key of one Region cannot encrypt the replica of the backup: create a multi-Region key and launch again.`,
    );
  if (found.account !== place.account)
    throw new Error(
      `KmsKeyArn ${arn} is a key of account ${found.account}, but this stack is launched in ${place.account}. Give a key of this account.`,
    );
  if (found.region !== place.thisRegion)
    throw new Error(
      `KmsKeyArn ${arn} is a key of ${found.region}, but this stack is launched in ${place.thisRegion}. Give the ARN of the same key in ${place.thisRegion}.`,
    );
  for (const where of [place.thisRegion, place.secondaryRegion])
    await checkIn(where, keyArnIn(where, arn), where === place.thisRegion, keys);
}

async function checkIn(region: string, arn: string, isGiven: boolean, keys: Keys): Promise<void> {
  const key = isGiven ? `KmsKeyArn ${arn}` : `The replica of KmsKeyArn in the backup Region, ${arn},`;
  const facts = await asked(`kms:DescribeKey on ${arn}`, keys.describe(region, arn));
  if (facts === undefined)
    throw new Error(
      isGiven
        ? `${key} does not exist in ${region}. Give the ARN of a multi-Region key of this account and Region.`
        : `${key} does not exist. Create it (aws kms replicate-key --replica-region ${region}) with the key policy of docs/security.md, and launch again.`,
    );
  const { state, usage, spec, multiRegion, manager } = facts;
  const wrong: readonly (readonly [boolean, string])[] = [
    [state !== 'Enabled', `is in state ${state}: ${adviceFor(state)}`],
    [usage !== 'ENCRYPT_DECRYPT', `is for ${usage}, not for ENCRYPT_DECRYPT: give another key`],
    [spec !== 'SYMMETRIC_DEFAULT', `is of kind ${spec}, not SYMMETRIC_DEFAULT: give another key`],
    [!multiRegion, 'is not a multi-Region key: create one with a replica in the backup Region'],
    [manager !== 'CUSTOMER', 'is managed by AWS, and its policy cannot be changed: give a key of your own'],
  ];
  const [first] = wrong.filter(([isWrong]) => isWrong);
  if (first !== undefined) throw new Error(`${key} ${first[1]}, and launch again.`);
  const policy = await asked(`kms:GetKeyPolicy on ${arn}`, keys.policy(region, arn));
  const missing = SERVICES.filter(({ principal }) => !lets(policy, principal(region))).map(({ name }) => name);
  if (missing.length > 0)
    throw new Error(
      `${key} has a key policy that does not let ${missing.join(' and ')} use it. Key and replica have a policy each: give both the one of docs/security.md, and launch again.`,
    );
}

function adviceFor(state: string): string {
  if (state === 'Disabled') return 'enable it';
  if (/PendingDeletion|PendingReplicaDeletion/.test(state))
    return 'cancel its deletion and enable it, or give another key';
  return 'wait until it is Enabled, or give another key';
}

async function asked<T>(what: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (isDenied(error))
      throw new Error(
        `The key cannot be checked: this account refuses ${what}. Give key and replica the key policy of docs/security.md, allow it in the organization's policies, and launch again.`,
        { cause: error },
      );
    throw error;
  }
}

type OneOrMore = string | readonly string[];
interface PolicyStatement {
  readonly Effect?: string;
  readonly Principal?: OneOrMore | { readonly Service?: OneOrMore };
  readonly Action?: OneOrMore;
}

/** Whether a statement allows that service to decrypt; its conditions are the customer's business. */
function lets(policy: string, service: RegExp): boolean {
  const { Statement = [] } = JSON.parse(policy) as { Statement?: PolicyStatement | readonly PolicyStatement[] };
  return [Statement].flat().some(({ Effect, Principal, Action }) => {
    const principals = typeof Principal === 'object' && 'Service' in Principal ? [Principal.Service ?? []].flat() : [];
    const actions = [Action ?? []].flat();
    return (
      Effect === 'Allow' &&
      principals.some((principal) => service.test(principal)) &&
      actions.some((action) => /^(\*|kms:(\*|Decrypt\*?))$/i.test(action))
    );
  });
}
