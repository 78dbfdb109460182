/**
 * Tables of the retired solution (1.x) on the local cloud with IAM enforced, adopted by the packed command line with the
 * printed policies of an operator and restored by ImportWorkflow; every field is compared with what the tables were made of.
 * `npm run adopt:proof`, some five minutes.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import type { UsernameAttributeType } from '@aws-sdk/client-cognito-identity-provider';
import { expect } from 'chai';
import { parse } from 'csv-parse/sync';
import type { PoolUser } from '../../source/domain/model.ts';
import type { TableItem } from '../../source/domain/ports.ts';
import { cognitoIn, stepFunctionsIn } from '../../tools/deploy/clients.ts';
import { execute } from '../../tools/deploy/executions.ts';
import { PRIMARY, SECONDARY } from '../../tools/deploy/regions.ts';
import type { Region } from '../../tools/deploy/regions.ts';
import { comparePools, differingKinds } from '../../tools/demo/compare/compare-pools.ts';
import { readPool } from '../../tools/demo/compare/read-pool.ts';
import type { PoolSnapshot } from '../../tools/demo/compare/read-pool.ts';
import { createDemoPool } from '../../tools/demo/seed/load.ts';
import type { LocalCloud } from '../../tools/local-cloud/index.ts';
import { EXPORTED_AT, legacyGroup, legacyMembership, legacyTime, legacyUser } from '../support/adopt/legacy-items.ts';
import { makeLegacyTable } from '../support/adopt/make-legacy-table.ts';
import { ODD_NAMES, ODD_VALUES } from '../support/local/odd-users.ts';
import { startCliLaunch } from '../support/local/cli-launch.ts';
import type { CliLaunch } from '../support/local/cli-launch.ts';
import { runPackedCli } from '../support/local/packed-cli.ts';
import type { EndedCli } from '../support/local/packed-cli.ts';

/** A person of whom the table tells; `lost`: what the restore says of who does not come back. */
interface Person {
  readonly user: PoolUser;
  readonly signInName: string;
  readonly groups: readonly string[];
  readonly lost?: string;
  /** When the retired solution confirmed it last. */
  readonly confirmed?: number;
}
const GROUPS = [
  { name: 'everyone', description: 'All, "with quotes", and, commas', precedence: 100 },
  { name: 'поддержка', description: 'Früher 🚀', precedence: 0 },
  { name: 'a,b' },
];

function person(username: string, given: Partial<PoolUser> & Partial<Omit<Person, 'user'>> = {}): Person {
  const { signInName = username, groups = ['everyone'], lost, confirmed, ...user } = given;
  return {
    user: {
      sub: randomUUID(),
      username,
      attributes: {},
      enabled: true,
      status: 'CONFIRMED',
      created: '',
      modified: '',
      ...user,
    },
    signInName,
    groups,
    ...(lost === undefined ? {} : { lost }),
    ...(confirmed === undefined ? {} : { confirmed }),
  };
}

const reachable = (name: string): Readonly<Record<string, string>> => ({
  email: `${name}@example.test`,
  email_verified: 'true',
});

/** People of a pool whose users sign in by a user name. */
const byUserName = (): readonly Person[] => [
  ...ODD_NAMES.filter((name) => name.length < 100).map((name, index) =>
    person(name, { attributes: reachable(`name${index}`), groups: index % 3 === 0 ? ['everyone', 'a,b'] : [] }),
  ),
  ...ODD_VALUES.map((value, index) =>
    person(`value${index}`, { attributes: { ...reachable(`value${index}`), 'custom:notes': value } }),
  ),
  person('off', { enabled: false, attributes: reachable('off'), groups: ['поддержка'] }),
  person('forced', { status: 'FORCE_CHANGE_PASSWORD', attributes: reachable('forced') }),
  person('phone', {
    attributes: { phone_number: '+15550100', phone_number_verified: 'true', birthdate: '1970-01-02' },
  }),
  person('unverified', { attributes: { email: 'unverified@example.test', email_verified: 'false' } }),
  person('bare'),
  person('never', { status: 'UNCONFIRMED', attributes: reachable('never'), lost: 'never confirmed' }),
  person('Google_1', { status: 'EXTERNAL_PROVIDER', attributes: reachable('google'), lost: 'identity provider' }),
];

/** Somebody who signs in by an address of this kind, in a pool where usernames are subs. */
function addressed(
  kind: 'email' | 'phone_number',
  signInName: string,
  given: Parameters<typeof person>[1] = {},
): Person {
  const sub = randomUUID();
  const attributes = { [kind]: signInName, [`${kind}_verified`]: 'true', ...given.attributes };
  return person(sub, { sub, signInName, ...given, attributes });
}

/** People of a pool whose users sign in by a phone number. */
const byPhone = (): readonly Person[] => [
  ...Array.from({ length: 10 }, (_, index) =>
    addressed('phone_number', `+1555010${index}`, {
      attributes: index % 2 === 0 ? { ...reachable(`phone${index}`), name: ODD_VALUES[index] ?? '' } : {},
    }),
  ),
  addressed('phone_number', '+4915112345678', { enabled: false, groups: ['поддержка', 'a,b'] }),
];

/** People of a pool whose users sign in by an e-mail address. */
function byAddress(): readonly Person[] {
  const at = (signInName: string, given: Parameters<typeof person>[1] = {}): Person =>
    addressed('email', signInName, given);
  return [
    ...Array.from({ length: 20 }, (_, index) =>
      at(`mail${index}@example.test`, { attributes: { name: ODD_VALUES[index] ?? '' } }),
    ),
    at('off@example.test', { enabled: false, groups: ['a,b'] }),
    at('o.brien+tag@example.test', { attributes: { family_name: "O'Brien, Jr." } }),
  ];
}

const itemsOf = (people: readonly Person[]): readonly TableItem[] => [
  legacyTime(),
  ...GROUPS.map((group) => legacyGroup(group)),
  ...people.flatMap(({ user, signInName, groups, confirmed = EXPORTED_AT }) => [
    legacyUser(user, signInName, confirmed),
    ...groups.map((group) => legacyMembership(group, user, signInName, confirmed)),
  ]),
];

/** What the pool held: of the people alone, without a line of the product. */
function poolOf(people: readonly Person[]): PoolSnapshot {
  const users = people.map(({ user, signInName }) => {
    const attributes = Object.entries(user.attributes).filter(([, value]) => value !== '');
    return [
      signInName,
      { sub: user.sub, status: user.status, enabled: user.enabled, attributes: new Map(attributes) },
    ] as const;
  });
  const groups = GROUPS.map(({ name, description, precedence }) => {
    const members = people.filter((one) => one.groups.includes(name)).map(({ signInName }) => signInName);
    return [name, { description, precedence, members: new Set(members) }] as const;
  });
  return { users: new Map(users), groups: new Map(groups) };
}

describe('17.8: tables of the retired solution, with IAM enforced', function () {
  this.timeout(900_000);
  let launch: CliLaunch;
  let cloud: LocalCloud;

  before(async () => {
    // The first export, of an empty pool, is over, whatever it says.
    launch = await startCliLaunch({
      makePool: (made) => createDemoPool(cognitoIn(made, PRIMARY), 'customers'),
      policies: ['Read only', 'Operate', 'Adopt'],
    });
    ({ cloud } = launch);
  });
  after(() => launch?.stop());

  const cli = async (args: readonly string[], code: number): Promise<EndedCli> => {
    const ended = await runPackedCli(launch, args);
    expect(ended.code, `${args.join(' ')}\n${ended.out}${ended.err}`).to.equal(code);
    return ended;
  };
  /** Makes a table, adopts it, and gives what the command says. */
  const adopt = async (name: string, items: readonly TableItem[]): Promise<Readonly<Record<string, unknown>>> => {
    await makeLegacyTable(cloud.clientConfig(PRIMARY), name, items);
    return written(['--table', name, '--save', join(launch.folder, `${name}.csv`)]);
  };
  const written = async (args: readonly string[]): Promise<Readonly<Record<string, unknown>>> => {
    const { out } = await cli(['adopt', ...args, '--yes', '--json'], 0);
    return JSON.parse(out.trim().split('\n').at(-1) ?? '{}') as Readonly<Record<string, unknown>>;
  };
  /** Restores the adopted run into a new pool, and gives both with the rows of failures.csv. */
  const restore = async (
    adopted: Readonly<Record<string, unknown>>,
    names: readonly UsernameAttributeType[] = [],
    region: Region = PRIMARY,
  ) => {
    const there = cognitoIn(cloud, region);
    const target = await createDemoPool(
      there,
      'restored',
      [],
      names.length === 0 ? {} : { UsernameAttributes: [...names] },
    );
    const ended = await execute(stepFunctionsIn(cloud, region), launch.launched.importWorkflow[region], {
      NewUserPoolId: target,
      ExportRun: adopted['run_id'],
      SnapshotPrefix: adopted['snapshot'],
    });
    const s3 = new S3Client(cloud.clientConfig(region));
    const Bucket = launch.launched.bucket[region];
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: `restores/${target}/` }));
    const key = Contents.map(({ Key = '' }) => Key).find((one) => one.endsWith('/report/failures.csv'));
    const text =
      key === undefined
        ? ''
        : await (await s3.send(new GetObjectCommand({ Bucket, Key: key }))).Body?.transformToString();
    const rows = parse<Record<string, string>>(text ?? '', { columns: true });
    return { ended, rows, restored: await readPool(there, target) };
  };

  for (const [about, people, names] of [
    ['user names', byUserName(), []],
    ['e-mail addresses', byAddress(), ['email']],
    ['phone numbers', byPhone(), ['phone_number']],
  ] as const)
    it(`17.8: everybody who signs in by ${about} comes back with every field, or is named with the reason`, async () => {
      const adopted = await adopt(`old-${names[0] ?? 'name'}-BackupTable-1`, itemsOf(people));
      const { ended, rows, restored } = await restore(adopted, names);
      const kept = people.filter(({ lost }) => lost === undefined);
      const compared = comparePools(poolOf(kept), restored);
      expect(differingKinds(compared), compared.differences.map(({ text }) => text).join('\n')).to.deep.equal([]);
      expect(compared.unexpected).to.deep.equal([]);
      expect(restored.users.size, `${ended.status} ${ended.error}: ${ended.cause}`).to.equal(kept.length);
      for (const { user, lost } of people.filter((one) => one.lost !== undefined))
        expect(JSON.stringify(rows.filter((row) => Object.values(row).includes(user.sub))), lost).to.include(lost);
      expect(await cloud.endUserMessages()).to.deep.equal([]);
    });

  it('17.8: leftovers, odd contents, names that collide and memberships without a user are told, and the rest comes back', async () => {
    // Of two users of one user name, of whom nobody can tell which was the last, the one of the higher sub comes back.
    const ana = person('ana', { sub: 'ffffffff-0000-4000-8000-000000000001', attributes: reachable('ana') });
    const rival = person('ana', { sub: '00000000-0000-4000-8000-000000000001', attributes: reachable('rival') });
    const older = person('older', { attributes: reachable('older'), confirmed: EXPORTED_AT - 1 });
    const newer = person('newer', { attributes: reachable('newer'), confirmed: EXPORTED_AT + 1 });
    const former = person('newer', { attributes: reachable('former') });
    const odd = person('odd', { attributes: { ...reachable('odd'), weird: 'x', name: 'v'.repeat(2_049) } });
    const gone = person('gone', { attributes: reachable('gone') });
    const damaged = person('damaged');
    const adopted = await adopt('old-odd-BackupTable-1', [
      ...itemsOf([ana, rival, older, newer, former, odd]),
      legacyMembership('everyone', gone.user, 'gone'),
      legacyMembership('by-members-only', ana.user, 'ana'),
      legacyMembership('no such name', ana.user, 'ana'),
      legacyGroup({ name: 'huge', precedence: 2 ** 40 }),
      { ...legacyGroup({ name: 'text' }), groupPrecedence: '7' },
      { ...legacyUser(damaged.user, 'damaged'), userAttributes: 'none' },
      { id: 'latest-export-timestamp', type: 'SYNC_TIMESTAMP-another', latestExportTimestamp: 1 },
    ]);
    expect(adopted).to.deep.include({
      memberships_without_user: 2,
      shared_names: 2,
      groups_without_item: 2,
      impossible_groups: 1,
      replaced: 1,
      unreadable: 1,
      of_others: 1,
      older: { users: 1, groups: 0, memberships: 1 },
      newer: { users: 1, groups: 0, memberships: 1 },
    });
    const saved = readFileSync(join(launch.folder, 'old-odd-BackupTable-1.csv'), 'utf8');
    for (const { user } of [rival, older, former, damaged]) expect(saved).to.include(user.sub);
    const { ended, rows, restored } = await restore(adopted);
    expect(ended, ended.cause).to.include({ status: 'FAILED', error: 'RestoreIncomplete' });
    expect([...restored.users.keys()].sort()).to.deep.equal(['ana', 'newer', 'odd']);
    for (const { user } of [ana, newer, odd])
      expect(restored.users.get(user.username)?.attributes.get('email')).to.equal(user.attributes['email']);
    expect([...(restored.groups.get('by-members-only')?.members ?? [])]).to.deep.equal(['ana']);
    expect(restored.groups.has('huge')).to.equal(true);
    expect(restored.groups.get('text')).to.include({ precedence: 7 });
    const reasons = (found: string): string =>
      rows
        .filter((row) => Object.values(row).some((value) => value.includes(found)))
        .map(({ reason }) => reason)
        .join('\n');
    expect(reasons(rival.user.sub)).to.include('NameCollision');
    expect(reasons(damaged.user.sub)).to.include('Unreadable');
    expect(reasons('different: weird')).to.include('no attribute of the pool that was backed up');
    expect(reasons('different: name')).to.include('longer than 2,048 characters');
    expect(reasons('group huge')).to.include('GroupRefused: SerializationException');
    expect(reasons('not a member of the group no such name')).to.include('without white space');
  });

  it('17.8: a table in the backup Region is adopted into the bucket there, and restored there', async () => {
    const people = byAddress();
    await makeLegacyTable(cloud.clientConfig(SECONDARY), 'old-replica-BackupTable-1', itemsOf(people));
    const adopted = await written(['--table', 'old-replica-BackupTable-1', '--region', SECONDARY]);
    expect(adopted['snapshot']).to.equal(`s3://${launch.launched.bucket[SECONDARY]}/adopted/`);
    const { ended, restored } = await restore(adopted, ['email'], SECONDARY);
    expect(ended, ended.cause).to.include({ status: 'SUCCEEDED' });
    expect(differingKinds(comparePools(poolOf(people), restored))).to.deep.equal([]);
  });

  it('17.8: a table that is none of the retired solution is refused, with its reason and exit code', async () => {
    const refused = async (table: string, code: number, region = PRIMARY): Promise<string> =>
      (await cli(['adopt', '--table', table, '--yes', '--region', region], code)).err;
    expect(await refused(launch.launched.tableName, 4)).to.include('a table of this product');
    await makeLegacyTable(cloud.clientConfig(PRIMARY), 'somebodys-table', [{ id: 'a', type: 'b' }]);
    expect(await refused('somebodys-table', 4)).to.include('no item latest-export-timestamp');
    await makeLegacyTable(cloud.clientConfig(PRIMARY), 'empty-BackupTable-1', [legacyTime()]);
    expect(await refused('empty-BackupTable-1', 4)).to.include('holds no users, groups and memberships');
    expect(await refused('old-odd-BackupTable-1', 6, 'eu-west-1')).to.include('there is no such table');
  });
});
