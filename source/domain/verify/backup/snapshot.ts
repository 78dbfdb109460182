import { canonicalJson } from '../../backup/hashing.ts';
import type { Manifest, SnapshotIndex, SnapshotObject, SnapshotSettings } from '../../backup/manifest.ts';
import { snapshotFolder, snapshotKey, snapshotManifestKey } from '../../backup/snapshot/names.ts';
import { assertIntactObject, readSnapshotObject, undamagedManifest } from '../../backup/snapshot/read.ts';
import { ItemTally, noContent } from '../../backup/tally.ts';
import { counted, number } from '../../counted.ts';
import { Halt, isNamed } from '../../errors.ts';
import type { ObjectStore } from '../../ports.ts';
import { differ } from './differ.ts';
import { readLast } from './last.ts';
import { inBackupRegion } from './state.ts';
import type { SnapshotCheck, Verification } from './state.ts';
import { damagedText, differenceFrom } from './verdict.ts';

const DAY_MS = 24 * 3600 * 1000;

/** True when the run is so old that its snapshot may have been removed by the bucket's lifecycle. */
export const isExpired = ({ endedAt }: Manifest, retentionDays: number, now: number): boolean =>
  now > Date.parse(endedAt) + retentionDays * DAY_MS;

/**
 * Reads the objects of the last sealed run's snapshot, all or the share that was asked for: each must be what its
 * manifest says, and all together what the run sealed. True at the end, false when the slice ended before. Halt
 * ChecksumDiffers names what is damaged.
 */
export async function checkSnapshot(verification: Verification, manifest: Manifest): Promise<boolean> {
  const { input, deps, progress, sliceOver } = verification;
  const { state } = progress;
  const stored = await undamagedManifest(verification.deps.objects, manifest.runId);
  state.snapshot ??= await beginCheck(verification, manifest, stored);
  const check = state.snapshot;
  if (stored === undefined && check.damage.length > 0) return lookAgain(verification, manifest, check);
  for (const name of check.chosen.slice(check.read)) {
    if (sliceOver()) return false;
    await readObject(
      deps.objects,
      manifest.runId,
      objectsOf(stored).find((object) => object.name === name) as SnapshotObject,
      check,
    );
    check.read += 1;
    await progress.save();
  }
  if (sliceOver()) return false;
  await checkBeside(deps.objects, stored, check);
  conclude(verification, manifest, check);
  if (check.of === 0) return true;
  if (check.read < check.of && input.options.percent < 100)
    state.notes.push(
      `Of the snapshot ${number(check.read)} of ${counted(check.of, 'object')} ${check.read === 1 ? 'was' : 'were'} read; the next verification of a share reads others.`,
    );
  return true;
}

/** The export puts the snapshot's manifest just after it has sealed the run: a second look decides whether it is missing. */
async function lookAgain(verification: Verification, manifest: Manifest, check: SnapshotCheck): Promise<false> {
  delete verification.progress.state.snapshot;
  await differ(verification, `snapshot ${manifest.runId}`, () => verdictOf(verification, manifest, check.damage));
  return false;
}

const objectsOf = (manifest: Manifest | undefined): readonly SnapshotObject[] => manifest?.snapshot?.objects ?? [];
/** What lies there beside the items: where each user is, and the pool's settings. */
const besideOf = (manifest: Manifest | undefined): readonly (SnapshotIndex | SnapshotSettings)[] =>
  [manifest?.snapshot?.index, manifest?.snapshot?.settings].filter((object) => object !== undefined);
/** Names of all that lies there beside the manifest. */
const namesOf = (manifest: Manifest | undefined): readonly string[] =>
  [...objectsOf(manifest), ...besideOf(manifest)].map(({ name }) => name);

/** Decides what is read, and notes what is wrong before anything is: the snapshot's manifest, and objects that are gone. */
async function beginCheck(
  { input, deps, progress }: Verification,
  manifest: Manifest,
  stored: Manifest | undefined,
): Promise<SnapshotCheck> {
  const { runId } = manifest;
  const present = new Set<string>();
  for await (const key of deps.objects.list(snapshotFolder(runId))) present.add(key);
  const told = inBackupRegion(input) ? stored : manifest;
  const expected = objectsOf(told);
  const expired = isExpired(manifest, input.retentionDays, deps.clock.now());
  const check: SnapshotCheck = {
    chosen: [],
    of: 0,
    read: 0,
    next: 0,
    content: { ...noContent(), damaged: 0 },
    damage: [],
  };
  const isWritten = inBackupRegion(input) ? present.has(snapshotManifestKey(runId)) : manifest.snapshot !== undefined;
  if (
    !isWritten ||
    (expired && (stored === undefined || namesOf(told).some((name) => !present.has(snapshotKey(runId, name)))))
  ) {
    progress.state.notes.push(
      isWritten || expired
        ? `The snapshot of the export ${runId} is older than ${counted(input.retentionDays, 'day')} and was removed.`
        : `There is no snapshot of the export ${runId}: none was kept when it ran.`,
    );
    return check;
  }
  if (stored === undefined || !sameManifest(stored, manifest, inBackupRegion(input))) {
    check.damage.push(
      `The object ${snapshotManifestKey(runId)} ${present.has(snapshotManifestKey(runId)) ? 'is not the manifest that the table holds' : 'does not exist'}.`,
    );
    return check;
  }
  const start = (await readLast(deps.objects))?.nextObject ?? 0;
  const chosen = share(
    expected.map(({ name }) => name),
    input.options.percent,
    start,
  );
  return { ...check, of: expected.length, chosen, next: (start + chosen.length) % Math.max(1, expected.length) };
}

/** So many of the names as `percent` asks for, rounded up, from `start` on and around. */
export function share(names: readonly string[], percent: number, start: number): readonly string[] {
  const wanted = Math.ceil((names.length * percent) / 100);
  return Array.from({ length: wanted }, (_, index) => names[(start + index) % names.length] as string);
}

/** In the backup Region the snapshot is this Region's own: all but that must be what was sealed. */
function sameManifest(stored: Manifest, sealed: Manifest, ownSnapshot: boolean): boolean {
  const comparable = ({ snapshot, ...manifest }: Manifest): string => {
    const {
      id: _id,
      type: _type,
      ...rest
    } = manifest as Omit<Manifest, 'snapshot'> & { readonly id?: unknown; readonly type?: unknown };
    return canonicalJson(ownSnapshot ? rest : { ...rest, snapshot });
  };
  return comparable(stored) === comparable(sealed);
}

/** Adds the object's items up; what it yields counts only when it was found whole. */
async function readObject(
  objects: Pick<ObjectStore, 'read'>,
  runId: string,
  object: SnapshotObject,
  check: SnapshotCheck,
): Promise<void> {
  const { content } = check;
  const own = { ...content, counts: { ...content.counts } };
  const tally = new ItemTally(own);
  try {
    for await (const items of readSnapshotObject(objects, runId, object)) for (const item of items) tally.add(item);
  } catch (error) {
    if (!isNamed(error, 'SnapshotDamaged')) throw error;
    check.damage.push((error as Error).message);
    return;
  }
  tally.settle();
  Object.assign(content, own);
}

/** Small, and no share of anything: they are read each time that objects are. */
async function checkBeside(
  objects: Pick<ObjectStore, 'read'>,
  stored: Manifest | undefined,
  check: SnapshotCheck,
): Promise<void> {
  if (stored === undefined || check.of === 0) return;
  for (const object of besideOf(stored))
    try {
      await assertIntactObject(objects, stored.runId, object);
    } catch (error) {
      if (!isNamed(error, 'SnapshotDamaged')) throw error;
      check.damage.push((error as Error).message);
    }
}

function conclude(verification: Verification, manifest: Manifest, check: SnapshotCheck): void {
  const whole = check.of > 0 && check.chosen.length === check.of && check.damage.length === 0;
  const difference = whole
    ? differenceFrom(manifest, check.content)?.found
    : check.content.damaged > 0
      ? damagedText(check.content.damaged)
      : undefined;
  const found = [
    ...check.damage,
    ...(difference === undefined
      ? []
      : [`The content of the snapshot in ${snapshotFolder(manifest.runId)} is not what was sealed: ${difference}.`]),
  ];
  if (found.length > 0) throw verdictOf(verification, manifest, found);
}

function verdictOf({ input }: Verification, { runId }: Manifest, found: readonly string[]): Halt {
  const repair = inBackupRegion(input)
    ? `Delete the folder ${snapshotFolder(runId)} and start VerifyWorkflow again: it writes this Region's snapshot again.`
    : 'The next complete export writes a snapshot of its own.';
  return new Halt(
    'ChecksumDiffers',
    `The table in ${input.region} is what the export ${runId} sealed, but its snapshot in this Region's bucket is damaged in ${counted(found.length, 'place')}. ${found.slice(0, 3).join(' ')}${found.length > 3 ? ' ...' : ''} ${repair}`,
  );
}
