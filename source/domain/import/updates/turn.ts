/** What the state machine sees of one invocation of UpdateUsers: counts and object keys, no personal data. */
export type UpdateTurn<Phase extends string, Outcome extends object> =
  UnfinishedTurn<Phase> | ({ readonly done: true; readonly idle: false; readonly waitSeconds: 0 } & Outcome);

interface UnfinishedTurn<Phase extends string> {
  readonly done: false;
  readonly idle: boolean;
  readonly waitSeconds: number;
  readonly phase: Phase;
}

/** There is more to do, at once or after some seconds. */
export const goOnAfter = <Phase extends string>(waitSeconds: number, phase: Phase): UnfinishedTurn<Phase> => ({
  done: false,
  idle: waitSeconds > 0,
  waitSeconds: Math.max(0, waitSeconds),
  phase,
});
