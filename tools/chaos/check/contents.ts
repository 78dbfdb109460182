import {
  paginateListGroups,
  paginateListUsers,
  paginateListUsersInGroup,
} from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';
import { cognitoIn } from '../../deploy/clients.ts';
import type { Deployment } from '../deployment.ts';
import { PRIMARY } from '../../deploy/regions.ts';
import type { Region } from '../../deploy/regions.ts';

/** Users, groups and memberships by the key that they have in the table; values as canonical JSON. */
export type Contents = ReadonlyMap<string, string>;

const json = (value: Record<string, unknown>): string => JSON.stringify(sorted(value));
const sorted = (value: unknown): unknown =>
  value !== null && typeof value === 'object'
    ? Object.fromEntries(
        Object.entries(value)
          .filter(([, one]) => one !== undefined && one !== '')
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([key, one]) => [key, sorted(one)]),
      )
    : value;

/** What of the source pool belongs into the table, read with the SDK's own paginators. */
export async function poolContents(deployment: Deployment): Promise<Contents> {
  const client = cognitoIn(deployment.cloud, PRIMARY);
  const UserPoolId = deployment.poolId;
  const contents = new Map<string, string>();
  for await (const { Users = [] } of paginateListUsers({ client }, { UserPoolId })) {
    for (const { Username, Attributes = [], Enabled, UserStatus, UserCreateDate } of Users) {
      if (UserStatus === 'EXTERNAL_PROVIDER') continue;
      const attributes = Object.fromEntries(Attributes.map(({ Name = '', Value = '' }) => [Name, Value]));
      contents.set(
        `USER#${attributes['sub']} PROFILE`,
        json({
          username: Username,
          attributes,
          enabled: Enabled,
          status: UserStatus,
          created: UserCreateDate?.toISOString(),
        }),
      );
    }
  }
  for await (const { Groups = [] } of paginateListGroups({ client }, { UserPoolId })) {
    for (const { GroupName = '', Description, Precedence } of Groups) {
      contents.set(
        `GROUP#${GroupName} GROUP`,
        json({ groupName: GroupName, description: Description, precedence: Precedence }),
      );
      for await (const { Users = [] } of paginateListUsersInGroup({ client }, { UserPoolId, GroupName })) {
        for (const { UserStatus, Attributes } of Users) {
          const sub = Attributes?.find(({ Name }) => Name === 'sub')?.Value ?? '';
          if (UserStatus !== 'EXTERNAL_PROVIDER')
            contents.set(`USER#${sub} MEMBER_OF#${GroupName}`, json({ groupName: GroupName }));
        }
      }
    }
  }
  return contents;
}

export async function tableItems({ cloud, tableName }: Deployment, region: Region): Promise<Record<string, unknown>[]> {
  const items: Record<string, unknown>[] = [];
  const client = DynamoDBDocumentClient.from(new DynamoDBClient(cloud.clientConfig(region)));
  for await (const { Items = [] } of paginateScan({ client }, { TableName: tableName, ConsistentRead: true }))
    items.push(...Items);
  return items;
}

/** The same of the backup table in one Region. */
export const tableContents = async (deployment: Deployment, region: Region): Promise<Contents> =>
  contentsOf(await tableItems(deployment, region));

/** What of these items is content; the others are bookkeeping of runs. */
export function contentsOf(items: readonly Record<string, unknown>[]): Contents {
  const contents = new Map<string, string>();
  for (const item of items) {
    const key = `${item['id'] as string} ${item['type'] as string}`;
    const { username, attributes, enabled, status, created, groupName, description, precedence } = item;
    if (key.endsWith(' PROFILE')) contents.set(key, json({ username, attributes, enabled, status, created }));
    else if (key.startsWith('GROUP#')) contents.set(key, json({ groupName, description, precedence }));
    else if (key.startsWith('USER#')) contents.set(key, json({ groupName }));
  }
  return contents;
}

/** What differs between the two, a few lines at most; `only` limits the keys. */
export function differences(
  expected: Contents,
  found: Contents,
  what: string,
  only: (key: string) => boolean = () => true,
): string[] {
  const keys = [...new Set([...expected.keys(), ...found.keys()])].filter(only);
  const wrong = keys.filter((key) => expected.get(key) !== found.get(key));
  const tell = (key: string): string =>
    `${what}: ${key}: expected ${expected.get(key) ?? 'nothing'}, found ${found.get(key) ?? 'nothing'}`;
  return wrong.length <= 3
    ? wrong.map(tell)
    : [...wrong.slice(0, 3).map(tell), `${what}: and ${wrong.length - 3} more`];
}
