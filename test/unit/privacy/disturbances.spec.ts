import { expect } from 'chai';
import type { CanaryUser } from '../../support/privacy/canaries.ts';
import { CanaryWorld } from '../../support/privacy/canary-world.ts';
import { findingsText, Search } from '../../support/privacy/search.ts';
import { TARGET } from '../../support/workflows/workflow-world.ts';

describe("Nobody's data outside the table and the encrypted objects, when services, objects or inputs are not as they should be", () => {
  let world: CanaryWorld;
  beforeEach(() => {
    world = new CanaryWorld();
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
    await world.exported();
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
    await world.exported();
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
});
