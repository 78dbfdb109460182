import type { FaultStrikes, LocalCloud } from '../local-cloud/index.ts';
import { EVERYWHERE, FUNCTIONS } from './faults.ts';
import type { Everywhere } from './faults.ts';

/** One action that the functions called, and how often what must be met everywhere was met there. */
export interface ActionRow {
  /** `<service>.<action>` */
  readonly action: string;
  readonly calls: number;
  readonly met: Readonly<Record<Everywhere, number>>;
}

/** Part of the name of the custom resource's function: it belongs to no workflow. */
const AT_LAUNCH = 'StackSetConstants';

/** Holds the actions in the call log against those that went wrong: none may have been spared. */
export class Coverage {
  readonly #calls = new Map<string, number>();
  readonly #met = new Map<string, number>();
  #after = 0;

  /** Counts the functions' calls since the last look. */
  async look(cloud: Pick<LocalCloud, 'calls'>): Promise<void> {
    const records = await cloud.calls({ after: this.#after });
    this.#after = records.at(-1)?.sequence ?? this.#after;
    for (const { service, action, caller = '' } of records)
      if (caller.includes(FUNCTIONS) && !caller.includes(AT_LAUNCH)) add(this.#calls, `${service}.${action}`, 1);
  }

  met(rules: readonly FaultStrikes[]): void {
    for (const { label, actions } of rules)
      for (const [action, count] of Object.entries(actions)) add(this.#met, `${label} ${action}`, count);
  }

  rows(): ActionRow[] {
    return [...this.#calls]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([action, calls]) => ({
        action,
        calls,
        met: Object.fromEntries(
          EVERYWHERE.map((what) => [what, this.#met.get(`${what} ${action}`) ?? 0]),
        ) as ActionRow['met'],
      }));
  }

  /** Actions that were called and never went wrong in this way. */
  spared(what: Everywhere): string[] {
    return this.rows()
      .filter(({ met }) => met[what] === 0)
      .map(({ action }) => action);
  }
}

const add = (counts: Map<string, number>, key: string, count: number): void =>
  void counts.set(key, (counts.get(key) ?? 0) + count);
