import { expect } from 'chai';
import fc from 'fast-check';
import { contentHash } from '../../../source/domain/backup/hashing.ts';
import { groupOf, itemKind, keyText, subOfKey } from '../../../source/domain/backup/items.ts';
import type { Manifest } from '../../../source/domain/backup/manifest.ts';
import type { RestoreUser } from '../../../source/domain/import/plan/plan-model.ts';
import type { TableItem } from '../../../source/domain/ports.ts';
import { seededRandom, wholeNumber } from '../../../tools/simulation/random.ts';
import { show } from '../../support/backup/applied-plan.ts';
import { keepSnapshot } from '../../support/import/kept-snapshot.ts';
import type { PlanningWorld } from '../../support/import/planning-world.ts';
import { NEXT_RUN, twoRuns } from '../../support/import/two-runs.ts';
import type { TwoRuns } from '../../support/import/two-runs.ts';

const content = (items: readonly TableItem[]): TableItem[] => items.filter((item) => itemKind(item) !== undefined);
const hashes = (items: readonly TableItem[]): Map<string, string> =>
  new Map(content(items).map((item) => [keyText(item), contentHash(item)]));

/** What the restore plans to bring back: users with their content, and memberships, as texts. */
function planned(world: PlanningWorld): string[] {
  const groups = world.groups();
  const users = [
    ...world.chunkUsers().flat(),
    ...world.batchOps().flatMap(({ ops }) => ops.flatMap((op) => (op.op === 'create' ? [op.user] : []))),
  ];
  const lines = ({ sub, enabled, status, attributes, groups: of }: RestoreUser): string[] => [
    JSON.stringify([sub, enabled, status, attributes['name']]),
    ...of.map((group) => `${sub} in ${groups[group]?.name ?? ''}`),
  ];
  return [...users.flatMap(lines), ...groups.map(({ name, description }) => `${name}: ${description ?? ''}`)].sort();
}

/** The same of the items of a table. */
function wanted(items: readonly TableItem[]): string[] {
  const subs = new Set(items.filter((item) => itemKind(item) === 'user').map(subOfKey));
  const groups = new Map<string, string>();
  const lines: string[] = [];
  for (const item of items) {
    const kind = itemKind(item);
    if (kind === 'user') {
      const { enabled, status, attributes } = item as unknown as RestoreUser;
      lines.push(JSON.stringify([subOfKey(item), enabled, status, attributes['name']]));
    } else if (kind === 'membership' && subs.has(subOfKey(item))) {
      lines.push(`${subOfKey(item)} in ${groupOf(item)}`);
      if (!groups.has(groupOf(item))) groups.set(groupOf(item), '');
    } else if (kind === 'group') groups.set(item.groupName as string, (item.description as string | undefined) ?? '');
  }
  return [...lines, ...[...groups].map(([name, description]) => `${name}: ${description}`)].sort();
}

/** Every key shows any of its versions, as a replica without an order between items may; often the usual ones together. */
function arrive({ world, application }: TwoRuns, random: () => number): { readonly sealedNext: boolean } {
  const { marker, digests, content: changes, sealing } = application;
  const usual = random() < 0.5;
  const stage = wholeNumber(random, 0, 2);
  const version = (versions: readonly unknown[]): number => wholeNumber(random, 0, versions.length - 1);
  for (const each of [marker, ...digests]) show(world.table, each, usual ? stage : version(each.versions));
  const arrived = usual && stage === 2 && random() < 0.7 ? 1 : random();
  for (const each of changes)
    show(world.table, each, usual && stage === 0 && random() < 0.95 ? 0 : random() < arrived ? 1 : 0);
  let sealedNext = false;
  for (const [index, each] of sealing.entries()) {
    const at = usual ? (stage === 2 ? 1 : 0) : version(each.versions);
    show(world.table, each, at);
    if (index === 0) sealedNext = at === 1;
  }
  return { sealedNext };
}

/** Two runs of which the second one has arrived in some order; of the first one there may be a snapshot. */
function arrivedRuns(random: () => number): { readonly runs: TwoRuns; readonly sealedNext: boolean } {
  const runs = twoRuns(random, wholeNumber(random, 1, 3));
  if (random() < 0.3) keepSnapshot(runs.world.objects, runs.world.table, runs.sealed);
  return { runs, ...arrive(runs, random) };
}

describe('a restore from a replica that got a run in any order', () => {
  const seen = { sealed: 0, between: 0, snapshot: 0, halted: 0 };

  /** Plans, and holds what would be restored against what it may be. */
  async function expectTrue(
    runs: TwoRuns,
    { latest, damaged }: { readonly latest: 'before' | 'next'; readonly damaged: boolean },
  ): Promise<void> {
    const { world } = runs;
    const [items, { runId }]: [readonly TableItem[], Manifest] =
      latest === 'next' ? [runs.after, runs.next] : [runs.before, runs.sealed];
    const now = content(world.table.all());
    const halted = await world.scan().then(
      () => undefined,
      (error: unknown) => error as Error,
    );
    if (halted !== undefined) {
      seen.halted += 1;
      expect(['ReplicaBehind', ...(damaged ? ['ChecksumDiffers'] : [])], halted.message).to.include(halted.name);
      return;
    }
    const plan = world.plan();
    expect(plan.runId).to.equal(runId);
    if (plan.source === 'snapshot') {
      seen.snapshot += 1;
      expect(planned(world)).to.deep.equal(wanted(items));
      expect(plan.remarks).to.have.length(1);
      return;
    }
    expect(damaged, 'damage was not found').to.equal(false);
    expect(planned(world)).to.deep.equal(wanted(now));
    const [is, sealed] = [hashes(now), hashes(items)];
    if ([...is].every(([key, hash]) => sealed.get(key) === hash) && is.size === sealed.size) {
      seen.sealed += 1;
      return;
    }
    // Between two runs: only where the last sealed one is the one before, and each item is the old or the new one.
    seen.between += 1;
    expect(latest).to.equal('before');
    const later = hashes(runs.after);
    for (const key of new Set([...is.keys(), ...sealed.keys(), ...later.keys()]))
      expect([sealed.get(key), later.get(key)], key).to.include(is.get(key));
    const applied = [...new Set([...sealed.keys(), ...later.keys()])].filter(
      (key) => sealed.get(key) !== later.get(key) && is.get(key) === later.get(key),
    );
    expect(plan.interrupted).to.deep.equal({
      runId: NEXT_RUN,
      items: applied.length,
      planned: runs.application.content.length,
    });
  }

  it('brings back what was sealed, or each item as it was or as that run wants it, or the snapshot, or says ReplicaBehind', async function () {
    this.timeout(60_000);
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (seed) => {
        const random = seededRandom(seed);
        const { runs, sealedNext } = arrivedRuns(random);
        const { world } = runs;
        world.table.pageItems = wholeNumber(random, 2, 9);
        await expectTrue(runs, { latest: sealedNext ? 'next' : 'before', damaged: false });
      }),
      { numRuns: 100 },
    );
    for (const [verdict, times] of Object.entries(seen)) expect(times, verdict).to.be.greaterThan(0);
  });

  it('never takes damage for a change of that run, whichever of its items it hits', async function () {
    this.timeout(60_000);
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (seed) => {
        const random = seededRandom(seed);
        const { runs, sealedNext } = arrivedRuns(random);
        const { world } = runs;
        const victim = content(world.table.all())[wholeNumber(random, 0, content(world.table.all()).length - 1)];
        if (victim === undefined) return;
        const kind = random();
        const changed: TableItem = { ...victim, status: 'COMPROMISED', description: 'changed' };
        if (kind < 0.3) world.table.take(victim);
        else if (kind < 0.6) world.table.seed({ ...changed, contentHash: contentHash(changed) });
        else if (kind < 0.8) world.table.seed(changed);
        else world.table.seed({ ...victim, id: `${victim.id}-more` });
        // Something that is gone may also look like a deletion of the plan.
        const [is, sealed, later] = [content(world.table.all()), runs.before, runs.after].map(hashes) as [
          Map<string, string>,
          Map<string, string>,
          Map<string, string>,
        ];
        const harmless = [...new Set([...is.keys(), ...sealed.keys(), ...later.keys()])].every((key) =>
          (sealedNext ? [later.get(key)] : [sealed.get(key), later.get(key)]).includes(is.get(key)),
        );
        await expectTrue(runs, { latest: sealedNext ? 'next' : 'before', damaged: !harmless });
      }),
      { numRuns: 60 },
    );
  });
});
