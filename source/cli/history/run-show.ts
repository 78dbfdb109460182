import type { Manifest } from '../../domain/backup/manifest.ts';
import type { FoundUser, WantedUser } from '../../domain/history/find-items.ts';
import { fieldsOfUser, groupsOfUser } from '../../domain/history/user-history.ts';
import { passedOverBefore, readableRuns, restorableRuns, runBefore } from '../../domain/history/runs.ts';
import type { KeptRunFacts } from '../../domain/history/runs.ts';
import { visibleText } from '../../domain/report-line.ts';
import { counted } from '../../domain/counted.ts';
import { CliError } from '../cli-error.ts';
import type { CommandAction } from '../context.ts';
import { typedValue } from '../given.ts';
import type { Block } from '../output/output.ts';
import { typed } from '../program.ts';
import type { TypedPlace } from '../program.ts';
import { openSession } from '../session.ts';
import { leftOutBlocks, leftOutData, leftOutOf, notHeld, theOne } from './asked-user.ts';
import type { LeftOut } from './asked-user.ts';
import { keptRunNamed, keptRuns, unreadable } from './kept.ts';
import { lookInRun } from './look-in-run.ts';

interface ShowGiven {
  readonly run?: string;
  readonly at?: number;
}

/** Shows what the backup holds of one user. */
export const runShow: CommandAction = async (context, { args: [asked = ''], options }) => {
  const given: ShowGiven = options;
  const place: TypedPlace = options;
  const name = await typedValue(context, '<user>', asked);
  const { installation } = await openSession(context, options);
  const { runs, silent } = await keptRuns(context, installation);
  const leftOut = leftOutOf(runs, silent);
  const isChosen = given.run !== undefined || given.at !== undefined;
  const damaged = isChosen ? [] : [...leftOut.damaged];
  const look = (run: KeptRunFacts, wanted: WantedUser): ReturnType<typeof lookInRun> =>
    lookInRun(context, installation, run, [wanted]);
  const without: Manifest[] = [];
  for (const run of runsToSearch(runs, given, place)) {
    const looked = await look(run, { name });
    if (looked === undefined) {
      if (isChosen) throw unreadable({ runId: run.runId, state: 'damaged', regions: [] }, place);
      if (!damaged.includes(run.runId)) damaged.push(run.runId);
      continue;
    }
    const { manifest, found } = looked;
    const user = theOne(found[0] ?? [], manifest, name);
    if (user === undefined) {
      without.push(manifest);
      continue;
    }
    const unread = { ...preferred(runs, damaged, { given, manifest }), silent };
    const renamed = await renamedIn(runs, without, (newer) => look(newer, { sub: user.sub }));
    context.output.summary({
      blocks: [...blocksOf(user, manifest, { without, isChosen, renamed, place }), ...leftOutBlocks(unread)],
      data: {
        ...dataOf(user, manifest),
        newer_runs_without: without.map(({ runId }) => runId),
        ...(renamed === undefined ? {} : { renamed_in_run: renamed.manifest.runId }),
        ...leftOutData(unread),
      },
      next: [typed(place, `history ${user.sub}`)],
    });
    return unread.damaged.length + silent.length === 0 ? 'complete' : 'partial';
  }
  throw notHeld(name, without, { ...leftOut, damaged, ...(isChosen ? { thinned: [] } : {}) }, place);
};

/** What would have been preferred to the run that is shown, and could not be read: only newer ones would. */
function preferred(
  runs: readonly KeptRunFacts[],
  damaged: readonly string[],
  { given: { run, at }, manifest }: { readonly given: ShowGiven; readonly manifest: Manifest },
): Pick<LeftOut, 'damaged' | 'thinned'> {
  if (run !== undefined) return { damaged: [], thinned: [] };
  const passedOver = passedOverBefore(runs, at ?? Number.POSITIVE_INFINITY, manifest);
  const found = damaged.filter((runId) => runId > manifest.runId);
  return { ...passedOver, damaged: [...new Set([...passedOver.damaged, ...found])].sort() };
}

/** A user in a newer run that does not know the user by the name that was asked for. */
interface Renamed {
  readonly manifest: Manifest;
  readonly user: FoundUser;
}

/** The newest run that was looked into may hold the user by another name. @throws CliError */
async function renamedIn(
  runs: readonly KeptRunFacts[],
  [newest]: readonly Manifest[],
  look: (run: KeptRunFacts) => ReturnType<typeof lookInRun>,
): Promise<Renamed | undefined> {
  const run = runs.find(({ runId }) => runId === newest?.runId);
  const { manifest, found } = (run === undefined ? undefined : await look(run)) ?? {};
  const [user] = found?.flat() ?? [];
  return manifest === undefined || user === undefined ? undefined : { manifest, user };
}

/** The run that was asked for, or all sealed ones, the newest first. @throws CliError */
function runsToSearch(
  runs: readonly KeptRunFacts[],
  { run, at }: ShowGiven,
  place: TypedPlace,
): readonly KeptRunFacts[] {
  if (run !== undefined) {
    const named = keptRunNamed(runs, run, place);
    if (readableRuns([named]).length === 0) throw unreadable(named, place);
    return [named];
  }
  const sealed = restorableRuns(runs);
  if (at === undefined) return sealed;
  const before = runBefore(sealed, at);
  if (before !== undefined) return [before];
  const oldest = sealed.at(-1)?.manifest;
  throw new CliError('notFound', {
    thing: `Runs before ${new Date(at).toISOString()}`,
    found:
      oldest === undefined
        ? 'no complete run is kept'
        : `the oldest that is kept is ${oldest.runId}, complete at ${oldest.endedAt}`,
    next: `Give a later time; list what is kept: ${typed(place, 'runs')}`,
  });
}

function blocksOf(
  user: FoundUser,
  { runId, startedAt, refused }: Manifest,
  {
    without,
    isChosen,
    renamed,
    place,
  }: {
    readonly without: readonly Manifest[];
    readonly isChosen: boolean;
    readonly renamed: Renamed | undefined;
    readonly place: TypedPlace;
  },
): readonly Block[] {
  const groups = groupsOfUser(user);
  const run = `${runId} of ${startedAt}`;
  const as = isChosen
    ? `As the run ${run}`
    : `As the newest run${without.length === 0 ? '' : ' that has the user'}, ${run},`;
  return [
    {
      heading: `${as} holds the user`,
      rows: [
        { label: 'sub', value: user.sub },
        ...[...fieldsOfUser(user)]
          .filter(([field]) => field !== 'sub')
          .map(([field, value]) => ({ label: visibleText(field), value: visibleText(value) })),
        { label: 'groups', value: groups.length === 0 ? 'none' : visibleText(groups.join(', ')) },
      ],
    },
    ...(refused === undefined ? [] : [{ lines: [`The run was refused (${refused}): it never became the backup.`] }]),
    ...(without.length === 0
      ? []
      : [
          {
            lines: [
              renamed === undefined
                ? `${counted(without.length, 'newer run')} looked into did not hold the user any more.`
                : `${counted(without.length, 'newer run')} looked into did not hold anybody of this name; the newest, ${renamed.manifest.runId}, holds this user by another one. As it is there: ${typed(place, `show ${user.sub}`)}`,
            ],
          },
        ]),
  ];
}

const dataOf = (user: FoundUser, { runId, startedAt, refused }: Manifest): Readonly<Record<string, unknown>> => ({
  run_id: runId,
  started_at: startedAt,
  ...(refused === undefined ? {} : { refused }),
  user: {
    sub: user.sub,
    username: user.profile.username,
    status: user.profile.status,
    enabled: user.profile.enabled,
    created: user.profile.created,
    ...(user.profile.modified === undefined ? {} : { modified: user.profile.modified }),
    ...(user.profile.signsInBy === undefined ? {} : { signs_in_by: user.profile.signsInBy }),
    attributes: user.profile.attributes,
    groups: groupsOfUser(user),
  },
});
