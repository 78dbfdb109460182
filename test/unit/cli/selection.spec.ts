import { expect } from 'chai';
import type { Manifest } from '../../../source/domain/backup/manifest.ts';
import type { ResultRow } from '../../../source/domain/import/selection/report.ts';
import { executionProgressKey } from '../../../source/domain/workflow/progress.ts';
import type { PoolUser } from '../../../source/domain/model.ts';
import { subFor } from '../../../tools/simulation/cognito/memory-pool.ts';
import { aDifference, LivingPoolCli, LIVING, twoNights } from '../../support/cli/living-pool.ts';
import type { Exports } from '../../support/cli/living-pool.ts';
import { awsError } from '../../support/cli/fake-clients.ts';
import { exportedRun } from '../../support/workflows/exported-run.ts';
import { federatedUser } from '../../support/workflows/federated-world.ts';
import { aUser } from '../../support/world/builders.ts';

const SELECTION_KEY = /^restores\/us-east-1_Source123\/selections\/\d{8}T\d{6}Z-[0-9a-f]{8}\/request\.json$/;

const asResult = ({ sub, name, result }: ResultRow, what = ''): ResultRow => ({
  sub,
  name,
  group: '',
  result,
  what,
  run: '',
  poolSub: sub,
});

describe('command line: single users into a living pool', () => {
  let exports: Exports;
  let user5: PoolUser;
  let user7: PoolUser;

  before(async () => {
    exports = await twoNights(({ source }) => {
      source.settings = { ...source.settings, caseSensitive: true };
      source.put(aUser({ username: 'Berta' }));
      source.put(aUser({ username: 'berta' }));
      source.put(aUser({ username: 'lost', attributes: { email: 'lost@example.test' } }));
      source.put(federatedUser('Corp', 'X9', { attributes: { email: 'ida@corp.example' } }));
      source.put(federatedUser('Corp', 'Y1', { attributes: { email: 'user5@example.test' } }));
    });
    [user5, user7] = ['user5', 'user7'].map((name) => exports.world.source.find(name) as PoolUser) as [
      PoolUser,
      PoolUser,
    ];
  });

  const gone = (): PoolUser => aUser({ username: 'user3' });
  const created = (user: PoolUser) => aDifference(user, { result: 'created', poolSub: '' });
  const changed = (user: PoolUser) => [
    aDifference(user, { result: 'updated', field: 'family_name', inBackup: 'Smith' }),
    aDifference(user, { result: 'updated', field: 'phone_number', inPool: '+15550100', inBackup: '+15550199' }),
  ];

  it('16.2: takes each user from the newest run that holds the user, and says which', async () => {
    const pool = new LivingPoolCli(exports);
    pool.differences = () => [created(gone()), ...changed(user5)];
    expect(await pool.run('restore-user', 'user3', 'USER5', 'user5', '--dry-run')).to.equal(0);
    const { input = {}, request } = pool.starts[0] ?? {};
    expect(input).to.include({ NewUserPoolId: LIVING, DryRun: true });
    expect(input['Selection']).to.match(SELECTION_KEY);
    expect(request).to.deep.equal({
      users: [
        { sub: gone().sub, run: exports.runs[0] },
        { sub: user5.sub, run: exports.runs[1] },
      ],
      groups: [],
      existing: 'skip',
    });
    expect(pool.shown).to.contain(`user3: sub ${gone().sub}, as in the run ${exports.runs[0] ?? ''}`);
    expect(pool.written).to.deep.equal([]);
    expect(pool.shown).to.contain('Dry run: nothing was written');
  });

  it('17.3: finds users of identity providers, too, by sub, username and address, and no password is spoken of', async () => {
    const ida = federatedUser('Corp', 'X9');
    for (const name of [ida.sub, 'corp_x9', 'Corp_X9', 'ida@corp.example']) {
      const pool = new LivingPoolCli(exports);
      pool.differences = () => [aDifference(ida, { result: 'created', poolSub: '' })];
      expect(await pool.run('restore-user', name, '--dry-run'), name).to.equal(0);
      expect(pool.starts[0]?.request.users, name).to.deep.equal([{ sub: ida.sub, run: exports.runs[1] }]);
      expect(pool.shown, name).to.not.match(/admin-set-user-password|no code/);
    }
    const pool = new LivingPoolCli(exports);
    pool.differences = () => changed(user5);
    expect(await pool.run('restore-user', 'user5@example.test', '--dry-run')).to.equal(0);
    expect(pool.starts[0]?.request.users, 'a native user goes before').to.deep.equal([
      { sub: user5.sub, run: exports.runs[1] },
    ]);
  });

  it('16.2: shows both sides of each field, asks, writes, and tells what became of everybody, the password and the undo', async () => {
    const pool = new LivingPoolCli(exports);
    pool.cli.terminal = true;
    pool.cli.answers = [true];
    pool.differences = () => [created(gone()), ...changed(user5)];
    pool.results = () => [
      { ...asResult(aDifference(gone(), { result: 'created' })), poolSub: 'new-sub' },
      asResult(aDifference(user5, { result: 'updated' })),
    ];
    expect(await pool.run('restore-user', 'user3', 'user5', '--existing', 'update', '--tps', '5')).to.equal(0);
    expect(pool.shown).to.contain('in the pool: +15550100; in the backup: +15550199');
    expect(pool.cli.questions).to.have.length(1);
    expect(pool.written).to.deep.equal([pool.starts[0]?.request]);
    expect(pool.starts[1]?.input).to.deep.equal({
      NewUserPoolId: LIVING,
      Selection: pool.starts[0]?.input['Selection'],
      CognitoTPS: 5,
    });
    const id = (pool.starts[0]?.input['Selection'] as string).split('/')[3] ?? '';
    expect(pool.shown)
      .to.contain('new sub new-sub')
      .and.to.contain('No message was sent: tell the user.')
      .and.to.contain('Note of the workflow.')
      .and.to.contain(`undo ${id} --to ${LIVING}`)
      .and.to.not.contain('admin-set-user-password');
  });

  it('16.2: writes nothing without a yes, and begins nothing where nobody can be asked', async () => {
    const pool = new LivingPoolCli(exports);
    pool.differences = () => changed(user5);
    expect(await pool.run('restore-user', 'user5', '--existing', 'update')).to.equal(2);
    expect(pool.cli.err).to.contain('--yes');
    expect(pool.cli.cloud.calls).to.deep.equal([]);
    pool.cli.terminal = true;
    pool.cli.answers = [false];
    expect(await pool.run('restore-user', 'user5', '--existing', 'update')).to.equal(4);
    expect(pool.written).to.deep.equal([]);
  });

  it('16.2: a user who signed up again is a collision: both sides are shown, and that one user is asked for', async () => {
    const collision = (field: string, inPool: string, inBackup: string) =>
      aDifference(user5, { result: 'collision', field, inPool, inBackup, poolSub: 'stranger' });
    const found = () => [
      collision('created', '2026-11-20T10:00:00Z', '2025-01-02T03:04:05.000Z'),
      collision('status', 'CONFIRMED', 'CONFIRMED'),
      created(gone()),
    ];
    const codes: number[] = [];
    const answered = async (answers: boolean[], args: string[]): Promise<LivingPoolCli> => {
      const pool = new LivingPoolCli(exports);
      pool.cli.terminal = true;
      pool.cli.answers = answers;
      pool.differences = ({ confirmed = [] }) =>
        confirmed.length > 0 ? [aDifference(user5, { result: 'updated', poolSub: 'stranger' })] : found();
      codes.push(await pool.run('restore-user', 'user5', 'user3', ...args));
      return pool;
    };
    const agreed = await answered([true], ['--yes']);
    expect(agreed.shown)
      .to.contain('in the pool: stranger')
      .and.to.contain(user5.sub)
      .and.to.contain('in the pool: 2026-11-20T10:00:00Z; in the backup: 2025-01-02T03:04:05.000Z');
    expect(agreed.cli.questions).to.have.length(1);
    expect(agreed.written).to.deep.equal([
      { ...agreed.starts[0]?.request, users: agreed.starts[0]?.request.users.slice(1) },
      {
        users: [{ sub: user5.sub }],
        groups: [],
        existing: 'update',
        confirmed: [user5.sub],
      },
    ]);
    const declined = await answered([false, true], []);
    expect(declined.written.map(({ confirmed }) => confirmed)).to.deep.equal([undefined]);
    const dismissed = await answered([], ['--yes']);
    expect(dismissed.written.map(({ confirmed }) => confirmed)).to.deep.equal([undefined]);
    // Whoever was confirmed is not missing, whatever the first part has met.
    expect(codes).to.deep.equal([0, 3, 3]);
    expect(agreed.shown).to.not.contain('with something missing');
  });

  it('16.2: the share that is shown as done never goes back, neither from pass to pass nor from the first part to the second', async () => {
    const pool = new LivingPoolCli(exports);
    pool.cli.terminal = true;
    pool.cli.answers = [true];
    pool.differences = ({ confirmed = [] }) =>
      confirmed.length > 0
        ? [aDifference(user5, { result: 'updated', poolSub: 'stranger' })]
        : [aDifference(user5, { result: 'collision', poolSub: 'stranger' }), created(gone())];
    const passes = [0, 60, 30, 90];
    const looks = new Map<string, number>();
    pool.cli.onDescribe = (execution, executionArn) => {
      const look = looks.get(executionArn) ?? 0;
      looks.set(executionArn, look + 1);
      if ((JSON.parse(execution.input ?? '{}') as { DryRun?: boolean }).DryRun === true) return;
      execution.status = look < passes.length ? 'RUNNING' : 'SUCCEEDED';
      pool.cli.put('us-east-1', executionProgressKey(executionArn), {
        workflow: 'ImportWorkflow',
        executionArn,
        phase: 'restoring',
        users: { done: passes[look] ?? 100, of: 100 },
        memberships: { done: 0 },
        calls: { done: 0 },
        startedAt: '2026-03-01T00:00:00.000Z',
        at: '2026-03-01T00:00:00.000Z',
      });
    };
    await pool.run('restore-user', 'user5', 'user3', '--yes');
    expect(pool.written).to.have.length(2);
    const percents = [...pool.shown.matchAll(/(\d+) %/g)].map(([, percent]) => Number(percent));
    expect(percents).to.deep.equal([0, 30, 30, 45, 50, 80, 80, 95]);
  });

  it('16.2: --yes confirms no collision, and many of them are never asked for', async () => {
    const pool = new LivingPoolCli(exports);
    pool.differences = () => [aDifference(user5, { result: 'collision', poolSub: 'stranger' })];
    expect(await pool.run('restore-user', 'user5', '--yes', '--existing', 'update')).to.equal(3);
    expect(pool.written).to.deep.equal([]);
    pool.cli.terminal = true;
    pool.differences = () =>
      [...exports.world.source.users.values()]
        .slice(0, 6)
        .map(({ user }) => aDifference(user, { result: 'collision', poolSub: 'stranger' }));
    expect(await pool.run('restore-user', 'user5', '--yes')).to.equal(3);
    expect(pool.cli.questions).to.deep.equal([]);
    expect(pool.written).to.deep.equal([]);
  });

  it('16.2: ends partial where something is missing, and says who', async () => {
    const pool = new LivingPoolCli(exports);
    pool.differences = () => [created(gone()), ...changed(user5)];
    pool.results = () => [
      asResult(aDifference(gone(), { result: 'failed' }), 'InvalidParameterException'),
      asResult(aDifference(user5, { result: 'updated' })),
    ];
    expect(await pool.run('restore-user', 'user3', 'user5', '--yes', '--existing', 'update', '--json')).to.equal(3);
    expect(pool.cli.summary).to.include({ outcome: 'partial', user_pool: LIVING });
    expect(JSON.stringify(pool.cli.summary['results'])).to.contain('InvalidParameterException');
  });

  it('16.2: nothing is started where nothing would be written', async () => {
    const pool = new LivingPoolCli(exports);
    pool.differences = () => [aDifference(user5, { result: 'skipped', field: 'family_name', inBackup: 'Smith' })];
    expect(await pool.run('restore-user', 'user5', '--yes')).to.equal(0);
    expect(pool.shown).to.contain('--existing update');
    expect(pool.starts).to.have.length(1);
    pool.differences = () => [aDifference(user5, { result: 'unchanged' })];
    expect(await pool.run('restore-user', 'user5', '--yes')).to.equal(0);
    expect(pool.shown).to.contain('give --run or --at');
  });

  it('16.2: says who cannot set a new password alone, with the command that an administrator needs', async () => {
    const pool = new LivingPoolCli(exports);
    const lost = exports.world.source.find('lost') as PoolUser;
    pool.differences = () => [created(lost)];
    pool.results = () => [{ ...asResult(aDifference(lost, { result: 'created' })), poolSub: 'new-sub' }];
    expect(await pool.run('restore-user', 'lost', '--yes')).to.equal(0);
    expect(pool.shown).to.contain(
      `admin-set-user-password --region us-east-1 --user-pool-id ${LIVING} --username new-sub`,
    );
  });

  it('16.2: Ctrl-C lets go: nothing is written by a comparison, a restore goes on, and attach is printed', async () => {
    const pool = new LivingPoolCli(exports);
    pool.differences = () => changed(user5);
    pool.endless = true;
    pool.cli.onDescribe = () => pool.cli.interruption.interrupt();
    expect(await pool.run('restore-user', 'user5', '--yes', '--existing', 'update')).to.equal(130);
    expect(pool.shown).to.contain('nothing was written, and nothing will be').and.to.contain('attach arn:aws:states');
    expect(pool.written).to.deep.equal([]);
    const second = new LivingPoolCli(exports);
    second.differences = () => changed(user5);
    second.cli.onDescribe = () => {
      second.endless = true;
      if (second.starts.length === 2) second.cli.interruption.interrupt();
    };
    expect(await second.run('restore-user', 'user5', '--yes', '--existing', 'update')).to.equal(130);
    expect(second.shown).to.contain('The restore goes on').and.to.contain('attach arn:aws:states');
  });

  it('16.2: --run and --at choose the export, also one that was refused, which is said', async () => {
    const pool = new LivingPoolCli(exports);
    pool.differences = () => [aDifference(user5, { result: 'unchanged' })];
    expect(await pool.run('restore-user', 'user5', '--run', exports.runs[0] ?? '', '--dry-run')).to.equal(0);
    expect(pool.starts[0]?.request.users).to.deep.equal([{ sub: user5.sub, run: exports.runs[0] }]);
    const [, second = ''] = exports.runs;
    const key = `snapshots/${second}/manifest.json`;
    const manifest = JSON.parse(
      Buffer.from(pool.cli.objects.get(`mapping-files-us-east-1/${key}`) as Uint8Array).toString(),
    ) as object;
    pool.cli.put('us-east-1', key, { ...manifest, refused: 'MassDeleteRefused' });
    expect(await pool.run('restore-user', 'user5', '--run', second, '--dry-run')).to.equal(0);
    expect(pool.shown).to.contain('was refused (MassDeleteRefused)');
    expect(await pool.run('restore-user', 'user5', '--dry-run')).to.equal(0);
    expect(pool.starts.at(-1)?.request.users).to.deep.equal([{ sub: user5.sub, run: exports.runs[0] }]);
  });

  it('16.2: --at takes the run of that time, and reads no more for it than --run', async () => {
    const [first = ''] = exports.runs;
    const key = `mapping-files-us-east-1/snapshots/${first}/manifest.json`;
    const calls = await Promise.all(
      ['--at', '--run'].map(async (option) => {
        const pool = new LivingPoolCli(exports);
        pool.differences = () => [aDifference(user5, { result: 'unchanged' })];
        const { endedAt } = JSON.parse(Buffer.from(pool.cli.objects.get(key) as Uint8Array).toString()) as Manifest;
        const value = option === '--at' ? endedAt : first;
        expect(await pool.run('restore-user', 'user5', option, value, '--dry-run')).to.equal(0);
        expect(pool.starts[0]?.request.users).to.deep.equal([{ sub: user5.sub, run: first }]);
        if (option === '--at') expect(pool.shown).to.contain(`Run ${first} was the last one that was complete then`);
        return pool.cli.cloud.calls.filter((call) => call.startsWith('s3 ')).length;
      }),
    );
    expect(calls[0]).to.equal(calls[1]);
  });

  it('16.2: a run whose snapshot expires object by object, since it was thinned out, is one run', async () => {
    const pool = new LivingPoolCli(exports);
    const [first = ''] = exports.runs;
    const folder = `mapping-files-us-east-1/snapshots/${first}/`;
    const { snapshot: _snapshot, ...manifest } = JSON.parse(
      Buffer.from(pool.cli.objects.get(`${folder}manifest.json`) as Uint8Array).toString(),
    ) as Manifest;
    pool.cli.put('us-east-1', `manifests/${first}.json`, manifest);
    for (const path of [...pool.cli.objects.keys()])
      if (path.startsWith(`${folder}segment`)) pool.cli.objects.delete(path);
    expect(await pool.run('restore-user', 'user5', '--run', first, '--dry-run')).to.equal(5);
    expect(pool.cli.err).to.contain(first).and.to.contain('its snapshot was thinned out');
    expect(pool.starts).to.deep.equal([]);
  });

  it('16.2: a damaged snapshot is named and passed over, unless it is the one that was asked for', async () => {
    const pool = new LivingPoolCli(exports);
    pool.differences = () => [aDifference(user5, { result: 'unchanged' })];
    const [first = '', second = ''] = exports.runs;
    for (const path of pool.cli.objects.keys())
      if (path.startsWith(`mapping-files-us-east-1/snapshots/${second}/segment`)) pool.cli.objects.set(path, 'damage');
    expect(await pool.run('restore-user', 'user5', '--dry-run')).to.equal(0);
    expect(pool.shown).to.contain(`snapshots/${second}/`).and.to.contain('damaged');
    expect(pool.starts[0]?.request.users).to.deep.equal([{ sub: user5.sub, run: first }]);
    expect(await pool.run('restore-user', 'user5', '--run', second, '--dry-run')).to.not.equal(0);
    expect(pool.cli.err).to.contain('damaged');
  });

  it('16.2: a user who is named by an old address, too, is taken once, from the newest run', async () => {
    const renamed = await twoNights();
    const { source } = renamed.world;
    const user = source.find('user8') as PoolUser;
    source.put({ ...user, attributes: { ...user.attributes, email: 'new@example.test' }, modified: '2026-06-06' });
    const { manifest } = await exportedRun(renamed.world);
    const old = user.attributes['email'] ?? '';
    for (const names of [
      [old, 'new@example.test'],
      ['new@example.test', old],
    ]) {
      const pool = new LivingPoolCli(renamed);
      pool.differences = () => [aDifference(user, { result: 'unchanged' })];
      expect(await pool.run('restore-user', ...names, '--dry-run'), pool.cli.err).to.equal(0);
      expect(pool.starts[0]?.request.users).to.deep.equal([{ sub: user.sub, run: manifest.runId }]);
    }
  });

  it('16.2: --at says which runs of before that time cannot be taken', async () => {
    const pool = new LivingPoolCli(exports);
    pool.differences = () => [aDifference(user5, { result: 'unchanged' })];
    const [first = '', second = ''] = exports.runs;
    const segment = [...pool.cli.objects.keys()].find((path) =>
      path.startsWith(`mapping-files-us-east-1/snapshots/${second}/segment`),
    ) as string;
    pool.cli.objects.delete(segment);
    expect(await pool.run('restore-user', 'user5', '--at', '2099-01-01', '--dry-run')).to.equal(0);
    expect(pool.shown).to.contain(`Not looked at, because damaged: ${second}`);
    expect(pool.starts[0]?.request.users).to.deep.equal([{ sub: user5.sub, run: first }]);
    expect(await pool.run('restore-user', 'user5', '--run', first, '--dry-run')).to.equal(0);
    expect(pool.shown).to.not.contain('Not looked at');
  });

  it('16.2: a Region that keeps no snapshots leaves the look-up to the workflow', async () => {
    const pool = new LivingPoolCli(exports);
    pool.cli.objects.clear();
    pool.differences = () => [aDifference(user5, { result: 'unchanged' })];
    expect(await pool.run('restore-user', 'user5', '--dry-run')).to.equal(0);
    expect(pool.starts[0]?.request.users).to.deep.equal([{ name: 'user5' }]);
    expect(pool.shown).to.contain('keeps no snapshots');
  });

  it('17.7: --snapshot leaves the look-up to the workflow, in the vault, and reads and asks for no run itself', async () => {
    const [run = ''] = exports.runs;
    for (const [command, named] of [
      ['restore-user', 'users'],
      ['restore-group', 'groups'],
    ] as const)
      for (const chosen of [[], ['--run', run]] as const) {
        const pool = new LivingPoolCli(exports);
        pool.differences = () => [created(gone())];
        pool.results = () => [asResult(aDifference(gone(), { result: 'created' }))];
        const line = [command, 'user3', '--snapshot', 's3://my-vault/', ...chosen, '--yes'];
        expect(await pool.run(...line)).to.equal(0);
        expect(pool.starts).to.have.length(2);
        for (const { input, request } of pool.starts) {
          expect(input).to.include({ SnapshotPrefix: 's3://my-vault/' });
          expect(request[named]).to.deep.equal([{ name: 'user3', ...(chosen.length === 0 ? {} : { run }) }]);
        }
        expect(pool.shown).to.contain('looked up in s3://my-vault/ by the workflow');
        expect(pool.cli.cloud.inputs.filter((input) => JSON.stringify(input).includes('snapshots/'))).to.deep.equal([]);
      }
  });

  describe('afterwards', () => {
    /** A pool into which `user5` was restored, and the id of that selection. */
    const restored = async (): Promise<{ readonly pool: LivingPoolCli; readonly id: string }> => {
      const pool = new LivingPoolCli(exports);
      pool.differences = () => changed(user5);
      pool.results = () => [asResult(aDifference(user5, { result: 'updated' }))];
      expect(await pool.run('restore-user', 'user5', '--yes', '--existing', 'update')).to.equal(0);
      return { pool, id: (pool.starts[0]?.input['Selection'] as string).split('/')[3] ?? '' };
    };

    it('16.2: report finds a selection by its id, with and without the pool, and by its execution; it names nobody', async () => {
      const { pool, id } = await restored();
      const arn = [...pool.cli.executions.keys()].at(-1) ?? '';
      for (const args of [['--selection', id], ['--selection', id, '--to', LIVING], [arn]]) {
        const reads = (): number =>
          pool.cli.cloud.inputs.filter((input) => JSON.stringify(input).includes('results.csv')).length;
        const before = reads();
        expect(await pool.cli.run(['report', ...args, '--save', 'f.csv', '--json'])).to.equal(0);
        expect(reads() - before, '16.4: the rows are read once').to.equal(1);
        expect(pool.cli.summary).to.deep.include({
          about: `Selection ${id} for ${LIVING}`,
          reasons: [{ reason: 'user updated', done_instead: '', rows: 1 }],
        });
        expect(pool.cli.out).to.not.contain('user5');
        expect(pool.cli.files.get('f.csv')).to.contain('user5');
      }
      expect(await pool.run('restore-user', 'user5', '--dry-run')).to.equal(0);
      const dry = (pool.starts.at(-1)?.input['Selection'] as string).split('/')[3] ?? '';
      expect(await pool.cli.run(['report', '--selection', dry, '--json'])).to.equal(0);
      expect(JSON.stringify(pool.cli.summary['reasons'])).to.contain('user updated: family_name');
    });

    it('16.2: report and undo tell an id that is none, an unknown one, and one of another pool', async () => {
      const { pool, id } = await restored();
      for (const command of [
        ['report', '--selection'],
        ['undo', '--yes'],
      ]) {
        expect(await pool.cli.run([...command, 'no-id'])).to.equal(2);
        expect(await pool.cli.run([...command, '20000101T000000Z-0a1b2c3d'])).to.equal(6);
        expect(await pool.cli.run([...command, id, '--to', 'us-east-1_Another01'])).to.equal(6);
      }
      expect(pool.written).to.have.length(1);
    });

    it('16.2: undo is found by its id, and neither an undo nor what overwrote nothing can be undone', async () => {
      const { pool, id } = await restored();
      pool.differences = () => [aDifference(user5, { result: 'undone', field: 'family_name', inPool: 'Smith' })];
      expect(await pool.cli.run(['undo', id, '--yes'])).to.equal(0);
      const [, , , last] = pool.starts;
      expect(last?.request).to.deep.equal({ users: [], groups: [], existing: 'update', undo: id });
      const undoId = (last?.input['Selection'] as string).split('/')[3] ?? '';
      expect(await pool.cli.run(['undo', undoId, '--yes'])).to.equal(4);
      expect(pool.cli.err).to.contain(`itself the undo of ${id}`);
      const dry = (pool.starts[0]?.input['Selection'] as string).replace('request.json', 'undo.json');
      pool.cli.objects.delete(`mapping-files-us-east-1/${dry}`);
      expect(await pool.cli.run(['undo', id, '--yes'])).to.equal(4);
      expect(pool.cli.err).to.contain('it has overwritten nothing');
    });

    it('16.2: attach and status know what a restore of single users is', async () => {
      const { pool, id } = await restored();
      const arn = [...pool.cli.executions.keys()].at(-1) ?? '';
      expect(await pool.cli.run(['attach', arn])).to.equal(0);
      expect(pool.shown).to.contain(`report --selection ${id} --to ${LIVING}`).and.to.not.contain('verify --pool');
      Object.assign(pool.cli.executions.get(arn) ?? {}, { status: 'RUNNING' });
      await pool.cli.run(['status']);
      expect(pool.shown).to.contain(`ImportWorkflow (selection ${id}) for`);
    });
  });

  describe('bad input', () => {
    const refusals: readonly (readonly [
      what: string,
      args: readonly string[],
      code: number,
      told: RegExp,
      prepare?: (pool: LivingPoolCli) => void,
    ])[] = [
      [
        'an unknown user',
        ['restore-user', 'nobody', 'user5', '--yes'],
        6,
        /User nobody: not in any of the 2 exports.* Without this user the others can be restored\.\n$/,
      ],
      [
        'a user whom the chosen run lacks',
        ['restore-user', 'user3', '--yes', '--at', '2050-01-01'],
        6,
        /not in the export/,
      ],
      ['a name in two spellings', ['restore-user', 'BERTA', '--yes'], 2, /2 users .*sub .*Give the sub/],
      [
        'a snapshot at a time',
        ['restore-user', 'user5', '--yes', '--snapshot', 's3://my-vault/', '--at', '2050-01-01'],
        2,
        /--snapshot <url>.*cannot be used with.*--at/,
      ],
      [
        'a snapshot nowhere',
        ['restore-group', 'group0', '--yes', '--snapshot', 's3://my-vault'],
        2,
        /no prefix of a bucket.*with the slash/,
      ],
      [
        'the beginning of a run of a snapshot elsewhere',
        ['restore-user', 'user5', '--yes', '--snapshot', 's3://my-vault/', '--run', '2026'],
        2,
        /"2026" is no id of an export run/,
      ],
      ['an unknown run', ['restore-user', 'user5', '--yes', '--run', '1999'], 6, /no run that is kept begins so/],
      ['a time before all runs', ['restore-user', 'user5', '--yes', '--at', '1999-01-01'], 6, /Runs before 1999/],
      ['no time', ['restore-user', 'user5', '--yes', '--at', 'noon'], 2, /It must be a day/],
      [
        'an unknown group',
        ['restore-group', 'nothing', '--yes'],
        6,
        /Group nothing: not in any of the 2 exports.* is in no backup\.\n$/,
      ],
      ['nobody', ['restore-user', '--yes'], 2, /none was named/],
      ['no such file', ['restore-user', '--from-file', 'none.txt', '--yes'], 2, /there is no such file/],
      ['an empty file', ['restore-user', '--from-file', 'empty.txt', '--yes'], 2, /it is empty/],
      ['a blank file', ['restore-user', '--from-file', 'blank.txt', '--yes'], 2, /2 blank lines and no name/],
      ['a file that is no text', ['restore-user', '--from-file', 'bytes.bin', '--yes'], 2, /1 line can hold no name/],
      ['empty standard input', ['restore-user', '-', '--yes'], 2, /Standard input: it is empty/],
    ];
    for (const [what, args, code, told, prepare] of refusals)
      it(`16.2: ${what} is one message with its exit code, and nothing is begun`, async () => {
        const pool = new LivingPoolCli(exports);
        pool.cli.files.set('empty.txt', '').set('blank.txt', ' \n\n').set('bytes.bin', 'a\0b\n');
        prepare?.(pool);
        expect(await pool.run(...args)).to.equal(code);
        expect(pool.cli.err.trim().split('\n')).to.have.length(1);
        expect(pool.cli.err).to.match(told);
        expect(pool.starts).to.deep.equal([]);
        expect(pool.cli.cloud.calls.filter((call) => call.includes('PutObject'))).to.deep.equal([]);
      });

    for (const command of ['restore-user', 'restore-group'])
      it(`16.5: ${command} says that --at is no time before it calls AWS`, async () => {
        const pool = new LivingPoolCli(exports);
        expect(await pool.run(command, 'user5', '--yes', '--at', '2026-02-30T25:00Z')).to.equal(2);
        expect(pool.cli.cloud.calls).to.deep.equal([]);
        expect(pool.cli.err).to.contain("'--at <time>'").and.to.contain('2026-02-30T25:00Z');
      });

    it('16.2: a user of two spellings is taken by the sub', async () => {
      const pool = new LivingPoolCli(exports);
      expect(await pool.run('restore-user', subFor('Berta'), '--dry-run')).to.equal(0);
      expect(pool.starts[0]?.request.users).to.deep.equal([{ sub: subFor('Berta'), run: exports.runs[1] }]);
    });

    it('16.2: a pool of a third Region or of none is refused', async () => {
      const pool = new LivingPoolCli(exports);
      expect(await pool.cli.run(['restore-user', 'user5', '--yes', '--to', 'ap-south-1_AbCdEfGhI'])).to.equal(2);
      expect(pool.cli.err).to.contain('keeps its backup in us-east-1 and eu-west-1 only');
      expect(await pool.cli.run(['restore-user', 'user5', '--yes', '--to', 'pool'])).to.equal(2);
    });

    it('16.2: a pool that is read-only while a recovery of AWS runs is refused before anything is begun', async () => {
      const pool = new LivingPoolCli(exports);
      pool.recoveries = [{ RestoreId: 'r', RestoreStatus: 'RESTORING' }];
      for (const line of [
        ['restore-user', 'user5', '--yes'],
        ['restore-group', 'group0', '--yes'],
        ['undo', '20260301T000000Z-0a1b2c3d', '--yes'],
      ]) {
        expect(await pool.run(...line)).to.equal(4);
        expect(pool.cli.err)
          .to.contain('(RESTORING), so that Cognito takes no writes')
          .and.to.contain('Wait for its end');
      }
      expect(pool.starts).to.deep.equal([]);
      expect(await pool.run('restore-user', 'user5', '--dry-run')).to.equal(0);
      expect(pool.shown).to.contain('RESTORING');
    });

    it('16.2: a pool that does not exist is told before anything is begun', async () => {
      const pool = new LivingPoolCli(exports);
      pool.cli.cloud.on('ListPointInTimeRecoveries', () => {
        throw awsError('ResourceNotFoundException');
      });
      expect(await pool.run('restore-user', 'user5', '--yes')).to.equal(6);
      expect(pool.cli.err).to.contain('it does not exist in us-east-1');
      expect(pool.starts).to.deep.equal([]);
    });

    for (const [error, code] of [
      ['UserPoolNotFound', 6],
      ['PreflightFailed', 4],
      ['SelectionRefused', 4],
      ['ExecutionAlreadyRunning', 4],
      ['SnapshotDamaged', 4],
    ] as const)
      it(`16.2: ${error} of the comparison is told, with its exit code, and nothing is written`, async () => {
        const pool = new LivingPoolCli(exports);
        pool.halt = () => ({ error, cause: 'What was found. What to do.' });
        expect(await pool.run('restore-user', 'user5', '--yes')).to.equal(code);
        expect(pool.shown).to.contain('What was found. What to do.');
        expect(pool.written).to.deep.equal([]);
      });
  });

  it('16.2: 10,000 lines with blanks and doubles are read, counted, and shown in counts', async () => {
    const names = Array.from({ length: 10_000 }, (_, n) => (n % 100 === 0 ? '' : ` user${10 + (n % 15)}\r`));
    const pool = new LivingPoolCli(exports);
    pool.cli.files.set('users.txt', `\ufeff${names.join('\n')}\n`);
    pool.differences = ({ users }) =>
      users.flatMap((one) => changed(aUser({ sub: 'sub' in one ? one.sub : '', username: 'x' })));
    expect(await pool.run('restore-user', '--from-file', 'users.txt', '--dry-run', '--existing', 'update')).to.equal(0);
    expect(pool.shown).to.contain('users.txt: 15 names, without 100 blank lines and 9,885 repeated lines');
    expect(pool.starts[0]?.request.users).to.have.length(15);
    pool.cli.stdin = [...exports.world.source.users.keys()].join('\n');
    expect(await pool.run('restore-user', '--from-file', '-', '--dry-run', '--existing', 'update')).to.equal(2);
    pool.cli.stdin = [...exports.world.source.users.keys()].filter((name) => !/berta/i.test(name)).join('\n');
    expect(await pool.run('restore-user', '--from-file', '-', '--dry-run', '--existing', 'update')).to.equal(0);
    expect(pool.shown).to.contain('Fields that differ').and.to.not.contain(user7.sub);
  });
});
