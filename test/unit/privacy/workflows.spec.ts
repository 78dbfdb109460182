import { expect } from 'chai';
import { Fault } from '../../../source/domain/errors.ts';
import { redact } from '../../../source/adapters/log.ts';
import { canariesOf, canaryUser, type CanaryUser } from '../../support/privacy/canaries.ts';
import { placesOf, putCanaries, recordTokens, takesCanaries } from '../../support/privacy/memory-places.ts';
import { findingsText, Search, type Canary, type Place } from '../../support/privacy/search.ts';
import { TARGET, WorkflowWorld } from '../../support/workflows/workflow-world.ts';
import type { EndedExecution } from '../../../tools/simulation/workflow/run-workflow.ts';

const KINDS = [
  'csv',
  'csv',
  'csv',
  'csv',
  'one by one',
  'one by one',
  'disabled',
  'unconfirmed',
  'federated',
  'unverified',
] as const;

/** A Region whose source pool holds canaries only. Cognito's answers in it are spied on for tokens. */
class CanaryWorld extends WorkflowWorld {
  readonly users: CanaryUser[] = KINDS.map((kind) => canaryUser(kind));
  readonly tokens = recordTokens(this);
  readonly ended: EndedExecution[] = [];

  constructor() {
    super();
    this.cognito.knobs.pageSize = 2;
    this.table.pageItems = 3;
    for (const pool of [this.source, this.target]) takesCanaries(pool);
    putCanaries(this.source, this.users);
  }

  async run(work: Promise<EndedExecution>): Promise<EndedExecution> {
    const ended = await work;
    this.ended.push(ended);
    return ended;
  }

  get canaries(): Canary[] {
    const news = [...this.target.users.values()].map(({ user }) => ({ kind: 'new sub', text: user.sub }));
    return [
      ...canariesOf(this.users),
      ...news,
      ...[...this.tokens].map((text) => ({ kind: 'pagination token', text })),
    ];
  }

  places(): Place[] {
    return placesOf(this, this.ended);
  }

  expectSilent(): void {
    const places = this.places();
    expect(places).to.have.length.above(20);
    expect(findingsText(new Search(this.canaries).in(places))).to.equal('');
    // The same search finds all of them where they belong.
    const kept = new Search(canariesOf(this.users.filter(({ status }) => status !== 'EXTERNAL_PROVIDER'))).in([
      { where: 'table', text: JSON.stringify(this.table.all()) },
    ]);
    expect(new Set(kept.map(({ kind }) => kind))).to.include.members([
      'username',
      'sub',
      'email',
      'phone_number',
      'name',
      'custom:badge',
      'custom:note',
      'group name',
      'group description',
    ]);
  }
}

describe("Nobody's data outside the table and the encrypted objects", () => {
  let world: CanaryWorld;
  beforeEach(() => {
    world = new CanaryWorld();
  });
  const exported = async (): Promise<void> =>
    expect(await world.run(world.export())).to.include({ status: 'SUCCEEDED' }) && undefined;

  it('after exports that add, change and delete', async () => {
    await exported();
    const [gone, changed] = world.users as [CanaryUser, CanaryUser];
    world.source.remove(gone.username);
    const held = world.source.find(changed.username);
    if (held !== undefined)
      world.source.put({ ...held, attributes: { ...held.attributes, name: gone.attributes.name as string } });
    await exported();
    world.expectSilent();
  });

  it('after a dry run, and a restore by import jobs and one by one', async () => {
    await exported();
    expect(await world.run(world.import({ DryRun: true }))).to.include({ status: 'SUCCEEDED' });
    expect(await world.run(world.import({ CognitoTPS: 5 }))).to.include({ status: 'SUCCEEDED' });
    expect(await world.run(world.import())).to.include({ error: 'AlreadyRestored' });
    expect(world.target.users.size).to.be.above(6);
    expect(world.metrics.length).to.be.above(2);
    world.expectSilent();
  });

  it('after collisions of names, users whom Cognito refuses, lost rows, and jobs that end early with a message that names somebody', async () => {
    await exported();
    const [victim, other] = world.users as [CanaryUser, CanaryUser];
    world.jobs.knobs.rowFate = (_job, line) => (line === 2 ? 'failed' : line === 3 ? 'lost' : undefined);
    world.jobs.knobs.endEarly = (job) =>
      job.jobName.endsWith('-a1')
        ? { afterRows: 3, status: 'Failed', message: `Too many users have failed, for instance ${victim.username}.` }
        : undefined;
    world.writer.refuse = (call, username) =>
      call === 'createUser' && username !== other.username
        ? 'UserLambdaValidationException'
        : call === 'addUserToGroup'
          ? 'InvalidParameterException'
          : undefined;
    expect(await world.run(world.import())).to.include({ status: 'FAILED', error: 'RestoreIncomplete' });
    world.expectSilent();
  });

  it('after a whole job failed for a cause that names somebody', async () => {
    await exported();
    world.jobs.knobs.endEarly = () => ({
      afterRows: 0,
      status: 'Failed',
      message: `The role log failed at ${(world.users[0] as CanaryUser).attributes.email as string}`,
    });
    expect(await world.run(world.import())).to.include({ error: 'ImportJobFailed' });
    world.expectSilent();
  });

  it('after services answered with errors that quote a user', async () => {
    const [
      {
        username,
        attributes: { email = '' },
      },
    ] = world.users as [CanaryUser];
    const quoting = (name: string) => (): Error =>
      Object.assign(new Error(`User ${username} <${email}> at https://x.example/?X-Amz-Signature=0`), { name });
    const calls = [
      'cognito.listUsersPage',
      'cognito.listUsersInGroupPage',
      'table.putItems',
      'objects.put',
      'queue.send',
      'topic.publish',
    ];
    for (const call of calls) {
      world.calls.fail({ call, nth: 2, times: 30, error: quoting('UsernameExistsException') });
      await world.run(world.export());
      for (let call = 0; call < 30; call += 1) world.clock.advance(60_000);
    }
    expect(world.ended.some(({ status }) => status === 'FAILED')).to.equal(true);
    expect(world.history.some(({ error }) => error?.name === 'UsernameExistsException')).to.equal(true);
    expect(findingsText(new Search(world.canaries).in(world.places()))).to.equal('');
  });

  it('after objects and items were damaged that hold somebody', async () => {
    await exported();
    world.jobs.knobs.rowFate = (_job, line) => (line === 1 ? 'failed' : undefined);
    for (const part of ['/plan.json', '/chunks/', '/groups.json', '/batches/']) {
      for (const key of [...world.objects.stored.keys()])
        if (key.startsWith('restores/')) world.objects.stored.delete(key);
      const put = world.objects.put;
      world.objects.put = (key, body, condition) =>
        put(
          key,
          key.includes(part)
            ? `${Buffer.from(body as string)
                .toString('utf8')
                .slice(0, -9)}`
            : body,
          condition,
        );
      const write = world.objects.write;
      world.objects.write = async (key, parts) => {
        if (!key.includes(part)) return write(key, parts);
        let whole = '';
        for await (const piece of parts) whole += Buffer.from(piece).toString('utf8');
        await put(key, whole.slice(0, -9));
      };
      expect((await world.run(world.import())).error, part).to.equal('BadState');
      Object.assign(world.objects, { put, write });
    }
    world.expectSilent();
  });

  it('after inputs in which somebody stands', async () => {
    await exported();
    const [
      {
        username,
        sub,
        attributes: { email = '', phone_number: phone = '' },
      },
    ] = world.users as [CanaryUser];
    const inputs: object[] = [username, email, phone, sub].flatMap((text) => [
      { NewUserPoolId: text },
      { NewUserPoolId: { [text]: 1 } },
      { [text]: true },
      { DryRun: text },
      { CognitoTPS: text },
      { CognitoTPS: Number(phone) },
      { NewUserPoolId: TARGET, [text]: text },
      { BackupTableName: `${text} ` },
      { ExportRun: text },
      { NewUserPoolId: [text] },
      { NewUserPoolId: `us-east-1 ${text}` },
    ]);
    for (const input of inputs)
      expect((await world.run(world.import(input))).status, Object.keys(input).join()).to.equal('FAILED');
    for (const text of [username, email, phone])
      for (const input of [{ [text]: 1 }, { AllowMassDelete: text }, { Trigger: `${text}@` }])
        expect((await world.run(world.export(input))).status).to.equal('FAILED');
    // What the operator typed stands in the execution's input; nothing repeats it.
    const places = world.places().filter(({ where }) => !/history \d+: CheckStateMachine/.test(where));
    const repeated = world.history
      .filter(({ state }) => state === 'CheckStateMachine')
      .map(({ error }) => ({ where: 'CheckStateMachine', text: `${error?.message ?? ''} ${error?.stack ?? ''}` }));
    expect(findingsText(new Search(world.canaries).in([...places, ...repeated]))).to.equal('');
  });

  it('is noticed wherever it is put', () => {
    const [{ username }] = world.users as [CanaryUser];
    const search = new Search(world.canaries);
    const plants: Readonly<Record<string, () => void>> = {
      'log line': () => world.log.info('User', { key: username }),
      history: () => void world.history.push({ state: 'SyncUsers', event: {}, error: new Fault('BadState', username) }),
      'end of execution': () =>
        void world.ended.push({ status: 'FAILED', states: [], historyEvents: 0, cause: username }),
      message: () => void world.messages.push({ subject: 's', body: `... ${username}` }),
      queue: () => void world.updatesQueue.sent.push({ owner: 'r', key: username }),
      metrics: () =>
        void world.metrics.push({
          EventType: 'CognitoUserImportJobEnded',
          EventDetails: {
            JobStatus: '',
            JobCreationDate: '',
            JobStartDate: '',
            JobCompletionDate: '',
            JobCompletionMessage: username,
            AWSRegion: '',
          },
        }),
      'key of an object': () =>
        void world.objects.stored.set(`restores/${username}`, { body: new Uint8Array(), etag: '' }),
      record: () => world.table.seed({ id: 'EXPORT#LATEST', type: 'POINTER', runId: username }),
    };
    for (const [where, plant] of Object.entries(plants)) {
      plant();
      expect(
        search.in(world.places()).some((finding) => finding.where.startsWith(where)),
        where,
      ).to.equal(true);
    }
    expect(redact('username', username)).to.not.include(username);
  });
});
