/** One file, although it is long: its tests share one local cloud, and every file more would start another. */
import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminDeleteUserCommand,
  AdminDisableUserCommand,
  AdminGetUserCommand,
  AdminListGroupsForUserCommand,
  AdminUpdateUserAttributesCommand,
  CognitoIdentityProviderClient,
  CreateGroupCommand,
  CreateUserPoolCommand,
  DeleteGroupCommand,
  ListGroupsCommand,
  ListUsersCommand,
  ListUsersInGroupCommand,
  UpdateGroupCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import type {
  AttributeType,
  CreateUserPoolCommandInput,
  GroupType,
  ListUsersCommandInput,
  UserType,
} from '@aws-sdk/client-cognito-identity-provider';
import { expect } from 'chai';
import { startLocalCloud } from '../../tools/local-cloud/index.ts';
import type { LocalCloud } from '../../tools/local-cloud/index.ts';
import { rejection } from '../support/rejection.ts';

const region = 'us-east-1';
const hexDigits = [...'0123456789abcdef'];

describe('local cloud: listing users', function () {
  this.timeout(600_000);
  let cloud: LocalCloud;
  let cognito: CognitoIdentityProviderClient;

  before(async () => {
    cloud = await startLocalCloud({ iam: false });
    cognito = new CognitoIdentityProviderClient(cloud.clientConfig(region));
  });
  after(async () => {
    await cloud?.stop();
  });

  async function poolOf(count: number, options: Partial<CreateUserPoolCommandInput> = {}): Promise<string> {
    const pool =
      (
        await cognito.send(
          new CreateUserPoolCommand({ PoolName: 'source', AutoVerifiedAttributes: ['email'], ...options }),
        )
      ).UserPool?.Id ?? '';
    const users = Array.from({ length: count }, (_, index) => ({
      username: `user${index}`,
      attributes: {
        email: `user${index}@example.com`,
        email_verified: 'true',
        name: index % 2 === 0 ? 'Even One' : 'Odd',
      },
      status: 'CONFIRMED',
    }));
    await cloud.putUsers(region, pool, users);
    return pool;
  }

  /** All users that a filter finds, and how many pages it took; `between` runs after each page. */
  async function list(
    input: ListUsersCommandInput,
    between: () => Promise<void> = async () => undefined,
  ): Promise<{ names: string[]; pages: number }> {
    const users: UserType[] = [];
    let pages = 0;
    let PaginationToken: string | undefined;
    do {
      const page = await cognito.send(new ListUsersCommand({ ...input, PaginationToken }));
      users.push(...(page.Users ?? []));
      pages += 1;
      PaginationToken = page.PaginationToken;
      await between();
    } while (PaginationToken !== undefined);
    return { names: users.map((user) => user.Username ?? ''), pages };
  }

  it('finds every user exactly once, over one chain and over sixteen', async () => {
    const UserPoolId = await poolOf(500);
    const all = await list({ UserPoolId });
    expect(all.pages).to.equal(9);
    expect(new Set(all.names).size).to.equal(500);
    const parts = await Promise.all(
      hexDigits.map((digit) => list({ UserPoolId, Filter: `sub ^= "${digit}"`, Limit: 10 })),
    );
    expect(parts.flatMap((part) => part.names).sort()).to.deep.equal([...all.names].sort());
  });

  it('skips nobody when users are deleted and created between pages', async () => {
    const UserPoolId = await poolOf(300);
    const before = (await list({ UserPoolId })).names;
    const deleted: string[] = [];
    const seen = await list({ UserPoolId, Limit: 20 }, async () => {
      const victim = before[deleted.length * 7] ?? '';
      deleted.push(victim);
      await cognito.send(new AdminDeleteUserCommand({ UserPoolId, Username: victim }));
      await cognito.send(
        new AdminCreateUserCommand({ UserPoolId, Username: `new${deleted.length}`, MessageAction: 'SUPPRESS' }),
      );
    });
    expect(seen.names).to.include.members(before.filter((name) => !deleted.includes(name)));
    expect(new Set(seen.names).size).to.equal(seen.names.length);
  });

  it('refuses a token of another pool, another filter, another operation, and one that was made up', async () => {
    const [UserPoolId, other] = [await poolOf(100), await poolOf(100)];
    const { PaginationToken } = await cognito.send(new ListUsersCommand({ UserPoolId, Filter: 'status = "Enabled"' }));
    expect(PaginationToken).to.be.a('string');
    for (const wrong of [
      { UserPoolId: other, Filter: 'status = "Enabled"', PaginationToken },
      { UserPoolId, PaginationToken },
      { UserPoolId, PaginationToken: '60' },
    ]) {
      expect(await rejection(cognito.send(new ListUsersCommand(wrong)))).to.include({
        name: 'InvalidParameterException',
        message: 'Invalid pagination token given.',
      });
    }
    await cognito.send(new CreateGroupCommand({ UserPoolId, GroupName: 'g' }));
    expect(
      await rejection(
        cognito.send(new ListUsersInGroupCommand({ UserPoolId, GroupName: 'g', NextToken: PaginationToken })),
      ),
    ).to.have.property('name', 'InvalidParameterException');
  });

  it('filters by the documented attributes and refuses other filters', async () => {
    const UserPoolId = await poolOf(100);
    await cognito.send(new AdminDisableUserCommand({ UserPoolId, Username: 'user3' }));
    const [someone] =
      (await cognito.send(new ListUsersCommand({ UserPoolId, Filter: 'username = "user5"' }))).Users ?? [];
    const sub = someone?.Attributes?.find((attribute) => attribute.Name === 'sub')?.Value ?? '';
    const counts: Record<string, number> = {
      'username = "user5"': 1,
      'username = "USER5"': 0,
      'username ^= "user1"': 11,
      'email = "User7@Example.com"': 1,
      'email ^= "user9"': 11,
      'name = "even one"': 50,
      '"name" = "Odd"': 50,
      'status = "Disabled"': 1,
      'status = "Enabled"': 99,
      'cognito:user_status = "CONFIRMED"': 100,
      'cognito:user_status = "confirmed"': 100,
      'cognito:user_status = "UNCONFIRMED"': 0,
      [`sub = "${sub}"`]: 1,
      [`sub ^= "${sub.slice(0, 12)}"`]: 1,
      'phone_number = "+15550100"': 0,
      'family_name = "with \\"quotes\\""': 0,
    };
    for (const [Filter, count] of Object.entries(counts))
      expect((await list({ UserPoolId, Filter })).names.length, Filter).to.equal(count);
    for (const Filter of [
      'custom:team = "x"',
      'locale = "x"',
      'sub != "a"',
      'sub = a',
      'sub',
      'name = "a" or name = "b"',
    ]) {
      expect(await rejection(list({ UserPoolId, Filter })), Filter).to.have.property(
        'name',
        'InvalidParameterException',
      );
    }
  });

  it('finds users by a changed e-mail address, and forgets the old one', async () => {
    const pool =
      (await cognito.send(new CreateUserPoolCommand({ PoolName: 'by-email', UsernameAttributes: ['email'] }))).UserPool
        ?.Id ?? '';
    await cognito.send(
      new AdminCreateUserCommand({ UserPoolId: pool, Username: 'old@example.com', MessageAction: 'SUPPRESS' }),
    );
    await cognito.send(
      new AdminUpdateUserAttributesCommand({
        UserPoolId: pool,
        Username: 'old@example.com',
        UserAttributes: [{ Name: 'email', Value: 'new@example.com' }],
      }),
    );
    expect(
      (await cognito.send(new AdminGetUserCommand({ UserPoolId: pool, Username: 'new@example.com' }))).UserStatus,
    ).to.equal('FORCE_CHANGE_PASSWORD');
    expect(
      await rejection(cognito.send(new AdminGetUserCommand({ UserPoolId: pool, Username: 'old@example.com' }))),
    ).to.have.property('name', 'UserNotFoundException');
    expect((await list({ UserPoolId: pool, Filter: 'email = "new@example.com"' })).names).to.have.length(1);
    expect((await list({ UserPoolId: pool, Filter: 'email = "old@example.com"' })).names).to.have.length(0);
  });

  it('17.2: finds a user of a pool with two username attributes by the address of the sign-up only', async () => {
    const { UserPool } = await cognito.send(
      new CreateUserPoolCommand({ PoolName: 'by-either', UsernameAttributes: ['email', 'phone_number'] }),
    );
    const pool = UserPool?.Id ?? '';
    const create = (Username: string, ...UserAttributes: AttributeType[]): Promise<unknown> =>
      cognito.send(
        new AdminCreateUserCommand({ UserPoolId: pool, Username, UserAttributes, MessageAction: 'SUPPRESS' }),
      );
    const signsIn = async (Username: string): Promise<boolean> =>
      (
        await rejection(
          cognito.send(new AdminListGroupsForUserCommand({ UserPoolId: pool, Username })).then(() => {
            throw new Error('found');
          }),
        )
      ).message === 'found';
    const [mail, phone] = [
      { Name: 'email', Value: 'ana@example.com' },
      { Name: 'phone_number', Value: '+34600000001' },
    ];
    await create('ana@example.com', phone);
    await create('+34600000002', { Name: 'email', Value: 'bob@example.com' });
    expect(
      await Promise.all(['ana@example.com', '+34600000001', '+34600000002', 'bob@example.com'].map(signsIn)),
    ).to.deep.equal([true, false, true, false]);
    // What is one user's other address can be the name of another one; what is a name cannot.
    await create('+34600000001', mail);
    expect(await signsIn('+34600000001')).to.equal(true);
    expect(await rejection(create('ana@example.com'))).to.have.property('name', 'UsernameExistsException');
    expect(await rejection(create('ana'))).to.have.property('name', 'InvalidParameterException');
    expect(await rejection(create('eva@example.com', mail))).to.have.property('name', 'InvalidParameterException');
    const { names } = await list({ UserPoolId: pool, Filter: 'email = "ana@example.com"' });
    expect(names).to.have.length(2);
    expect(await Promise.all(names.map((name) => signsIn(name ?? '')))).to.deep.equal([true, true]);
  });

  it('17.2: moves an alias to who verifies it last, and gives no name to two', async () => {
    const made = async (settings: Partial<CreateUserPoolCommandInput>): Promise<string> =>
      (await cognito.send(new CreateUserPoolCommand({ PoolName: 'aliases', ...settings }))).UserPool?.Id ?? '';
    const attributes = (given: Readonly<Record<string, string>>): AttributeType[] =>
      Object.entries(given).map(([Name, Value]) => ({ Name, Value }));
    const create = (
      UserPoolId: string,
      Username: string,
      given: Readonly<Record<string, string>> = {},
    ): Promise<unknown> =>
      cognito.send(
        new AdminCreateUserCommand({
          UserPoolId,
          Username,
          UserAttributes: attributes(given),
          MessageAction: 'SUPPRESS',
        }),
      );
    const update = (UserPoolId: string, Username: string, given: Readonly<Record<string, string>>): Promise<unknown> =>
      cognito.send(new AdminUpdateUserAttributesCommand({ UserPoolId, Username, UserAttributes: attributes(given) }));
    const byAlias = await made({ AliasAttributes: ['email'] });
    await create(byAlias, 'ana', { email: 'shared@example.com', email_verified: 'true' });
    await create(byAlias, 'bob', { email: 'shared@example.com', email_verified: 'false' });
    await update(byAlias, 'bob', { email_verified: 'true' });
    const { Users = [] } = await cognito.send(new ListUsersCommand({ UserPoolId: byAlias }));
    const flags = Users.map(({ Username, Attributes = [] }) => [
      Username,
      Attributes.find(({ Name }) => Name === 'email_verified')?.Value,
    ]);
    expect(Object.fromEntries(flags)).to.deep.equal({ ana: 'false', bob: 'true' });
    const byName = await made({ UsernameAttributes: ['email'] });
    await create(byName, 'ana@example.com');
    await create(byName, 'bob@example.com');
    expect(await rejection(update(byName, 'bob@example.com', { email: 'ana@example.com' }))).to.have.property(
      'name',
      'AliasExistsException',
    );
  });

  it('lists members of a group without gaps, and without users that were deleted and created again', async () => {
    const UserPoolId = await poolOf(150);
    await cognito.send(new CreateGroupCommand({ UserPoolId, GroupName: 'g' }));
    const members = Array.from({ length: 150 }, (_, index) => `user${index}`);
    for (const Username of members)
      await cognito.send(new AdminAddUserToGroupCommand({ UserPoolId, GroupName: 'g', Username }));
    const page = (NextToken?: string) =>
      cognito.send(new ListUsersInGroupCommand({ UserPoolId, GroupName: 'g', Limit: 50, NextToken }));
    const first = await page();
    for (const Username of ['user10', 'user20', 'user49'])
      await cognito.send(new AdminDeleteUserCommand({ UserPoolId, Username }));
    await cognito.send(new AdminCreateUserCommand({ UserPoolId, Username: 'user10', MessageAction: 'SUPPRESS' }));
    const second = await page(first.NextToken);
    const third = await page(second.NextToken);
    expect([first, second, third].flatMap((each) => each.Users ?? []).map((user) => user.Username)).to.deep.equal(
      members,
    );
    expect(third.NextToken).to.equal(undefined);
    expect((await page()).Users?.map((user) => user.Username)).to.not.include('user10');
  });

  it('returns groups with what they were given and nothing else, also after UpdateGroup, in pages without gaps', async () => {
    const UserPoolId = await poolOf(1);
    const given = (group: GroupType | undefined): unknown => ({
      ...group,
      CreationDate: undefined,
      LastModifiedDate: undefined,
      UserPoolId: undefined,
    });
    const bare = await cognito.send(new CreateGroupCommand({ UserPoolId, GroupName: 'bare' }));
    expect(given(bare.Group)).to.deep.equal(given({ GroupName: 'bare' }));
    await cognito.send(new CreateGroupCommand({ UserPoolId, GroupName: 'first', Precedence: 0, Description: 'd' }));
    const updated = await cognito.send(new UpdateGroupCommand({ UserPoolId, GroupName: 'first', Description: 'e' }));
    expect(given(updated.Group)).to.deep.equal(given({ GroupName: 'first', Precedence: 0, Description: 'e' }));
    const names = Array.from({ length: 9 }, (_, index) => `g${index}`);
    for (const GroupName of names) {
      await cognito.send(new CreateGroupCommand({ UserPoolId, GroupName }));
      await cognito.send(new AdminAddUserToGroupCommand({ UserPoolId, GroupName, Username: 'user0' }));
    }
    const page = await cognito.send(new ListGroupsCommand({ UserPoolId, Limit: 5 }));
    await cognito.send(new DeleteGroupCommand({ UserPoolId, GroupName: 'g0' }));
    const rest = await cognito.send(new ListGroupsCommand({ UserPoolId, NextToken: page.NextToken }));
    expect([...(page.Groups ?? []), ...(rest.Groups ?? [])].map((group) => group.GroupName)).to.deep.equal([
      'bare',
      'first',
      ...names,
    ]);
    const mine = await cognito.send(new AdminListGroupsForUserCommand({ UserPoolId, Username: 'user0', Limit: 7 }));
    const others = await cognito.send(
      new AdminListGroupsForUserCommand({ UserPoolId, Username: 'user0', NextToken: mine.NextToken }),
    );
    expect([...(mine.Groups ?? []), ...(others.Groups ?? [])].map((group) => group.GroupName)).to.deep.equal(
      names.slice(1),
    );
    expect(others.NextToken).to.equal(undefined);
  });

  it('lets a user be in 100 groups', async () => {
    const UserPoolId = await poolOf(1);
    const join = async (index: number): Promise<void> => {
      await cognito.send(new CreateGroupCommand({ UserPoolId, GroupName: `g${index}` }));
      await cognito.send(new AdminAddUserToGroupCommand({ UserPoolId, GroupName: `g${index}`, Username: 'user0' }));
    };
    for (let index = 0; index < 100; index += 1) await join(index);
    expect(await rejection(join(100))).to.have.property('name', 'LimitExceededException');
  });

  it('A7: filters by the beginning of a value after it has cut the pages, when it is told to', async () => {
    const UserPoolId = await poolOf(300);
    const all = (await list({ UserPoolId })).names;
    await cloud.configure({ filterAfterPaging: true });
    try {
      const first = await cognito.send(new ListUsersCommand({ UserPoolId, Filter: 'username ^= "user29"' }));
      expect(first.Users?.length).to.be.below(12);
      expect(first.PaginationToken).to.be.a('string');
      const parts = await Promise.all(hexDigits.map((digit) => list({ UserPoolId, Filter: `sub ^= "${digit}"` })));
      expect(parts.map(({ pages }) => pages)).to.deep.equal(hexDigits.map(() => 5));
      expect(parts.flatMap(({ names }) => names).sort()).to.deep.equal([...all].sort());
      expect(
        await rejection(
          cognito.send(
            new ListUsersCommand({
              UserPoolId,
              Filter: 'username ^= "user28"',
              PaginationToken: first.PaginationToken,
            }),
          ),
        ),
      ).to.include({ message: 'Invalid pagination token given.' });
      // A whole value is looked up.
      expect(await list({ UserPoolId, Filter: 'username = "user299"' })).to.deep.equal({
        names: ['user299'],
        pages: 1,
      });
    } finally {
      await cloud.configure({ filterAfterPaging: false });
    }
    expect((await list({ UserPoolId, Filter: 'username ^= "user29"' })).pages).to.equal(1);
  });

  it('reads a large pool by filtered chains that run side by side', async () => {
    const UserPoolId = await poolOf(20_000);
    const parts = await Promise.all(hexDigits.map((digit) => list({ UserPoolId, Filter: `sub ^= "${digit}"` })));
    expect(parts.reduce((sum, part) => sum + part.pages, 0)).to.be.within(
      Math.ceil(20_000 / 60),
      Math.ceil(20_000 / 60) + 2 * hexDigits.length,
    );
  });
});
