import type { Manifest } from '../../domain/backup/manifest.ts';
import { forEachAtOnce } from '../../domain/concurrency.ts';
import type { FoundUser, WantedUser } from '../../domain/history/find-items.ts';
import { readableRuns } from '../../domain/history/runs.ts';
import type { KeptRunFacts } from '../../domain/history/runs.ts';
import { stepsOfUser } from '../../domain/history/user-history.ts';
import type { UserStep } from '../../domain/history/user-history.ts';
import type { Installation } from '../../domain/operator/installation.ts';
import { visibleText } from '../../domain/report-line.ts';
import { counted } from '../../domain/counted.ts';
import type { CliContext, CommandAction } from '../context.ts';
import { typedValue } from '../given.ts';
import type { Block, Row, Tone } from '../output/output.ts';
import { typed } from '../program.ts';
import type { TypedPlace } from '../program.ts';
import { openSession } from '../session.ts';
import { leftOutBlocks, leftOutData, leftOutOf, notHeld, theOne } from './asked-user.ts';
import { keptRuns } from './kept.ts';
import { lookInRun } from './look-in-run.ts';

/** Runs that are looked into at the same time: by their indexes it is a few requests each. */
const RUNS_AT_A_TIME = 4;

/** Shows what happened to one user, run by run. */
export const runHistory: CommandAction = async (context, { args: [asked = ''], options }) => {
  const place: TypedPlace = options;
  const name = await typedValue(context, '<user>', asked);
  const { installation } = await openSession(context, options);
  const { runs, silent } = await keptRuns(context, installation);
  const search = new RunSearch(context, installation, readableRuns(runs));
  await search.byName(name);
  await search.bySubs();
  const subs = search.subs;
  const known = leftOutOf(runs, silent);
  const leftOut = { ...known, damaged: [...known.damaged, ...search.damaged].sort() };
  if (subs.length === 0) throw notHeld(name, search.looked.toReversed(), leftOut, place);
  const histories = subs.map((sub) => search.historyOf(sub));
  context.output.summary({
    blocks: [...histories.map((history) => blockOf(history, search.looked)), ...leftOutBlocks(leftOut)],
    data: {
      runs: search.looked.length,
      users: histories.map(({ sub, steps }) => ({ sub, steps: steps.map(dataOf) })),
      ...leftOutData(leftOut),
    },
    next: subs.slice(0, 1).map((sub) => typed(place, `show ${sub}`)),
  });
  return leftOut.damaged.length + silent.length === 0 ? 'complete' : 'partial';
};

interface History {
  readonly sub: string;
  readonly username: string;
  readonly steps: readonly UserStep[];
}

/** What the runs hold of whoever is looked for. */
class RunSearch {
  readonly damaged: string[] = [];
  /** By run id: the users who were found there, by sub. */
  readonly #seen = new Map<string, { readonly run: Manifest; readonly users: Map<string, FoundUser> }>();

  constructor(
    private readonly context: CliContext,
    private readonly installation: Installation,
    private readonly runs: readonly KeptRunFacts[],
  ) {}

  /** Manifests of the runs that were looked into, the oldest first. */
  get looked(): readonly Manifest[] {
    return [...this.#seen.keys()].sort().map((runId) => this.#of(runId).run);
  }

  /** Of everybody who was found. */
  get subs(): readonly string[] {
    return [...new Set([...this.#seen.values()].flatMap(({ users }) => [...users.keys()]))].sort();
  }

  /** Looks for the name in all runs: it may have been another's before. @throws CliError where two of one run answer to it */
  async byName(name: string): Promise<void> {
    let done = 0;
    await forEachAtOnce(this.runs, RUNS_AT_A_TIME, async (run) => {
      const looked = await this.#look(run, [{ name }], (done += 1));
      if (looked === undefined) {
        this.damaged.push(run.runId);
        return;
      }
      const { manifest, found } = looked;
      const user = theOne(found[0] ?? [], manifest, name);
      this.#seen.set(run.runId, { run: manifest, users: new Map(user === undefined ? [] : [[user.sub, user]]) });
    });
  }

  /** Looks for everybody who was found in those runs in which somebody is known by another name, or not at all. */
  async bySubs(): Promise<void> {
    const { subs } = this;
    const todo = this.runs.filter(
      ({ runId }) => this.#seen.has(runId) && subs.some((sub) => !this.#of(runId).users.has(sub)),
    );
    let done = 0;
    await forEachAtOnce(todo, RUNS_AT_A_TIME, async (run) => {
      const { users } = this.#of(run.runId);
      const missing = subs.filter((sub) => !users.has(sub));
      const looked = await this.#look(
        run,
        missing.map((sub) => ({ sub })),
        (done += 1),
      );
      if (looked === undefined) {
        // Who is in the part that cannot be read has not vanished.
        this.#seen.delete(run.runId);
        this.damaged.push(run.runId);
        return;
      }
      for (const user of looked.found.flat()) users.set(user.sub, user);
    });
  }

  historyOf(sub: string): History {
    const sightings = this.looked.map((run) => ({ run, user: this.#of(run.runId).users.get(sub) }));
    const last = sightings.findLast(({ user }) => user !== undefined);
    return { sub, username: last?.user?.profile.username ?? '', steps: stepsOfUser(sightings) };
  }

  #of(runId: string): { readonly run: Manifest; readonly users: Map<string, FoundUser> } {
    return this.#seen.get(runId) as { readonly run: Manifest; readonly users: Map<string, FoundUser> };
  }

  #look(run: KeptRunFacts, wanted: readonly WantedUser[], number: number): ReturnType<typeof lookInRun> {
    const percentDone = (100 * (number - 1)) / this.runs.length;
    this.context.output.status({ text: `Looking into run ${run.runId}`, percentDone, data: { run_id: run.runId } });
    return lookInRun(this.context, this.installation, run, wanted);
  }
}

function blockOf({ sub, username, steps }: History, looked: readonly Manifest[]): Block {
  const holding =
    steps.at(-1)?.change === 'vanished'
      ? 'the user is gone since then'
      : 'in the newest one the user is as after the last line';
  return {
    heading: `${visibleText(username)} (${sub}) in ${counted(looked.length, 'run')}, the oldest first`,
    rows: steps.flatMap(rowsOf),
    lines: [`Nothing else changed at any of these runs; ${holding}.`],
  };
}

const TONES: Readonly<Record<UserStep['change'], Tone>> = {
  held: 'quiet',
  appeared: 'good',
  changed: 'warning',
  vanished: 'bad',
};

function rowsOf(step: UserStep): readonly Row[] {
  const { run, since } = step;
  const refused = run.refused === undefined ? '' : ` (the run was refused: ${run.refused})`;
  const what = {
    held: 'is held by the oldest run',
    appeared: `appeared since the run ${since?.runId ?? ''}`,
    changed: `changed since the run ${since?.runId ?? ''}`,
    vanished: `vanished since the run ${since?.runId ?? ''}`,
  }[step.change];
  return [
    { label: run.runId, value: `${what}${refused}`, tone: TONES[step.change] },
    ...step.fields.map(({ field, before, after }) => ({
      label: `  ${visibleText(field)}`,
      value: `${valueText(before)} -> ${valueText(after)}`,
    })),
    ...(step.joined.length === 0
      ? []
      : [{ label: step.change === 'changed' ? '  joined' : '  groups', value: visibleText(step.joined.join(', ')) }]),
    ...(step.left.length === 0 ? [] : [{ label: '  left', value: visibleText(step.left.join(', ')) }]),
  ];
}

const valueText = (value: string | undefined): string =>
  value === undefined ? 'nothing' : value === '' ? '(empty)' : visibleText(value);

const dataOf = ({ change, run, since, fields, joined, left }: UserStep): Readonly<Record<string, unknown>> => ({
  change,
  run_id: run.runId,
  started_at: run.startedAt,
  ...(run.refused === undefined ? {} : { refused: run.refused }),
  since: since?.runId ?? null,
  fields: fields.map(({ field, before, after }) => ({ field, before: before ?? null, after: after ?? null })),
  joined,
  left,
});
