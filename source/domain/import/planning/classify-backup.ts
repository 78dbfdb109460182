import type { PoolGroup } from '../../model.ts';
import type { ObjectStore } from '../../ports.ts';
import { classifiedShape, classify } from './classify.ts';
import type { Rules } from './classify.ts';
import { afterCollisions, collisions, NameDigests } from './collisions.ts';
import { spoolLineShape } from './segment-spool.ts';
import { readSpool, SpoolWriter } from './spool.ts';
import { Survey } from './survey.ts';
import { TallyCounter } from './tally.ts';
import type { Tally } from './tally.ts';

/** The spool as the backup was read into it, and what decides about its users. */
export interface UnclassifiedBackup {
  readonly objects: Pick<ObjectStore, 'read' | 'put'>;
  readonly parts: readonly string[];
  /** Key prefix of the objects with classified users; unique per invocation. */
  readonly prefix: string;
  readonly rules: Rules & { readonly caseSensitive: boolean };
  readonly firstChunkUsers: number;
  /** Memberships whose user is not in the backup. */
  readonly orphans: number;
}

/** What one look at everybody gave. */
export interface ClassifiedBackup {
  /** Objects of Classified, in the order of the spool; whether names collide is not in them (`losers`). */
  readonly parts: readonly string[];
  readonly survey: Survey;
  readonly tally: Tally;
  /** Subs of users who give way to another of the same name. */
  readonly losers: readonly string[];
}

/**
 * Decides once about every user. Keeps counts, digests of names, and groups, no users. Where names collide, what was
 * decided is read twice more: who gives way depends on everybody else of the same name.
 */
export async function classifyBackup(backup: UnclassifiedBackup): Promise<ClassifiedBackup> {
  const { objects, rules, orphans, firstChunkUsers } = backup;
  const spool = new SpoolWriter(objects, backup.prefix);
  const survey = new Survey();
  const names = new NameDigests(rules.caseSensitive);
  const groups: PoolGroup[] = [];
  let tally = new TallyCounter(orphans);
  for await (const line of readSpool(objects, backup.parts, spoolLineShape)) {
    if ('group' in line) {
      groups.push(line.group);
      continue;
    }
    const classified = classify(line, rules);
    survey.add(line, classified);
    tally.add(classified);
    if (classified.way !== 'exclude') names.add(classified.user.name);
    spool.add(classified);
    if (spool.large) await spool.flush();
  }
  await spool.flush();
  const { parts } = spool;
  const repeated = names.repeated();
  const losers =
    repeated === undefined ? [] : await collisions(readSpool(objects, parts, classifiedShape), repeated, rules);
  if (losers.length > 0) {
    tally = new TallyCounter(orphans);
    const subs = new Set(losers);
    for await (const classified of readSpool(objects, parts, classifiedShape))
      tally.add(afterCollisions(classified, subs));
  }
  return { parts, survey, tally: tally.result(groups, firstChunkUsers), losers };
}
