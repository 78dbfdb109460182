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

/** Parts of the names of functions that belong to no workflow: the custom resource's, and the one that looks by the hour. */
const OF_NO_WORKFLOW = ['StackSetConstants', 'WatchBackup'];

/** Holds the actions in the call log against those that went wrong: none may have been spared. */
export class Coverage {
  readonly #calls = new Map<string, number>();
  readonly #met = new Map<string, number>();
  #after = 0;

  /** Counts the calls of the workflows' functions since the last look. */
  async look(cloud: Pick<LocalCloud, 'calls'>): Promise<void> {
    const records = await cloud.calls({ after: this.#after });
    this.#after = records.at(-1)?.sequence ?? this.#after;
    for (const { service, action, caller = '' } of records)
      if (caller.includes(FUNCTIONS) && !OF_NO_WORKFLOW.some((name) => caller.includes(name)))
        add(this.#calls, `${service}.${action}`, 1);
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
