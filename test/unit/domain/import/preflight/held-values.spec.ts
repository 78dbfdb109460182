import { expect } from 'chai';
import type { SchemaAttribute } from '../../../../../source/domain/model.ts';
import { PLAIN_SETTINGS } from '../../../../../tools/simulation/cognito/settings.ts';
import { differences } from '../../../../support/import/differences.ts';
import { RestoreWorld } from '../../../../support/import/restore-world.ts';
import { rejection } from '../../../../support/rejection.ts';
import { addUsers, aUser } from '../../../../support/world/builders.ts';

const TEXT = { type: 'String' as const, mutable: true, required: false };
const schemaWith = (...more: readonly SchemaAttribute[]): { schema: SchemaAttribute[] } => ({
  schema: [...PLAIN_SETTINGS.schema, ...more],
});

function worldOf(
  old: readonly SchemaAttribute[],
  now: readonly SchemaAttribute[],
  held: readonly Readonly<Record<string, string>>[],
): RestoreWorld {
  const world = new RestoreWorld(schemaWith(...old), schemaWith(...now));
  addUsers(world.source, 5, { disabled: 0 });
  held.forEach((attributes, n) =>
    world.source.put(
      aUser({
        username: `held${n}`,
        attributes: { email: `held${n}@example.test`, email_verified: 'true', ...attributes },
      }),
    ),
  );
  return world;
}

describe('C15: the preflight looks at what users hold', () => {
  it('C15: a developer attribute that the CSV header lacks comes back, its users one by one', async () => {
    const dev = { ...TEXT, name: 'dev:custom:tier', min: '0', max: '256' };
    const world = await worldOf([dev], [dev], [{ 'dev:custom:tier': 'gold' }]).planned();
    expect(world.plan().counts).to.deep.include({ byCsv: 5, oneByOne: 1, withLosses: 0 });
    expect(world.plan().notes.join()).to.match(/dev:custom:tier is no column/);
    expect((await world.execute()).outcome).to.equal('complete');
    expect(differences(world.source, world.target)).to.deep.equal([]);
  });

  it('C15: narrower bounds that every value fits cost nobody anything', async () => {
    const old = { ...TEXT, name: 'custom:note', min: '0', max: '2048' };
    const now = { ...TEXT, name: 'custom:note', min: '1', max: '256' };
    const world = await worldOf([old], [now], [{ 'custom:note': 'short' }]).planned();
    expect(world.plan().counts).to.deep.include({ byCsv: 6, withLosses: 0 });
    expect((await world.execute()).outcome).to.equal('complete');
    expect(differences(world.source, world.target)).to.deep.equal([]);
  });

  it('C15: a single value out of bounds costs its user the attribute, for good where it is immutable, and is reported', async () => {
    const old = { ...TEXT, name: 'custom:note', mutable: false, min: '0', max: '2048' };
    const now = { ...old, max: '5' };
    const world = await worldOf([old], [now], [{ 'custom:note': 'short' }, { 'custom:note': 'much longer' }]).planned();
    expect(world.plan().counts).to.deep.include({ byCsv: 7, withLosses: 1 });
    await world.execute();
    expect(differences(world.source, world.target)).to.deep.equal(['held1: custom:note']);
    expect(world.report('failures.csv')).to.match(/,held1,,BadAttribute: [^\n]*longer than 5[^\n]*never be set later/);
  });

  it('C15: another type halts before the first write, also where no value would pass as one of it', async () => {
    const old = { ...TEXT, name: 'custom:note', min: '0', max: '2048' };
    const now = { name: 'custom:note', type: 'Number' as const, mutable: true, required: false };
    const world = worldOf([old], [now], [{ 'custom:note': 'text' }]);
    const error = await rejection(world.planned());
    expect(error.name).to.equal('PreflightFailed');
    expect(error.message).to.match(/custom:note has the type Number, the backup holds String/);
    expect(world.target.size).to.equal(0);
  });
});
