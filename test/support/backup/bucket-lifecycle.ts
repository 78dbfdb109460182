import type { MemoryFiles } from '../../../tools/simulation/storage/memory-files.ts';
import type { SimulatedObjects } from '../../../tools/simulation/storage/objects.ts';
import { stackSetTemplate } from '../templates.ts';

const DAY_MS = 24 * 3600 * 1000;

interface Rule {
  readonly Prefix?: string;
  readonly TagFilters?: readonly { readonly Key: string; readonly Value: string }[];
  readonly ExpirationInDays?: unknown;
}
const { Rules: RULES } = stackSetTemplate.Resources['MappingFileBucket']?.Properties['LifecycleConfiguration'] as {
  readonly Rules: readonly Rule[];
};

/** The bucket's lifecycle as the template has it, for the current versions of objects: what is due goes once a day. */
export class BucketLifecycle {
  readonly #since = new Map<string, number>();

  constructor(
    private readonly objects: SimulatedObjects<MemoryFiles>,
    private readonly retentionDays: () => number,
  ) {}

  /** Takes note of what was written before `now`, and lets expire what is old enough. */
  run(now: number): void {
    for (const [key, { etag }] of [...this.objects.stored]) {
      const version = `${key} ${etag}`;
      const since = this.#since.get(version) ?? now;
      this.#since.set(version, since);
      if (!RULES.some((rule) => this.#applies(rule, key) && now - since >= this.#days(rule.ExpirationInDays) * DAY_MS))
        continue;
      this.objects.stored.delete(key);
      this.objects.tags.delete(key);
    }
  }

  #applies({ Prefix = '', TagFilters = [] }: Rule, key: string): boolean {
    const tags = this.objects.tags.get(key) ?? {};
    return key.startsWith(Prefix) && TagFilters.every(({ Key, Value }) => tags[Key] === Value);
  }

  #days(expiration: unknown): number {
    if (expiration === undefined) return Infinity;
    if (typeof expiration === 'number') return expiration;
    return JSON.stringify(expiration).includes('SnapshotRetentionDays') ? Math.max(1, this.retentionDays()) : 90;
  }
}
