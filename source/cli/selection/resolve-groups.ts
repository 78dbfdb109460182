import { findGroups } from '../../domain/history/find-groups.ts';
import type { FoundGroup } from '../../domain/history/find-groups.ts';
import type { RunItems } from '../../domain/history/run-items.ts';
import type { SelectedGroup } from '../../domain/import/selection/request.ts';
import { counted } from '../../domain/counted.ts';
import type { CliContext } from '../context.ts';
import { readingStatus } from '../history/reading-status.ts';
import type { PoolPlace } from './pool-place.ts';
import type { AskedNames } from './asked-selection.ts';
import { leftToWorkflow, notKept, searchRuns } from './runs-to-search.ts';

interface InRun extends FoundGroup {
  readonly run: RunItems;
}

/** Which groups are meant, and by which run. @throws CliError for names that no run holds */
export async function resolveGroups(
  context: CliContext,
  there: PoolPlace,
  { names, searched, given: { snapshot } }: AskedNames,
): Promise<readonly SelectedGroup[]> {
  const { output } = context;
  if (searched.runs.length === 0) return leftToWorkflow(context, there, { names, searched, snapshot });
  const found = await searchRuns<InRun>(context, searched, {
    wanted: names,
    look: async (run, wanted) => {
      const groups = await findGroups(run, wanted, readingStatus(context, `Looking in run ${run.manifest.runId}`));
      return new Map([...groups].map(([name, group]) => [name, { run, ...group }]));
    },
  });
  const missing = names.filter((name) => !found.has(name));
  if (missing.length > 0) throw notKept(searched, there, { things: 'group', missing, of: names.length });
  for (const [name, { run, members }] of found)
    output.status({
      text: `${name}: ${counted(members.length, 'member')}, as in the run ${run.manifest.runId} of ${run.manifest.startedAt}.`,
      data: { group: name, members: members.length, export_run: run.manifest.runId },
      lasting: true,
    });
  return [...found].map(([name, { run }]) => ({ name, run: run.manifest.runId }));
}
