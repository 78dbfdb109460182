import { expect } from 'chai';
import { WorkflowWorld } from '../workflows/workflow-world.ts';
import { addGroups, addUsers, aUser } from '../world/builders.ts';

/**
 * So many restored users and `una`, whose creation was refused an hour ago, all in one group: a restore that ended
 * incomplete. By now nothing is refused.
 */
export async function partialRestore(restored: number): Promise<WorkflowWorld> {
  const world = new WorkflowWorld();
  addUsers(world.source, restored, { disabled: 0 });
  world.source.put(aUser({ username: 'una', attributes: { email: 'una@example.test' } }));
  addGroups(world.source, [restored + 1]);
  await world.export();
  world.writer.refuse = (call) => (call === 'createUser' ? 'InvalidParameterException' : undefined);
  expect(await world.import()).to.include({ status: 'FAILED', error: 'RestoreIncomplete' });
  world.writer.refuse = () => undefined;
  world.clock.advance(3_600_000);
  return world;
}
