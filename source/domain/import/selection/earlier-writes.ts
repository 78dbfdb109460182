import type { Clock } from '../../ports.ts';
import type { Accounts } from '../accounts/accounts.ts';
import { undoKey } from './undo-file.ts';
import type { UndoEntry, UndoFile } from './undo-file.ts';

/** What Cognito confirmed and a look so much later does not show, milliseconds, was changed by somebody: listings lag. */
export const SEEN_AFTER_MS = 60_000;

/** What starts and invocations before tell of the writes of a selection. */
export interface EarlierWrites {
  readonly undo: Pick<UndoFile, 'like'>;
  /** When Cognito confirmed the write, milliseconds since the epoch; undefined where it is not known to have done so. */
  readonly confirmedAt: (entry: UndoEntry) => number | undefined;
  /** Whether a look has told before that somebody changed it: a later write of ours dates the account anew. */
  readonly wasChanged: (entry: UndoEntry) => boolean;
  /** When Cognito answered our last write to the user of the backup, milliseconds since the epoch. */
  readonly lastWriteAt: (sub: string) => number | undefined;
  readonly now: number;
}

/** Where that is recorded. */
interface Records {
  readonly undo: Pick<UndoFile, 'like'>;
  readonly accounts: Pick<Accounts, 'confirmedAt' | 'recordConfirmed' | 'lastWriteAt'>;
  readonly deps: { readonly clock: Pick<Clock, 'now'> };
}

/** What is known by now. */
export const earlierWrites = ({ undo, accounts, deps }: Records): EarlierWrites => ({
  undo,
  confirmedAt: (entry) => accounts.confirmedAt(undoKey(entry)),
  wasChanged: (entry) => accounts.confirmedAt(changeOf(entry)) !== undefined,
  lastWriteAt: (sub) => accounts.lastWriteAt(sub),
  now: deps.clock.now(),
});

/** Cognito answered the write as done. */
export function confirm({ accounts, deps }: Records, entry: UndoEntry): void {
  accounts.recordConfirmed(undoKey(entry), deps.clock.now());
}

/** What an earlier start or invocation meant to write stands there: it was cut off before it could note that. */
export function confirmSeen(run: Records, entries: readonly UndoEntry[]): void {
  for (const entry of entries) if (run.accounts.confirmedAt(undoKey(entry)) === undefined) confirm(run, entry);
}

/** Somebody changed it after we had written it. */
export const recordChanged = ({ accounts, deps }: Records, entry: UndoEntry): void =>
  accounts.recordConfirmed(changeOf(entry), deps.clock.now());

const changeOf = (entry: UndoEntry): string => `changed ${undoKey(entry)}`;
