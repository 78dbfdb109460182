import { leaseKey } from '../../../source/domain/workflow/lease.ts';
import { manifestIn, manifestItem, manifestKey, runIdIn, LATEST_KEY } from '../../../source/domain/backup/manifest.ts';
import { settingsBytes, settingsItems, settingsRecord } from '../../../source/domain/pool-settings/kept.ts';
import type { KeptSettings } from '../../../source/domain/pool-settings/shape.ts';
import { readLastDrill } from '../../../source/domain/drill/report.ts';
import type { LastDrill } from '../../../source/domain/drill/report.ts';
import type { TableItem } from '../../../source/domain/ports.ts';
import { addGroups, addUsers } from '../world/builders.ts';
import { REGION, SOURCE, WorkflowWorld } from '../workflows/workflow-world.ts';

const STANDARD = ['name', 'email', 'phone_number', 'locale', 'preferred_username', 'family_name'];

/** Settings of the source pool as an export keeps them: with everything that a drill must leave out. */
export const keptSettings = (): KeptSettings => ({
  format: 1,
  takenAt: '2026-03-01T00:00:00.000Z',
  poolId: SOURCE,
  region: REGION,
  pool: {
    Id: SOURCE,
    Name: 'customers',
    AutoVerifiedAttributes: ['email'],
    UsernameConfiguration: { CaseSensitive: false },
    DeletionProtection: 'ACTIVE',
    Domain: 'customers',
    LambdaConfig: { PreSignUp: `arn:aws:lambda:${REGION}:111122223333:function:pre-sign-up` },
    EmailConfiguration: {
      EmailSendingAccount: 'DEVELOPER',
      SourceArn: `arn:aws:ses:${REGION}:111122223333:identity/example.test`,
    },
    UserPoolTags: { owner: 'identity team' },
    SchemaAttributes: [
      { Name: 'sub', AttributeDataType: 'String', Mutable: false, Required: true },
      ...STANDARD.map((Name) => ({
        Name,
        AttributeDataType: 'String',
        Mutable: true,
        Required: false,
        StringAttributeConstraints: { MinLength: '0', MaxLength: '2048' },
      })),
      ...['email_verified', 'phone_number_verified'].map((Name) => ({
        Name,
        AttributeDataType: 'Boolean',
        Mutable: true,
        Required: false,
      })),
    ],
  },
  mfa: { MfaConfiguration: 'OFF' },
  clients: [],
  resourceServers: [],
  identityProviders: [],
  uiCustomization: [],
  managedLoginBranding: [],
  risk: [],
  terms: [],
  triggers: { PreSignUp: `arn:aws:lambda:${REGION}:111122223333:function:pre-sign-up` },
  leftOut: [],
});

/** A pool that is exported, with its settings; and the drills of its Region. */
export class DrillWorld extends WorkflowWorld {
  /** Fills the pool and exports it. */
  static async exported(users: number, groups: readonly number[] = [30, 20, 5]): Promise<DrillWorld> {
    const world = new DrillWorld();
    addUsers(world.source, users);
    addGroups(world.source, groups);
    const ended = await world.export();
    if (ended.status !== 'SUCCEEDED') throw new Error(`${ended.error}: ${ended.cause}`);
    world.keep(keptSettings());
    return world;
  }

  /** The last sealed run has kept these settings. */
  keep(settings: KeptSettings): void {
    const items = settingsItems(settingsRecord(settings, []).hash, settingsBytes(settings));
    for (const item of items) this.table.seed(item);
    const runId = runIdIn(this.table.peek(LATEST_KEY)) as string;
    const manifest = manifestIn(this.table.peek(manifestKey(runId)) as TableItem);
    this.table.seed(manifestItem({ ...manifest, settings: settingsRecord(settings, items) }));
  }

  /** The last sealed run is one of a version that kept no settings. */
  keepNothing(): void {
    const runId = runIdIn(this.table.peek(LATEST_KEY)) as string;
    const { settings: _, ...manifest } = manifestIn(this.table.peek(manifestKey(runId)) as TableItem);
    this.table.seed(manifestItem(manifest));
  }

  /** Ids of pools that drills made and that are there. */
  get drillPools(): readonly string[] {
    return [...this.throwAway.known.keys()];
  }

  /** Keys of the records of pools. */
  get records(): readonly string[] {
    return [...this.objects.stored.keys()].filter((key) => key.startsWith('drills/pools/'));
  }

  lastDrill(): Promise<LastDrill | undefined> {
    return readLastDrill(this.objects);
  }

  /** Who holds the lease of drills. */
  get leaseHolder(): unknown {
    return this.table.peek(leaseKey('DrillWorkflow', REGION))?.['executionArn'];
  }
}
