import { expect } from 'chai';
import { parse } from 'csv-parse/sync';
import { selectionKeys } from '../../../source/domain/import/plan/selection-keys.ts';
import type { SelectionReport } from '../../../source/domain/import/selection/report.ts';
import type { SelectionRequest } from '../../../source/domain/import/selection/request.ts';
import type { UndoEntry } from '../../../source/domain/import/selection/undo-file.ts';
import type { PoolGroup } from '../../../source/domain/model.ts';
import type { EndedExecution } from '../../../tools/simulation/workflow/run-workflow.ts';
import { SOURCE, WorkflowWorld } from '../workflows/workflow-world.ts';
import { aUser } from '../world/builders.ts';

/** A pool of the user ana in the group staff, exported once. `datesWrites`: the pool dates what is written to it. */
export async function anaInStaff({
  attributes,
  staff = {},
  settings = {},
  datesWrites = false,
}: {
  readonly attributes: Readonly<Record<string, string>>;
  readonly staff?: Omit<PoolGroup, 'name'>;
  readonly settings?: object;
  readonly datesWrites?: boolean;
}): Promise<WorkflowWorld> {
  const world = new WorkflowWorld();
  world.writer.datesWrites = datesWrites;
  world.source.settings = { ...world.source.settings, ...settings };
  world.source.put(aUser({ username: 'ana', attributes }));
  world.source.putGroup({ name: 'staff', ...staff });
  world.source.join('ana', 'staff');
  expect(await world.export()).to.include({ status: 'SUCCEEDED' });
  return world;
}

let made = 0;

/** The id of a selection that no other test has. */
export function newSelectionId(): string {
  made += 1;
  return `20260401T000000Z-${made.toString(16).padStart(8, '0')}`;
}

/** Puts a request into the bucket, as whoever starts the workflow does. */
export async function putRequest(
  world: WorkflowWorld,
  request: Partial<SelectionRequest>,
  { pool = SOURCE, id = newSelectionId() }: { readonly pool?: string; readonly id?: string } = {},
): Promise<string> {
  const whole = { users: [], groups: [], existing: 'update', ...request };
  await world.objects.put(selectionKeys(pool, id).request, JSON.stringify(whole));
  return id;
}

/** Starts ImportWorkflow with a selection; by default for the pool that is backed up. */
export const select = (
  world: WorkflowWorld,
  id: string,
  { pool = SOURCE, ...input }: Readonly<Record<string, unknown>> & { readonly pool?: string } = {},
): Promise<EndedExecution> =>
  world.import({ NewUserPoolId: pool, Selection: selectionKeys(pool, id).request, ...input });

/** Restores what the request names, all of it. @returns the selection's id */
export async function selectedWhole(world: WorkflowWorld, request: Partial<SelectionRequest>): Promise<string> {
  const id = await putRequest(world, request);
  const ended = await select(world, id);
  expect(ended, ended.cause).to.include({ status: 'SUCCEEDED' });
  return id;
}

/** The same of a request of which something stays missing. */
export async function selectedPartly(world: WorkflowWorld, request: Partial<SelectionRequest>): Promise<string> {
  const id = await putRequest(world, request);
  expect(await select(world, id)).to.include({ status: 'FAILED', error: 'RestoreIncomplete' });
  expect(reportOfSelection(world, id).outcome).to.equal('partial');
  return id;
}

/** What a selection has noted of what it overwrote. */
export const undoEntriesOf = (world: WorkflowWorld, id: string): readonly UndoEntry[] =>
  world.objects.json<{ readonly entries: readonly UndoEntry[] }>(selectionKeys(SOURCE, id).undo).entries;

/** A row of results.csv or differences.csv. */
export type SelectionRow = Readonly<Record<string, string>>;

/** The rows of one of the files of a selection. */
export const rowsOfSelection = (
  world: WorkflowWorld,
  id: string,
  file: 'results' | 'differences' | 'subMap' = 'results',
  pool = SOURCE,
): SelectionRow[] => parse(world.objects.text(selectionKeys(pool, id)[file]), { columns: true });

/** The report of a selection. */
export const reportOfSelection = (world: WorkflowWorld, id: string, pool = SOURCE): SelectionReport =>
  world.objects.json<SelectionReport>(selectionKeys(pool, id).report);

/** What became of each: `name result`, of groups and memberships with the group in front. */
export const resultsOf = (world: WorkflowWorld, id: string, pool = SOURCE): string[] =>
  rowsOfSelection(world, id, 'results', pool).map(({ group, sign_in_name: name, result }) =>
    [group, name, result].filter((part) => part !== '').join(' '),
  );
