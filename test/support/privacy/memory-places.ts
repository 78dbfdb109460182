import type { MemoryFiles } from '../../../tools/simulation/storage/memory-files.ts';
import type { SimulatedObjects } from '../../../tools/simulation/storage/objects.ts';
import type { MemoryPool } from '../../../tools/simulation/cognito/memory-pool.ts';
import type { SimulatedTable } from '../../../tools/simulation/storage/table.ts';
import type { EndedExecution } from '../../../tools/simulation/workflow/run-workflow.ts';
import type { WorkflowWorld } from '../workflows/workflow-world.ts';
import { CANARY_ATTRIBUTES, CANARY_GROUPS } from './canaries.ts';
import type { CanaryUser } from './canaries.ts';
import type { Place } from './search.ts';

/** Lets a pool take what canaries have. */
export const takesCanaries = (pool: MemoryPool): void => {
  pool.settings = { ...pool.settings, schema: [...pool.settings.schema, ...CANARY_ATTRIBUTES] };
};

/** Puts the canaries and their groups into a pool. */
export function putCanaries(pool: MemoryPool, users: readonly CanaryUser[]): void {
  for (const group of CANARY_GROUPS) pool.putGroup(group);
  for (const { groups, ...user } of users) {
    pool.put({
      ...user,
      attributes: { ...user.attributes, sub: user.sub },
      created: '2025-01-02T03:04:05.000Z',
      modified: '2025-01-02T03:04:05.000Z',
    });
    for (const group of groups) pool.join(user.username, group);
  }
}

const text = (value: unknown): string =>
  JSON.stringify(value, (_key, held: unknown) =>
    held instanceof Error ? { errorType: held.name, errorMessage: held.message, trace: held.stack } : held,
  );

/** Names and tags of a Region's objects, and the table's own records. */
export const recordPlaces = ({
  objects,
  table,
}: {
  readonly objects: SimulatedObjects<MemoryFiles>;
  readonly table: SimulatedTable;
}): Place[] => [
  ...[...objects.stored.keys()].map((key) => ({
    where: 'key of an object',
    text: `${key} ${text(objects.tags.get(key) ?? {})}`,
  })),
  ...table
    .all()
    .filter(({ id }) => id.startsWith('EXPORT#') || id.startsWith('LEASE#'))
    .map((item) => ({ where: `record ${item.id}`, text: text(item) })),
];

/** Everything but the encrypted objects' bodies and the table's items: where nobody's data may be. */
export const placesOf = (
  world: WorkflowWorld,
  ended: readonly EndedExecution[],
  messages: readonly { readonly subject: string; readonly body: string }[] = world.messages,
): Place[] => [
  ...world.log.lines.map((line, n) => ({ where: `log line ${n}: ${line.split('{')[0] ?? ''}`, text: line })),
  ...world.history.map(({ state, ...io }, n) => ({ where: `history ${n}: ${state}`, text: text(io) })),
  ...ended.map((execution, n) => ({ where: `end of execution ${n}`, text: text(execution) })),
  ...messages.map(({ subject, body }) => ({ where: `message ${subject}`, text: `${subject}\n${body}` })),
  ...Object.entries({ export: world.exportQueue, newUsers: world.newUsersQueue, updates: world.updatesQueue }).map(
    ([name, { sent }]) => ({ where: `queue ${name}`, text: text(sent) }),
  ),
  { where: 'metrics', text: text(world.metrics) },
  ...recordPlaces(world),
];

/** Tokens that Cognito's listings gave; they are recorded from now on. */
export function recordTokens(world: WorkflowWorld): ReadonlySet<string> {
  const tokens = new Set<string>();
  for (const call of ['listUsersPage', 'listGroupsPage', 'listUsersInGroupPage'] as const) {
    const listed = world.cognito[call] as (...args: unknown[]) => Promise<{ readonly next?: string }>;
    Object.assign(world.cognito, {
      [call]: async (...args: unknown[]) => {
        const page = await listed(...args);
        if (page.next !== undefined) tokens.add(page.next);
        return page;
      },
    });
  }
  return tokens;
}
