/**
 * The pool is deleted: `new-pool` makes one like it from the kept settings, with the printed policies of an operator, and
 * ImportWorkflow restores into that very pool, in either Region; every setting and every field of every user is compared
 * with what Cognito said of the old pool. With IAM enforced on the local cloud. `npm run new-pool:proof`, some five minutes.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateIdentityProviderCommand,
  CreateResourceServerCommand,
  CreateUserPoolClientCommand,
  DeleteUserPoolCommand,
  DescribeIdentityProviderCommand,
  DescribeResourceServerCommand,
  DescribeUserPoolClientCommand,
  DescribeUserPoolCommand,
  GetUserPoolMfaConfigCommand,
  paginateListIdentityProviders,
  paginateListResourceServers,
  paginateListUserPoolClients,
} from '@aws-sdk/client-cognito-identity-provider';
import type {
  CognitoIdentityProviderClient,
  CreateUserPoolClientCommandInput,
  CreateUserPoolCommandInput,
} from '@aws-sdk/client-cognito-identity-provider';
import { expect } from 'chai';
import { parse } from 'csv-parse/sync';
import { cognitoIn, stepFunctionsIn } from '../../tools/deploy/clients.ts';
import { execute, succeeded } from '../../tools/deploy/executions.ts';
import { PRIMARY, SECONDARY } from '../../tools/deploy/regions.ts';
import { comparePools, differingKinds } from '../../tools/demo/compare/compare-pools.ts';
import { readPool } from '../../tools/demo/compare/read-pool.ts';
import type { PoolSnapshot } from '../../tools/demo/compare/read-pool.ts';
import { settingsOf } from '../../tools/demo/seed/load.ts';
import { withSignIn } from '../../tools/demo/seed/sign-in.ts';
import type { SignInPool } from '../../tools/demo/seed/sign-in.ts';
import { readSignIns, signInProblems } from '../../tools/demo/sign-in/compare.ts';
import type { SignIns } from '../../tools/demo/sign-in/compare.ts';
import type { LocalCloud } from '../../tools/local-cloud/index.ts';
import { makeDemoPool, startCliLaunch } from '../support/local/cli-launch.ts';
import type { CliLaunch } from '../support/local/cli-launch.ts';
import { runPackedCli } from '../support/local/packed-cli.ts';

const USERS = 120;

/** Settings that are nobody's default. */
const SETTINGS: Partial<CreateUserPoolCommandInput> = {
  // Phone numbers only with a role for SMS: Cognito makes no other pools.
  AutoVerifiedAttributes: ['email'],
  Policies: {
    PasswordPolicy: {
      MinimumLength: 14,
      RequireLowercase: true,
      RequireUppercase: false,
      RequireNumbers: true,
      RequireSymbols: false,
      TemporaryPasswordValidityDays: 3,
    },
  },
  AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
  AccountRecoverySetting: { RecoveryMechanisms: [{ Name: 'verified_email', Priority: 1 }] },
  DeviceConfiguration: { ChallengeRequiredOnNewDevice: true, DeviceOnlyRememberedOnUserPrompt: true },
  UserAttributeUpdateSettings: { AttributesRequireVerificationBeforeUpdate: ['email'] },
  UserPoolTags: { team: 'accounts', 'cost centre': 'Zürich 7' },
};

const CLIENTS: readonly Omit<CreateUserPoolClientCommandInput, 'UserPoolId'>[] = [
  {
    ClientName: 'web',
    GenerateSecret: true,
    RefreshTokenValidity: 7,
    AccessTokenValidity: 30,
    TokenValidityUnits: { RefreshToken: 'days', AccessToken: 'minutes' },
    AllowedOAuthFlows: ['code'],
    AllowedOAuthFlowsUserPoolClient: true,
    AllowedOAuthScopes: ['openid', 'https://orders.example.com/read'],
    CallbackURLs: ['https://app.example.com/in'],
    LogoutURLs: ['https://app.example.com/out'],
    SupportedIdentityProviders: ['COGNITO', 'Partner'],
    PreventUserExistenceErrors: 'ENABLED',
  },
  { ClientName: 'phone', ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'] },
];

/** What Cognito says of a pool and of its parts, by their names; without what no two pools share. */
interface SaidOfPool {
  readonly pool: object;
  readonly mfa: object;
  readonly clients: ReadonlyMap<string, object>;
  readonly resourceServers: ReadonlyMap<string, object>;
  readonly providers: ReadonlyMap<string, object>;
}

async function saidOf(client: CognitoIdentityProviderClient, UserPoolId: string): Promise<SaidOfPool> {
  const { UserPool = {} } = await client.send(new DescribeUserPoolCommand({ UserPoolId }));
  const { Id: _i, Arn: _a, Name: _n, CreationDate: _c, LastModifiedDate: _l, ...pool } = UserPool;
  const { EstimatedNumberOfUsers: _e, UserPoolTags = {}, ...settings } = pool;
  const { $metadata: _m, ...mfa } = await client.send(new GetUserPoolMfaConfigCommand({ UserPoolId }));
  const clients = await saidOfParts(
    paginateListUserPoolClients({ client }, { UserPoolId, MaxResults: 60 }),
    ({ UserPoolClients }) => UserPoolClients,
    async ({ ClientId }) => {
      const found = await client.send(new DescribeUserPoolClientCommand({ UserPoolId, ClientId }));
      const { ClientId: _id, ClientSecret, ...kept } = found.UserPoolClient ?? {};
      return [kept.ClientName, { ...kept, hasSecret: ClientSecret !== undefined }];
    },
  );
  const resourceServers = await saidOfParts(
    paginateListResourceServers({ client }, { UserPoolId, MaxResults: 50 }),
    ({ ResourceServers }) => ResourceServers,
    async ({ Identifier }) => [
      Identifier,
      (await client.send(new DescribeResourceServerCommand({ UserPoolId, Identifier }))).ResourceServer,
    ],
  );
  const providers = await saidOfParts(
    paginateListIdentityProviders({ client }, { UserPoolId, MaxResults: 60 }),
    ({ Providers }) => Providers,
    async ({ ProviderName }) => {
      const found = await client.send(new DescribeIdentityProviderCommand({ UserPoolId, ProviderName }));
      // Which no backup has: the command names it among what is done by hand.
      const { client_secret: _secret, ...ProviderDetails } = found.IdentityProvider?.ProviderDetails ?? {};
      return [ProviderName, { ...found.IdentityProvider, ProviderDetails }];
    },
  );
  const own = Object.entries(UserPoolTags).filter(([key]) => key in (SETTINGS.UserPoolTags ?? {}));
  return { pool: { ...settings, UserPoolTags: Object.fromEntries(own) }, mfa, clients, resourceServers, providers };
}

/** Every part of one kind by its name, without the pool's id and when it was made and changed. */
async function saidOfParts<Page, Part>(
  pages: AsyncIterable<Page>,
  partsOf: (page: Page) => readonly Part[] | undefined,
  describePart: (part: Part) => Promise<readonly [name: string | undefined, said: object | undefined]>,
): Promise<ReadonlyMap<string, object>> {
  const said = new Map<string, object>();
  for await (const page of pages)
    for (const part of partsOf(page) ?? []) {
      const [name = '', whole = {}] = await describePart(part);
      const {
        UserPoolId: _p,
        CreationDate: _made,
        LastModifiedDate: _changed,
        ...kept
      } = whole as Record<string, unknown>;
      said.set(name, kept);
    }
  return said;
}

/** Without the group that Cognito makes by itself for each identity provider, and names by the pool's id. */
const withoutAutomaticGroups = (snapshot: PoolSnapshot, poolId: string): PoolSnapshot => ({
  ...snapshot,
  groups: new Map([...snapshot.groups].filter(([name]) => name !== `${poolId}_Partner`)),
});

/** Gives the pool a part of each kind. */
async function addParts(client: CognitoIdentityProviderClient, UserPoolId: string): Promise<void> {
  await client.send(
    new CreateResourceServerCommand({
      UserPoolId,
      Identifier: 'https://orders.example.com',
      Name: 'Bestellungen',
      Scopes: [
        { ScopeName: 'read', ScopeDescription: 'Look at orders' },
        { ScopeName: 'write', ScopeDescription: 'Change orders' },
      ],
    }),
  );
  await client.send(
    new CreateIdentityProviderCommand({
      UserPoolId,
      ProviderName: 'Partner',
      ProviderType: 'OIDC',
      ProviderDetails: {
        client_id: 'ours',
        client_secret: 'not-told',
        attributes_request_method: 'GET',
        oidc_issuer: 'https://partner.example.com',
        authorize_scopes: 'openid email',
      },
      AttributeMapping: { email: 'email' },
    }),
  );
  for (const settings of CLIENTS) await client.send(new CreateUserPoolClientCommand({ UserPoolId, ...settings }));
}

for (const kind of ['alias', 'email-phone'] as const satisfies readonly SignInPool[])
  describe(`17.5: a restore into the pool that new-pool makes, ${kind}, with IAM enforced`, function () {
    this.timeout(900_000);
    let launch: CliLaunch;
    let cloud: LocalCloud;
    let old: PoolSnapshot;
    let signIns: SignIns;
    let said: SaidOfPool;

    before(async () => {
      launch = await startCliLaunch({
        makePool: async (made) => {
          const pool = await makeDemoPool(made, USERS, {
            settings: { ...settingsOf(kind), ...SETTINGS },
            asUser: (user, number) => withSignIn(kind, user, number),
          });
          await addParts(cognitoIn(made, PRIMARY), pool);
          return pool;
        },
        parameters: { AllowMultipleUsernameAttributes: kind === 'email-phone' ? 'YES' : 'NO' },
        policies: ['New pool'],
      });
      ({ cloud } = launch);
      succeeded('The first export', launch.firstExport);
      const { pool } = launch;
      const cognito = cognitoIn(cloud, PRIMARY);
      old = withoutAutomaticGroups(await readPool(cognito, pool), pool);
      said = await saidOf(cognito, pool);
      signIns = await readSignIns(cognito, pool, old);
      await cognito.send(new DeleteUserPoolCommand({ UserPoolId: pool }));
    });
    after(() => launch?.stop());

    for (const region of [PRIMARY, SECONDARY] as const)
      it(`17.5: in ${region} the new pool has every setting, and everybody comes back into it with every field`, async () => {
        const there = cognitoIn(cloud, region);
        const ended = await runPackedCli(launch, [
          ...['new-pool', '--like-backup', '--with-clients', '--region', region, '--json'],
          ...['--clients-file', `clients-${region}.csv`],
        ]);
        const told = JSON.parse(ended.out.trim().split('\n').at(-1) ?? '{}') as Record<string, unknown>;
        const made = told['user_pool_id'] as string;
        expect(made, `${ended.out}${ended.err}`).to.match(new RegExp(`^${region}_`));
        expect(JSON.stringify(told['by_hand'])).to.include('Secrets of identity providers').and.include('Partner');
        const now = await saidOf(there, made);
        expect(now.pool).to.deep.equal(said.pool);
        expect(now.mfa).to.deep.equal(said.mfa);
        for (const part of ['clients', 'resourceServers', 'providers'] as const) {
          expect(said[part].size, part).to.be.above(0);
          expect(Object.fromEntries(now[part]), `${part}: ${ended.out}`).to.deep.equal(Object.fromEntries(said[part]));
        }
        const rows = parse<Record<string, string>>(readFileSync(join(launch.folder, `clients-${region}.csv`), 'utf8'), {
          columns: true,
        });
        expect(rows).to.have.length(said.clients.size);

        const restored = await execute(stepFunctionsIn(cloud, region), launch.launched.importWorkflow[region], {
          NewUserPoolId: made,
        });
        succeeded('The restore', restored);
        const after = withoutAutomaticGroups(await readPool(there, made), made);
        const compared = comparePools(old, after);
        expect(differingKinds(compared), JSON.stringify(compared.differences.slice(0, 5))).to.deep.equal([]);
        expect(compared.unexpected).to.deep.equal([]);
        expect(compared.rows[0]?.expected).to.be.above(USERS / 2);
        expect(signInProblems(old, signIns, await readSignIns(there, made, after, signIns.keys()))).to.deep.equal([]);
        expect(await cloud.endUserMessages()).to.deep.equal([]);
      });
  });
