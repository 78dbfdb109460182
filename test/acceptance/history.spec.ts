/**
 * One user back, and what happened when, told as an operator would live it: a pool of 6,000 users, seven exports, and between
 * them an ordinary night, a bad script, a deleted group and a user who signs up again. `npm run acceptance:history`; with
 * USERS=300 a short one.
 */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  AdminCreateUserCommand,
  AdminDeleteUserCommand,
  AdminSetUserPasswordCommand,
  AdminUpdateUserAttributesCommand,
  DeleteGroupCommand,
  paginateListGroups,
  paginateListUsers,
  paginateListUsersInGroup,
} from '@aws-sdk/client-cognito-identity-provider';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { expect } from 'chai';
import { forEachAtOnce } from '../../source/domain/concurrency.ts';
import { cognitoIn } from '../../tools/deploy/clients.ts';
import { PRIMARY } from '../../tools/deploy/regions.ts';
import type { LocalCloud } from '../../tools/local-cloud/index.ts';
import { makeDemoPool, startCliLaunch } from '../support/local/cli-launch.ts';
import type { CliLaunch } from '../support/local/cli-launch.ts';
import { runPackedCli } from '../support/local/packed-cli.ts';
import type { EndedCli } from '../support/local/packed-cli.ts';
import { steps } from '../support/steps.ts';

const USERS = Number(process.env['USERS'] ?? 6_000);
const VICTIMS = Math.floor(USERS * 0.4);
const HOURS_MS = 3 * 3_600_000;

/** A user, as this test sees the pool: every field, and the groups. */
interface SeenUser {
  readonly username: string;
  readonly sub: string;
  readonly enabled: boolean;
  readonly status: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly groups: readonly string[];
}

describe('acceptance: one user back, and what happened when', function () {
  this.timeout(3_600_000);
  const step = steps();
  let launch: CliLaunch;
  let cloud: LocalCloud;
  let pool: string;
  let runs: readonly string[] = [];
  /** Before the first export. */
  let original: ReadonlyMap<string, SeenUser>;
  /** After the last export, before anything is restored. */
  let damaged: ReadonlyMap<string, SeenUser>;
  let gone: readonly SeenUser[];
  let victims: readonly SeenUser[];
  let again: SeenUser;
  const group = 'administrators';

  before(async () => {
    launch = await startCliLaunch({
      makePool: async (made) => {
        cloud = made;
        pool = await makeDemoPool(made, USERS);
        original = await seen();
        return pool;
      },
      stack: 'UserBackup',
      waitScale: 0.05,
      policies: ['Read only', 'Operate', 'Restore'],
    });
  });
  after(() => launch?.stop());

  const cli = (typed: string): Promise<EndedCli> => runPackedCli(launch, typed.split(' '));
  const done = async (typed: string): Promise<string> => {
    const { code, out, err } = await cli(typed);
    expect(code, `${typed}\n${out}${err}`).to.equal(0);
    return out;
  };
  const summaryOf = async (typed: string): Promise<Readonly<Record<string, unknown>>> =>
    JSON.parse((await done(`${typed} --json`)).trim().split('\n').at(-1) ?? '') as Record<string, unknown>;

  /** Reads the pool by other code than the product's. */
  async function seen(): Promise<ReadonlyMap<string, SeenUser>> {
    const client = cognitoIn(cloud, PRIMARY);
    const groups = new Map<string, string[]>();
    for await (const { Groups = [] } of paginateListGroups({ client }, { UserPoolId: pool }))
      for (const { GroupName } of Groups)
        for await (const { Users = [] } of paginateListUsersInGroup({ client }, { UserPoolId: pool, GroupName }))
          for (const { Username = '' } of Users)
            groups.set(Username, [...(groups.get(Username) ?? []), GroupName ?? ''].sort());
    const users = new Map<string, SeenUser>();
    for await (const { Users = [] } of paginateListUsers({ client }, { UserPoolId: pool }))
      for (const { Username = '', Attributes = [], Enabled = false, UserStatus = '' as string } of Users) {
        const attributes = Object.fromEntries(Attributes.map(({ Name = '', Value = '' }) => [Name, Value]));
        users.set(Username, {
          username: Username,
          sub: attributes['sub'] ?? '',
          enabled: Enabled,
          status: UserStatus,
          attributes,
          groups: groups.get(Username) ?? [],
        });
      }
    return users;
  }
  const change = async ({ username }: SeenUser, Name: string, Value: string): Promise<void> => {
    await cognitoIn(cloud, PRIMARY).send(
      new AdminUpdateUserAttributesCommand({
        UserPoolId: pool,
        Username: username,
        UserAttributes: [{ Name, Value }],
      }),
    );
  };
  const remove = async ({ username }: SeenUser): Promise<void> => {
    await cognitoIn(cloud, PRIMARY).send(new AdminDeleteUserCommand({ UserPoolId: pool, Username: username }));
  };
  /** Users of identity providers are in no backup. */
  const natives = (users: ReadonlyMap<string, SeenUser>): readonly SeenUser[] =>
    [...users.values()].filter(({ status }) => status !== 'EXTERNAL_PROVIDER');
  const emailOf = ({ attributes }: SeenUser): string => attributes['email'] ?? '';
  /** Without what a new account has of its own. */
  const held = ({ username, enabled, attributes: { sub: _sub, ...attributes }, groups }: SeenUser): object => ({
    username,
    enabled,
    attributes,
    groups,
  });

  step('16: seven exports, and what happens between them', async () => {
    const verified = natives(original).filter(
      ({ attributes, groups, enabled }) =>
        attributes['email_verified'] === 'true' && enabled && !groups.includes(group),
    );
    gone = verified.slice(0, 3);
    again = verified[3] as SeenUser;
    for (const user of gone) await remove(user);
    await done('export');
    const left = natives(original).filter((user) => !gone.includes(user) && user !== again);
    // A sign-up that nobody confirmed is nobody's: no restore touches it.
    victims = left
      .filter(({ status, attributes }) => status !== 'UNCONFIRMED' && (attributes['family_name'] ?? '') !== '')
      .slice(0, VICTIMS);
    await forEachAtOnce(victims, 8, (user) => change(user, 'family_name', ''));
    await done('export');
    await done('export');
    await cognitoIn(cloud, PRIMARY).send(new DeleteGroupCommand({ UserPoolId: pool, GroupName: group }));
    await done('export');
    await remove(again);
    await cognitoIn(cloud, PRIMARY).send(
      new AdminCreateUserCommand({
        UserPoolId: pool,
        Username: again.username,
        MessageAction: 'SUPPRESS',
        UserAttributes: [
          { Name: 'email', Value: emailOf(again) },
          { Name: 'email_verified', Value: 'true' },
        ],
      }),
    );
    await cognitoIn(cloud, PRIMARY).send(
      new AdminSetUserPasswordCommand({
        UserPoolId: pool,
        Username: again.username,
        Password: 'Another-0ne!',
        Permanent: true,
      }),
    );
    await done('export');
    await done('export');
    damaged = await seen();
    expect(damaged.size).to.equal(USERS - 3);
  });

  step('16: runs lists all seven', async () => {
    const { runs: listed } = (await summaryOf('runs')) as {
      runs: readonly { run_id: string; state: string; changed?: { users: number } }[];
    };
    expect(listed.map(({ state }) => state)).to.deep.equal(Array(7).fill('sealed'));
    runs = listed.map(({ run_id }) => run_id).reverse();
    expect(listed.map(({ changed }) => changed?.users).reverse()[2]).to.equal(VICTIMS);
  });

  step(
    "16: hours later damage finds the 40 % and the group, each with its interval, and AWS's recovery; three deleted users are an ordinary night",
    async () => {
      await atAnEarlierTime(HOURS_MS, async () => {
        const out = await done('damage');
        expect(out.match(/^Between \S+ and \S+$/gm)).to.have.length(2);
        expect(out)
          .to.include('initiate-point-in-time-recovery')
          .and.to.match(/user family_name (emptied|removed)/);
        const { intervals } = (await summaryOf('damage')) as {
          intervals: readonly {
            earlier: string;
            later: string;
            findings: readonly object[];
            groups: readonly string[];
          }[];
        };
        expect(intervals.map(({ earlier, later }) => [earlier, later])).to.deep.equal([
          [runs[1], runs[2]],
          [runs[3], runs[4]],
        ]);
        expect(intervals[0]?.findings).to.deep.equal([
          { kind: 'users', change: 'changed', items: VICTIMS, of: natives(original).length - 3 },
        ]);
        expect(intervals[1]?.groups).to.deep.equal([group]);
      });
    },
  );

  step('16: diff finds the single users, and history what happened to one', async () => {
    const { list } = (await summaryOf(`diff ${runs[0]} ${runs[1]} --users`)) as {
      list: readonly { kind: string; change: string; sub: string }[];
    };
    expect(
      list.filter(({ kind, change: how }) => kind === 'user' && how === 'removed').map(({ sub }) => sub),
    ).to.have.members(gone.map(({ sub }) => sub));
    const { list: signedUp } = (await summaryOf(`diff ${runs[4]} ${runs[5]} --users`)) as {
      list: readonly { kind: string; change: string; username: string }[];
    };
    expect(
      signedUp
        .filter(({ kind, username }) => kind === 'user' && username === again.username)
        .map(({ change: how }) => how),
    ).to.have.members(['added', 'removed']);
    const history = await done(`history ${emailOf(gone[0] as SeenUser)}`);
    expect(history).to.include(runs[0]);
    const living = await summaryOf(`diff ${runs[6]} --pool ${pool} --tps 25`);
    expect(living).to.deep.include({
      added: { users: 0, groups: 0, memberships: 0 },
      removed: { users: 0, groups: 0, memberships: 0 },
      changed: { users: 0, groups: 0, memberships: 0 },
    });
  });

  step('16: a dry run writes nothing; restore-user brings the three users back', async () => {
    writeFileSync(join(launch.folder, 'gone.txt'), gone.map((user) => `${emailOf(user)}\n`).join(''));
    await done(`restore-user --from-file gone.txt --to ${pool} --dry-run`);
    expect(await seen()).to.deep.equal(damaged);
    await done(`restore-user --from-file gone.txt --to ${pool} --yes`);
    const now = await seen();
    for (const user of gone) {
      const back = [...now.values()].find((one) => emailOf(one) === emailOf(user)) as SeenUser;
      // The group that was deleted since is none of these users'.
      expect(held(back)).to.deep.equal(held(user));
    }
  });

  step('16: the victims get their names back, and undo takes them again', async () => {
    const { intervals } = (await summaryOf('damage')) as { intervals: readonly { from: string }[] };
    await done(`damage --until ${intervals[1]?.from} --save victims.txt`);
    expect(statSync(join(launch.folder, 'victims.txt')).mode & 0o777).to.equal(0o600);
    expect(readFileSync(join(launch.folder, 'victims.txt'), 'utf8').trim().split('\n')).to.have.members(
      victims.map(({ sub }) => sub),
    );
    const restored = await done(
      `restore-user --from-file victims.txt --to ${pool} --run ${runs[1]} --existing update --yes --tps 25`,
    );
    const now = await seen();
    for (const { username, attributes } of victims)
      expect(now.get(username)?.attributes['family_name']).to.equal(attributes['family_name']);
    const [, id = ''] = /undo (\d{8}T\d{6}Z-[0-9a-f]{8})/.exec(restored) ?? [];
    await done(`undo ${id} --to ${pool} --yes --tps 25`);
  });

  step('16: restore-group brings the group back; who signed up again is nobody that --yes answers for', async () => {
    await done(`restore-group ${group} --to ${pool} --yes`);
    const { out, err } = await cli(`restore-user ${again.sub} --to ${pool} --existing update --yes`);
    expect(`${out}${err}`).to.match(/another account|collision/i);
  });

  step('16: only what was asked has changed in the pool', async () => {
    const now = await seen();
    const back = new Set(gone.map(emailOf));
    expect([...now.values()].filter((user) => !damaged.has(user.username)).map(emailOf)).to.have.members([...back]);
    for (const user of damaged.values()) {
      const members = original.get(user.username)?.groups.includes(group) === true;
      // An emptied value and none are the same to Cognito.
      const { family_name: before = '', ...others } = user.attributes;
      const { family_name: after = '', ...othersNow } = now.get(user.username)?.attributes ?? {};
      expect(
        { ...now.get(user.username), attributes: { ...othersNow, family_name: after } },
        user.username,
      ).to.deep.equal({
        ...user,
        attributes: { ...others, family_name: before },
        groups: members ? [...user.groups, group].sort() : user.groups,
      });
    }
  });

  /** Lets the kept runs be older for a while: AWS's recovery takes no point of the last quarter of an hour. */
  async function atAnEarlierTime(ms: number, work: () => Promise<void>): Promise<void> {
    const s3 = new S3Client(cloud.clientConfig(PRIMARY));
    const Bucket = launch.launched.bucket[PRIMARY];
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'snapshots/' }));
    const stored: (readonly [Key: string, Body: string])[] = [];
    for (const { Key = '' } of Contents.filter((object) => object.Key?.endsWith('/manifest.json') === true)) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      stored.push([Key, (await Body?.transformToString()) ?? '']);
    }
    const put = async (body: (text: string) => string): Promise<void> => {
      for (const [Key, text] of stored) await s3.send(new PutObjectCommand({ Bucket, Key, Body: body(text) }));
    };
    const earlier = (time: string): string => new Date(Date.parse(time) - ms).toISOString();
    await put((text) => {
      const manifest = JSON.parse(text) as { startedAt: string; endedAt: string };
      return JSON.stringify({
        ...manifest,
        startedAt: earlier(manifest.startedAt),
        endedAt: earlier(manifest.endedAt),
      });
    });
    try {
      await work();
    } finally {
      await put((text) => text);
    }
  }
});
