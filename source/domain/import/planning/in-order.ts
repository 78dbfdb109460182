import * as v from 'valibot';
import type { ObjectStore } from '../../ports.ts';
import { readNdjson } from '../../state/ndjson.ts';
import type { LostAttribute } from '../plan/attribute-loss.ts';
import type { RestoreUser } from '../plan/plan-model.ts';
import { countShape } from '../../state/shape.ts';
import type { Stored } from '../../state/shape.ts';
import { classifiedShape } from './classify.ts';
import type { Classified } from './classify.ts';
import { readSpool } from './spool.ts';

export const cursorShape = v.object({ part: countShape, line: countShape });
/** A place in the spool: the part, and how many of its lines are behind. */
export type Cursor = Stored<typeof cursorShape>;

/** Classified users, and what gives them their order. */
export interface ClassifiedSource {
  readonly objects: Pick<ObjectStore, 'read'>;
  readonly parts: readonly string[];
  /** How a user comes back now that everybody's names and aliases were compared. */
  readonly afterCollisions: (classified: Classified) => Classified;
  readonly groupIndex: ReadonlyMap<string, number>;
  /** Members of groups with a smaller index than this come first, in the first chunk. */
  readonly firstGroups: number;
}

/** A user whose groups have their order. */
export type UserInOrder =
  | (Restorable & { readonly way: 'csv'; readonly bytes: number })
  | (Restorable & { readonly way: 'create'; readonly why: string })
  | Extract<Classified, { way: 'exclude' }>;
interface Restorable {
  readonly user: RestoreUser;
  readonly lost?: readonly LostAttribute[];
}

/** A user whom an import job can bring. */
export type CsvUser = Extract<UserInOrder, { way: 'csv' }>;

/** Importable members of the smallest groups: they are few enough for the first chunk by the choice of these groups. */
export async function* firstUsers(source: ClassifiedSource): AsyncGenerator<CsvUser, void, undefined> {
  if (source.firstGroups === 0) return;
  for await (const found of readSpool(source.objects, source.parts, classifiedShape)) {
    const user = inOrder(found, source);
    if (comesFirst(user, source)) yield user;
  }
}

/** All others from `cursor` on; `after`: where to go on once this one was taken. */
export async function* otherUsers(
  source: ClassifiedSource,
  cursor: Cursor,
): AsyncGenerator<{ readonly user: UserInOrder; readonly after: Cursor }, void, undefined> {
  for (let part = cursor.part; part < source.parts.length; part++) {
    const skip = part === cursor.part ? cursor.line : 0;
    let line = 0;
    for await (const found of readNdjson(source.objects, source.parts[part] as string, classifiedShape)) {
      line += 1;
      if (line <= skip) continue;
      const user = inOrder(found, source);
      if (!comesFirst(user, source)) yield { user, after: { part, line } };
    }
  }
}

const comesFirst = (found: UserInOrder, { firstGroups }: ClassifiedSource): found is CsvUser =>
  found.way === 'csv' && (found.user.groups[0] ?? Infinity) < firstGroups;

function inOrder(found: Classified, { afterCollisions, groupIndex }: ClassifiedSource): UserInOrder {
  const classified = afterCollisions(found);
  if (classified.way === 'exclude') return classified;
  const groups = classified.user.groups
    .map((name) => groupIndex.get(name) as number)
    .sort((left, right) => left - right);
  return { ...classified, user: { ...classified.user, groups } };
}
