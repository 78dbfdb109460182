import { signInAttributeOf } from '../../model.ts';
import type { PoolSettings, PoolUser } from '../../model.ts';
import type { ObjectStore } from '../../ports.ts';
import { folderOf } from '../planning/planning-run.ts';
import type { ScanTableDeps, ScanTableInput } from '../planning/planning-run.ts';
import { readSpool } from '../planning/spool.ts';
import type { RestoredPool } from '../updates/listed-user.ts';
import { askedFor, everybody } from './asked.ts';
import type { AskedItems } from './asked.ts';
import { readBackups } from './backup-read.ts';
import type { BackupRead } from './backup-read.ts';
import { accountShape } from './find-accounts.ts';
import type { SelectionRequest } from './request.ts';
import { followSubMaps } from './sub-maps.ts';
import type { KnownSubs } from './sub-maps.ts';
import type { UndoEntry } from './undo-file.ts';

/** What the planning of a selection shares within one invocation. */
export interface SelectionRun {
  readonly input: ScanTableInput;
  readonly deps: ScanTableDeps;
  readonly selectionId: string;
  readonly request: SelectionRequest;
  /** What is undone; undefined where nothing is. */
  readonly undo: readonly UndoEntry[] | undefined;
  /** True once the invocation should store its progress and return. */
  readonly stop: () => boolean;
}

/** Everything that is asked for, and under which subs its users may live in the pool. */
export interface AskedSubs extends KnownSubs {
  readonly asked: AskedItems;
}

/** What was read of the runs, held against the request and the sub maps of earlier restores into the pool. */
export async function askedSubs(
  { input, deps, request }: SelectionRun,
  reads: readonly BackupRead[],
): Promise<AskedSubs> {
  const { objects } = deps;
  const asked = askedFor(request, await readBackups(objects, reads), input.options);
  const all = everybody(asked).map(({ user }) => user.sub);
  return { asked, ...(await followSubMaps(objects, input.options.newUserPoolId, all)) };
}

/** How names are compared in the pool. */
export const restoredPool = (newUserPoolId: string, settings: PoolSettings): RestoredPool => ({
  newUserPoolId,
  signInName: signInAttributeOf(settings),
  caseSensitive: settings.caseSensitive,
});

/** The accounts that a look has found, each as it was seen last. */
export async function readAccounts(
  objects: Pick<ObjectStore, 'read'>,
  parts: readonly string[],
): Promise<readonly PoolUser[]> {
  const accounts = new Map<string, PoolUser>();
  for await (const account of readSpool(objects, parts, accountShape)) accounts.set(account.sub, account);
  return [...accounts.values()];
}

/** Of what this invocation stores for a look. */
export const lookPrefix = (run: Pick<SelectionRun, 'input' | 'deps'>, kind: string): string =>
  `${folderOf(run.input)}spool/${kind}/${run.deps.claim}-`;
