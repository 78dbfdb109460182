import { SeededRandom } from '../../demo/seed/random.ts';
import { FAULT_KINDS, FUNCTIONS } from '../faults.ts';
import type { FaultKind } from '../faults.ts';

const EVENTS = ['none', 'stopped by hand', 'two starts at once', 'a second start'] as const;

/** Single users and groups that are restored into the living pool after an accident. */
export interface SelectionPlan {
  readonly seed: number;
  readonly faults: readonly FaultKind[];
  readonly event: (typeof EVENTS)[number];
  readonly from: 'table' | 'snapshot';
  /** A user and a group that no run holds are asked for, and a user whose name somebody else has by now. */
  readonly odd: boolean;
}

/** Functions are killed at calls of every action, at the first one or a later one, before it or after it. */
const killsEverywhere = (when: 'before' | 'after', first: number): FaultKind => ({
  name: `killed ${when} calls of every action`,
  during: 'import',
  rules: () => [{ caller: FUNCTIONS, calls: [first, first + 3], perAction: true, fault: { kind: 'kill', when } }],
});

/** The plan of a seed: always the same. */
export function selectionPlanOf(seed: number): SelectionPlan {
  const random = new SeededRandom(seed * 31 + 17);
  // Of a few users no import job is made.
  const kinds = FAULT_KINDS.filter(({ during, settings }) => during === 'both' && settings === undefined);
  const first = kinds[seed % kinds.length] as FaultKind;
  const others = kinds.filter((kind) => kind !== first);
  return {
    seed,
    faults: [
      killsEverywhere(seed % 2 === 0 ? 'before' : 'after', 1 + (seed % 3)),
      first,
      random.pick(others),
      ...(random.chance(0.5) ? FAULT_KINDS.filter(({ name }) => name === 'throttled calls') : []),
    ],
    event: EVENTS[seed % EVENTS.length] as SelectionPlan['event'],
    from: random.chance(0.5) ? 'snapshot' : 'table',
    odd: random.chance(0.5),
  };
}

/** In one line. */
export const tellSelection = ({ faults, event, from, odd }: SelectionPlan): string =>
  `  single users and groups from the ${from}: ${[...faults.map(({ name }) => name), ...(event === 'none' ? [] : [event]), ...(odd ? ['unknown names and a collision'] : [])].join('; ')}`;
