import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import type { PoolUser } from '../../../source/domain/model.ts';
import { COMMANDS } from '../../../source/cli/commands.ts';
import { COMMAND_ACTIONS } from '../../../source/domain/operator/command-actions.ts';
import { executionProgressKey } from '../../../source/domain/workflow/progress.ts';
import { MemoryPool } from '../../../tools/simulation/cognito/memory-pool.ts';
import { aManifest } from '../../support/cli/a-manifest.ts';
import { legacyGroup, legacyTime } from '../../support/adopt/legacy-items.ts';
import { answerFor } from '../../support/cli/answers-for-pool.ts';
import { awsError } from '../../support/cli/fake-clients.ts';
import type { FakeClients } from '../../support/cli/fake-clients.ts';
import { holdTable } from '../../support/cli/legacy-table.ts';
import { healthyCli } from '../../support/cli/healthy.ts';
import { aDifference, LIVING, LivingPoolCli, twoNights } from '../../support/cli/living-pool.ts';
import { executionArn } from '../../support/cli/stacks.ts';

const POOL = 'us-east-1_Target001';
/** The pool that the runs were made of. */
const SOURCE = aManifest('2026-02-28T21:00:00.000Z').userPoolId;
const ARN = executionArn('ImportWorkflow', 'us-east-1', 'night');
/** Tables that exist: of the retired solution, and a launch's own. */
const [RETIRED, OURS] = ['retired', 'ours'];
const DRY_RUN = { dryRun: true, reportKeys: ['restores/p/r/report.json', 'restores/p/r/failures.csv'] };

/** Of every command the calls that together make everything that it may call. */
const LINES: Readonly<Record<string, readonly (readonly string[])[]>> = {
  status: [[], ['--check']],
  export: [[]],
  import: [['--to', POOL, '--at', '2026-03-01', '--dry-run']],
  verify: [['--pool', POOL]],
  attach: [[], ['night']],
  report: [[], ['--to', POOL, '--save', 'f'], ['night']],
  runs: [[]],
  diff: [
    ['20260227', '20260228'],
    ['20260227', '--pool', SOURCE],
  ],
  show: [['nobody']],
  history: [['nobody']],
  damage: [[]],
  adopt: [
    ['--table', RETIRED, '--yes'],
    ['--table', OURS, '--yes'],
  ],
};
const PREFIXES: Readonly<Record<string, string>> = {
  cloudFormation: 'cloudformation',
  cloudWatch: 'cloudwatch',
  cognito: 'cognito-idp',
  pacedCognito: 'cognito-idp',
  dynamoDb: 'dynamodb',
  eventBridge: 'events',
  stepFunctions: 'states',
};

const iamName = (call: string): string => {
  const [service = '', action = ''] = call.split(' ');
  return action === 'ListObjectsV2' ? 's3:ListBucket' : `${PREFIXES[service] ?? service}:${action}`;
};
const asPattern = (keys: string): RegExp => new RegExp(`^${keys.replaceAll('.', '\\.').replaceAll('*', '.*')}$`);

/** Two nights, in the second of which a group and a segment's item vanished. */
function keepNights(cli: ReturnType<typeof healthyCli>): void {
  const empty = gzipSync('');
  const object = { name: 'segment-0.ndjson.gz', bytes: empty.length, sha256: sha256(empty), items: 0 };
  for (const [day, groups] of [
    ['2026-02-27T21:00:00.000Z', 0],
    ['2026-02-28T21:00:00.000Z', 1],
  ] as const) {
    const manifest = aManifest(day, {
      deleted: { users: 0, groups, memberships: 0 },
      snapshot: { objects: [object] },
    });
    cli.put('us-east-1', `snapshots/${manifest.runId}/manifest.json`, manifest);
    cli.put('us-east-1', `snapshots/${manifest.runId}/${object.name}`, empty);
  }
}
const poolWithGroup = (): MemoryPool => {
  const pool = new MemoryPool(SOURCE);
  pool.putGroup({ name: 'editors' });
  return pool;
};
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function note(
  called: Set<string>,
  read: Set<string>,
  calls: FakeClients['calls'],
  inputs: FakeClients['inputs'],
): void {
  for (const call of calls) called.add(iamName(call));
  for (const { action, input } of inputs)
    if (action === 'GetObject' || action === 'PutObject') read.add(`s3:${action} ${input['Key'] as string}`);
    else if (action === 'ListObjectsV2') read.add(`s3:ListBucket ${input['Prefix'] as string}`);
}

function assertListed(command: string, called: ReadonlySet<string>, read: ReadonlySet<string>): void {
  const listed = COMMAND_ACTIONS[command] ?? [];
  expect([...called].sort()).to.deep.equal([...new Set(listed.map(({ action }) => action))].sort());
  for (const one of read) {
    const [action, key = ''] = one.split(' ');
    const patterns = listed.filter((entry) => entry.action === action).flatMap(({ keys = [] }) => keys);
    expect(
      patterns.some((pattern) => asPattern(pattern).test(key)),
      `${one} by ${patterns.join(' ')}`,
    ).to.equal(true);
  }
}

/** Of each command that changes a living pool, likewise; `undo` of the selection that `restoredOnce` has carried out. */
const SELECTION = '<id of the selection>';
const LIVING_POOL_LINES: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'restore-user': [['user5', '--to', LIVING, '--existing', 'update', '--yes']],
  'restore-group': [['group0', '--to', LIVING, '--existing', 'update', '--yes']],
  undo: [
    [SELECTION, '--yes'],
    [SELECTION, '--to', LIVING, '--yes'],
  ],
};

/** A pool in which `user5` was overwritten by a selection. */
async function restoredOnce(): Promise<LivingPoolCli> {
  const exports = await twoNights();
  const pool = new LivingPoolCli(exports);
  const user = exports.world.source.find('user5') as PoolUser;
  pool.differences = () => [aDifference(user, { result: 'updated', field: 'name', inBackup: 'N' })];
  expect(await pool.run('restore-user', 'user5', '--existing', 'update', '--yes')).to.equal(0);
  return pool;
}

describe('command line: the AWS actions of each command', () => {
  for (const [command, lines] of Object.entries(LINES))
    it(`15.1: ${command} calls the actions that the operator policy is made of, no other, on no other keys`, async () => {
      const called = new Set<string>();
      const read = new Set<string>();
      const output = ['export', 'verify'].includes(command) ? {} : DRY_RUN;
      for (const line of lines) {
        const cli = healthyCli();
        answerFor(cli.cloud, poolWithGroup());
        keepNights(cli);
        if (line.includes(RETIRED)) holdTable(cli.cloud, RETIRED, [legacyTime(), legacyGroup({ name: 'staff' })]);
        if (line.includes(OURS)) holdTable(cli.cloud, OURS, []);
        cli.seal(aManifest('2026-02-28T21:00:00.000Z'));
        cli.put('us-east-1', executionProgressKey(ARN), {});
        cli.put('us-east-1', `restores/${POOL}/current.json`, {
          restoreId: 'r',
          phase: 'partial',
          updatedAt: '2026-03-01T00:00:00Z',
        });
        cli.put('us-east-1', `restores/${POOL}/r/report/failures.csv`, 'sub,reason\n');
        cli.executions.set(ARN, {
          status: 'RUNNING',
          input: JSON.stringify({ NewUserPoolId: POOL, DryRun: command === 'attach' }),
          startDate: new Date(cli.clock.now()),
        });
        cli.endWith({ status: 'SUCCEEDED', output });
        await cli.run([command, ...line]);
        // What is there already is looked at.
        if (command === 'adopt') await cli.run([command, ...line]);
        // A place where nothing is: the account is named.
        const nowhere = healthyCli();
        nowhere.cloud.on('DescribeStacks', () => ({ Stacks: [] }));
        await nowhere.run([command, ...line]);
        // Who may list only some prefixes is told "denied" of an object that does not exist.
        const denied = healthyCli();
        denied.executions.set(ARN, {
          status: 'RUNNING',
          input: JSON.stringify({ NewUserPoolId: POOL }),
          startDate: new Date(cli.clock.now()),
        });
        denied.endWith({ status: 'SUCCEEDED', output });
        denied.cloud.on('GetObject', () => {
          throw awsError('AccessDenied');
        });
        await denied.run([command, ...line]);
        for (const process of [cli, nowhere, denied]) note(called, read, process.cloud.calls, process.cloud.inputs);
      }
      assertListed(command, called, read);
    });

  for (const [command, lines] of Object.entries(LIVING_POOL_LINES))
    it(`16.2: ${command} calls the actions that the operator policy is made of, no other, on no other keys`, async () => {
      const called = new Set<string>();
      const read = new Set<string>();
      for (const line of lines) {
        const { cli, starts } = await restoredOnce();
        const id = (starts[0]?.input['Selection'] as string).split('/')[3] as string;
        const before = cli.cloud.calls.length;
        await cli.run([command, ...line.map((word) => (word === SELECTION ? id : word))]);
        const nowhere = healthyCli();
        nowhere.cloud.on('DescribeStacks', () => ({ Stacks: [] }));
        await nowhere.run([command, ...line]);
        note(called, read, nowhere.cloud.calls, nowhere.cloud.inputs);
        note(called, read, cli.cloud.calls.slice(before), cli.cloud.inputs.slice(before));
      }
      assertListed(command, called, read);
    });

  it('is told of every command, and gives a reason for each action on everything', () => {
    const mine = [...Object.keys(LINES), ...Object.keys(LIVING_POOL_LINES)];
    expect(COMMANDS.map(({ name }) => name)).to.include.members(mine);
    for (const { action, on, reason, keys } of Object.values(COMMAND_ACTIONS).flat()) {
      expect(on === 'everything', action).to.equal(reason !== undefined);
      expect(on === 'mapping-file buckets', action).to.equal(keys !== undefined);
    }
  });
});
