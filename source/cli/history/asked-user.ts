import type { Manifest } from '../../domain/backup/manifest.ts';
import { meantUsers } from '../../domain/history/find-items.ts';
import type { FoundUser } from '../../domain/history/find-items.ts';
import type { KeptRunFacts } from '../../domain/history/runs.ts';
import { visibleText } from '../../domain/report-line.ts';
import { counted } from '../../domain/counted.ts';
import { CliError } from '../cli-error.ts';
import type { Block } from '../output/output.ts';
import { typed } from '../program.ts';
import type { TypedPlace } from '../program.ts';

/** The user of this name in one run; undefined where it holds none. @throws CliError where several answer to it */
export function theOne(found: readonly FoundUser[], { runId }: Manifest, name: string): FoundUser | undefined {
  const [user, ...others] = meantUsers(found);
  if (user === undefined || others.length === 0) return user;
  throw new CliError('usage', {
    thing: `User ${visibleText(name)}`,
    found: `${counted(others.length + 1, 'user')} of the run ${runId} answer to this name: ${[user, ...others].map(({ sub, profile }) => `${visibleText(profile.username)} with the sub ${sub}, created ${profile.created}`).join('; ')}`,
    next: 'Give the sub of the one who is meant.',
  });
}

/** Runs that could not be looked into. */
export interface LeftOut {
  readonly damaged: readonly string[];
  readonly thinned: readonly string[];
  /** Regions. */
  readonly silent: readonly string[];
}

/** What is known to be left out before anything is read. */
export const leftOutOf = (runs: readonly KeptRunFacts[], silent: readonly string[]): LeftOut => ({
  damaged: runs.filter(({ state }) => state === 'damaged').map(({ runId }) => runId),
  thinned: runs
    .filter(({ manifest, regions }) => manifest !== undefined && regions.length === 0)
    .map(({ runId }) => runId),
  silent,
});

/** The answer may lack something that was there: it says what. */
export function leftOutBlocks({ damaged, thinned }: LeftOut): readonly Block[] {
  const lines = [
    ...(damaged.length === 0
      ? []
      : [`Left out, since their snapshots are damaged: ${damaged.join(', ')}. What they alone show is not known.`]),
    ...(thinned.length === 0
      ? []
      : [`Not looked into, since only their manifests are kept: ${counted(thinned.length, 'run')}.`]),
  ];
  return lines.length === 0 ? [] : [{ lines }];
}

/** The same for machines. */
export const leftOutData = ({ damaged, thinned, silent }: LeftOut): Readonly<Record<string, readonly string[]>> => ({
  damaged_runs: damaged,
  thinned_runs: thinned,
  silent_regions: silent,
});

/** Nobody of that name is in the runs that were looked into. */
export function notHeld(
  name: string,
  runs: readonly Manifest[],
  { damaged, thinned, silent }: LeftOut,
  place: TypedPlace,
): CliError {
  const [newest] = runs;
  const oldest = runs.at(-1);
  const where =
    newest === undefined
      ? 'no run that can be read is kept'
      : newest === oldest
        ? `not in the run ${newest.runId}`
        : `not in any of the ${counted(runs.length, 'run')} from ${oldest?.startedAt} to ${newest.startedAt}`;
  const unseen = [
    ...(damaged.length === 0 ? [] : [`damaged: ${damaged.join(', ')}`]),
    ...(thinned.length === 0 ? [] : [`thinned out: ${thinned.length}`]),
    ...(silent.length === 0 ? [] : [`no answer from ${silent.join(' and ')}`]),
  ];
  return new CliError('notFound', {
    thing: `User ${visibleText(name)}`,
    found: unseen.length === 0 ? where : `${where}; not looked into (${unseen.join('; ')})`,
    next: `Check the spelling: a user is known by sub, username, e-mail address, phone number and preferred username. Who was never there when an export ran is in no backup. Kept are: ${typed(place, 'runs')}`,
  });
}
