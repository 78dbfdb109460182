import type { ObjectStore } from '../../ports.ts';
import { readNdjson } from '../../state/ndjson.ts';
import type { RestoreUser } from '../plan/plan-model.ts';
import { classify } from './classify.ts';
import type { Classified, Rules } from './classify.ts';
import type { SpoolLine } from './spool.ts';
import type { SpooledUser } from './spooled-user.ts';

/** A place in the spool: the part, and how many of its lines are behind. */
export interface Cursor {
  readonly part: number;
  readonly line: number;
}

export interface CandidateSource {
  readonly objects: Pick<ObjectStore, 'read'>;
  readonly parts: readonly string[];
  readonly rules: Rules;
  readonly losers: ReadonlySet<string>;
  readonly groupIndex: ReadonlyMap<string, number>;
  /** Members of groups with a smaller index than this go into the first chunk. */
  readonly firstGroups: number;
}

export type Candidate =
  | { readonly way: 'csv'; readonly user: RestoreUser; readonly after?: Cursor }
  | { readonly way: 'create'; readonly user: RestoreUser; readonly why: string; readonly after: Cursor }
  | (Extract<Classified, { way: 'exclude' }> & { readonly after: Cursor });

const groupsOf = (user: SpooledUser, { groupIndex }: CandidateSource): number[] =>
  user.groups.map((name) => groupIndex.get(name) as number).sort((left, right) => left - right);

/** The users of the first chunk that come before all others: importable members of the smallest groups. */
export async function* firstUsers(source: CandidateSource): AsyncGenerator<Candidate, void, undefined> {
  if (source.firstGroups === 0) return;
  for (const part of source.parts) {
    for await (const line of readNdjson<SpoolLine>(source.objects, part)) {
      if ('group' in line) continue;
      const groups = groupsOf(line, source);
      if ((groups[0] ?? Infinity) >= source.firstGroups) continue;
      const classified = classify(line, source.rules, source.losers.has(line.sub));
      if (classified.way === 'csv') yield { way: 'csv', user: { ...classified.user, groups } };
    }
  }
}

/** All others from `cursor` on; `after` is where to go on once a candidate was taken. */
export async function* otherUsers(source: CandidateSource, cursor: Cursor): AsyncGenerator<Candidate, void, undefined> {
  for (let part = cursor.part; part < source.parts.length; part++) {
    const skip = part === cursor.part ? cursor.line : 0;
    let line = 0;
    for await (const found of readNdjson<SpoolLine>(source.objects, source.parts[part] as string)) {
      line += 1;
      if (line <= skip || 'group' in found) continue;
      const after = { part, line };
      const classified = classify(found, source.rules, source.losers.has(found.sub));
      if (classified.way === 'exclude') {
        yield { ...classified, after };
        continue;
      }
      const groups = groupsOf(found, source);
      if (classified.way === 'csv' && (groups[0] ?? Infinity) < source.firstGroups) continue;
      yield { ...classified, user: { ...classified.user, groups }, after };
    }
  }
}
