import type { ObjectStore } from '../../ports.ts';
import { keyWithDigest } from '../../state/digest-keys.ts';
import { ownOf } from '../plan/expected-place.ts';
import type { PlannedGroup, RestoreUser } from '../plan/plan-model.ts';
import { encodeExpectedMembership, encodeExpectedUser } from '../../comparison/expected-records.ts';
import { membershipDigest } from '../../comparison/matching.ts';
import { nameDigest, nameKey, userContentDigest } from '../../digests/user-content.ts';
import { RecordBuffer } from '../../digests/record-buffer.ts';

/** Gathers the expected records of one unit of planning. */
export class ExpectedWriter {
  readonly #users = new RecordBuffer();
  readonly #memberships = new RecordBuffer();

  constructor(
    private readonly groups: readonly PlannedGroup[],
    private readonly caseSensitive: boolean,
  ) {}

  /** See PlaceInPlan for `chunk` and `line`. */
  user(user: RestoreUser, chunk: number | null, line: number): void {
    this.#users.append(
      encodeExpectedUser({
        digest: nameDigest(user.name, this.caseSensitive),
        contentDigest: userContentDigest(user),
        sub: user.sub,
        own: ownOf({ chunk, line }, user.enabled),
      }),
    );
  }

  membership(group: number, name: string, batch: number): void {
    const { name: groupName } = this.groups[group] as PlannedGroup;
    this.#memberships.append(
      encodeExpectedMembership({ digest: membershipDigest(groupName, nameKey(name, this.caseSensitive)), own: batch }),
    );
  }

  /** Writes `<folder>expected/users-<unit>` and `memberships-<unit>`, where there are records; returns the keys. */
  async write(
    objects: Pick<ObjectStore, 'put'>,
    folder: string,
    unit: number,
  ): Promise<{ readonly users: string[]; readonly memberships: string[] }> {
    const put = async (kind: string, records: RecordBuffer): Promise<string[]> => {
      const bytes = records.bytes();
      if (bytes.length === 0) return [];
      const key = keyWithDigest(`${folder}expected/${kind}-${String(unit).padStart(6, '0')}`, 'bin', bytes);
      await objects.put(key, bytes);
      return [key];
    };
    return { users: await put('users', this.#users), memberships: await put('memberships', this.#memberships) };
  }
}
