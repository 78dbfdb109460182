import * as v from 'valibot';
import { itemKeyShape } from '../../backup/items.ts';
import { countsShape, manifestShape } from '../../backup/manifest.ts';
import { sealedBackupShape } from '../../backup/sealed-backup.ts';
import { tableContentShape } from '../../digests/table-tally.ts';
import type { TableContent } from '../../digests/table-tally.ts';
import { settingsShape } from '../../model.ts';
import { countShape, textsShape } from '../../state/shape.ts';
import type { Stored } from '../../state/shape.ts';
import { incompleteShape, interruptedShape, sourceShape } from '../plan/plan-model.ts';
import { keptRunShape } from '../preflight/kept-run.ts';
import { draftShape } from './cut-chunk.ts';
import { segmentSpoolStateShape } from './segment-spool.ts';
import { tallyShape } from './tally.ts';

export const acceptedShape = v.object({
  manifest: manifestShape,
  source: sourceShape,
  /** For the report. */
  notes: v.exactOptional(textsShape),
  /** How the backup was read, where that is not as usual: for report and message. */
  remarks: v.exactOptional(textsShape),
  interrupted: v.exactOptional(interruptedShape),
  incomplete: v.exactOptional(incompleteShape),
});
/** What the table, or the snapshot, was accepted as. */
export type Accepted = Stored<typeof acceptedShape>;

export const targetShape = v.object({
  pool: v.object({
    id: v.string(),
    name: v.string(),
    settings: settingsShape,
    acceptsSignUps: v.exactOptional(v.boolean()),
    importsConfirmed: v.exactOptional(v.boolean()),
  }),
  /** GetCSVHeader's answer. */
  header: textsShape,
  notes: textsShape,
});
/** The new pool as it was when users were classified; the plan holds for that. */
export type RestoreTarget = Stored<typeof targetShape>;

/** The backup as it was read: everybody with their memberships, in the spool. */
const readBackup = {
  accepted: acceptedShape,
  counts: countsShape,
  /** Memberships whose user is not in the backup. */
  orphans: countShape,
  /** Objects of SpoolLine. */
  parts: textsShape,
};

/** Every user with the way in which it comes back. */
const classification = {
  accepted: acceptedShape,
  backup: countsShape,
  target: targetShape,
  tally: tallyShape,
  /** Objects of Classified. */
  parts: textsShape,
};

/** What was read so far: all of it is in the spool. */
export type ReadContent = Stored<typeof tableContentShape>;

/** A copy that more may be added to; the checkpoint's own stays as it is until the step has ended. */
export const ownContent = ({ counts, checksums, damaged, asBefore }: ReadContent): TableContent => ({
  counts: { ...counts },
  checksums: [...checksums],
  damaged,
  ...(asBefore === undefined
    ? {}
    : { asBefore: { ...asBefore, counts: { ...asBefore.counts }, checksums: [...asBefore.checksums] } }),
});

const differenceShape = v.object({
  halt: v.picklist(['ReplicaBehind', 'ChecksumDiffers']),
  /** What was found, in words. */
  found: v.string(),
});
/** A table that cannot be planned from, and the halt that this ends in where no snapshot helps. */
export type TableDifference = Stored<typeof differenceShape>;

const tableReadShape = v.object({
  segments: v.array(
    v.object({ next: v.exactOptional(itemKeyShape), done: v.boolean(), ...segmentSpoolStateShape.entries }),
  ),
  content: tableContentShape,
  orphans: countShape,
});
/** How far the table was read. */
export type TableRead = Stored<typeof tableReadShape>;

/**
 * Progress of planning, step by step: the backup is read, from the table or from a snapshot; its users are classified and
 * ordered, chunks are cut, the plan is sealed. Each step's result is kept with what the later ones need. Counts, keys and
 * settings only.
 */
export const planningStateShape = v.variant('step', [
  v.object({
    step: v.literal('readTable'),
    before: v.exactOptional(sealedBackupShape),
    /** When the first difference was seen, milliseconds since the epoch. */
    differsSince: v.exactOptional(v.number()),
    ...tableReadShape.entries,
  }),
  v.object({
    step: v.literal('readSnapshot'),
    kept: v.exactOptional(keptRunShape),
    /** Why the snapshot is read in place of the table; absent where ExportRun asked for it. */
    instead: v.exactOptional(differenceShape),
    objectsRead: countShape,
    content: tableContentShape,
    orphans: countShape,
    parts: textsShape,
    /** Objects of memberships that wait for their user. */
    held: textsShape,
    /** Memberships among the kept items that found their user in a segment. */
    joined: countShape,
  }),
  v.object({ step: v.literal('classify'), ...readBackup }),
  v.object({ step: v.literal('order'), ...classification }),
  v.object({ step: v.literal('chunks'), ...classification, draft: draftShape }),
  v.object({ step: v.literal('seal'), ...classification, draft: draftShape }),
  v.object({ step: v.literal('done') }),
]);
/** Checkpoint of ScanTable. */
export type PlanningState = Stored<typeof planningStateShape>;

/** The state before one of these steps. */
export type StateOf<S extends PlanningState['step']> = Extract<PlanningState, { readonly step: S }>;
